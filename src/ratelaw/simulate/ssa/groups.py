"""Reactions grouped by the binary exponent of their propensity, for composition and rejection.

Groups are stretches of one array of reactions, in the order in which their exponents were first
seen; those of propensity 0 come first. A reaction moves between groups by swaps at their bounds.
"""

from typing import Any

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import S52, as_bits, logarithm
from ratelaw.simulate.ssa.stream import next_uniform

EXPONENTS = 2048
SMALLEST = -1022


@njit(error_model="numpy")
def allocate(size: int) -> tuple[Any, ...]:
    """Reactions by group; place and group of each; bounds, tops, number and exponents of groups."""
    return (
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(EXPONENTS + 2, np.int64),
        np.empty(EXPONENTS + 1),
        np.empty(1, np.int64),
        np.empty(EXPONENTS, np.int64),
    )


@njit(error_model="numpy")
def fill(memory: tuple[Any, ...], propensities: np.ndarray, stream: np.ndarray) -> None:
    """Sort all reactions into their groups."""
    members, place, group, bounds, tops, known, of_exponent = memory
    of_exponent[:] = -1
    known[0], tops[0] = 1, 0.0
    bounds[0], bounds[1] = 0, propensities.size
    for j in range(propensities.size):
        members[j] = place[j] = j
        group[j] = 0
    for j in range(propensities.size):
        change(memory, j, 0.0, propensities[j], 0.0, stream)


@njit(error_model="numpy")
def choose(
    memory: tuple[Any, ...],
    propensities: np.ndarray,
    now: float,
    stream: np.ndarray,
) -> tuple[int, float]:
    """The next reaction and its time; inf where nothing can happen.

    Proposals arrive at the rate that all reactions would have at the tops of their groups, and are
    accepted with the ratio of the propensity to its top, at least 1/2: no sum is ever kept. Of
    subnormal propensities hardly any is accepted, but their proposals come later than any time.
    """
    members, _, _, bounds, tops, known, _ = memory
    bound = 0.0
    for g in range(1, known[0]):
        bound += (bounds[g + 1] - bounds[g]) * tops[g]
    if bound <= 0.0:
        return 0, np.inf
    while now < np.inf:
        now -= logarithm(next_uniform(stream)) / bound
        aim = next_uniform(stream) * bound
        g = 1
        weight = (bounds[2] - bounds[1]) * tops[1]
        while aim >= weight and g < known[0] - 1:
            aim -= weight
            g += 1
            weight = (bounds[g + 1] - bounds[g]) * tops[g]
        first, count = bounds[g], bounds[g + 1] - bounds[g]
        aim = next_uniform(stream) * count
        k = int(aim)
        if k < count:
            j = members[first + k]
            if (aim - k) * tops[g] < propensities[j]:
                return j, now
    return 0, np.inf


@njit(forceinline=True, error_model="numpy")
def change(  # noqa: PLR0917
    memory: tuple[Any, ...],
    j: int,
    old: float,  # noqa: ARG001
    new: float,
    now: float,  # noqa: ARG001
    stream: np.ndarray,  # noqa: ARG001
) -> None:
    """Move reaction j to the group of its propensity."""
    members, place, group, bounds, tops, known, of_exponent = memory
    g, h = group[j], 0
    if new > 0.0:
        exponent = np.int64(as_bits(new) >> S52)
        h = of_exponent[exponent]
        if h < 0:
            h = known[0]
            of_exponent[exponent] = h
            tops[h] = 2.0 ** (exponent + SMALLEST)
            bounds[h + 1] = bounds[h]
            known[0] += 1
    while g != h:
        step = 1 if h > g else -1
        edge = bounds[g + 1] - 1 if h > g else bounds[g]
        bounds[g + (h > g)] -= step
        other, i = members[edge], place[j]
        members[i], members[edge] = other, j
        place[other], place[j] = i, edge
        g += step
    group[j] = h
