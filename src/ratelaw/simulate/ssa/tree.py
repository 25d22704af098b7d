"""A tree of partial sums of propensities, each formed anew from its parts, so that none drifts."""

from typing import Any

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import logarithm
from ratelaw.simulate.ssa.stream import next_uniform


@njit(error_model="numpy")
def allocate(size: int) -> tuple[Any, ...]:
    """Sums: the root at 1, the children of i at 2 i and 2 i + 1, propensities in the last half."""
    leaves = 2
    while leaves < size:
        leaves *= 2
    return (np.zeros(2 * leaves),)


@njit(error_model="numpy")
def fill(
    memory: tuple[Any, ...],
    propensities: np.ndarray,
    stream: np.ndarray,  # noqa: ARG001
) -> None:
    """Sum all propensities."""
    (sums,) = memory
    leaves = sums.size >> 1
    sums[leaves : leaves + propensities.size] = propensities
    for i in range(leaves - 1, 0, -1):
        sums[i] = sums[2 * i] + sums[2 * i + 1]


@njit(error_model="numpy")
def choose(
    memory: tuple[Any, ...],
    propensities: np.ndarray,
    now: float,
    stream: np.ndarray,
) -> tuple[int, float]:
    """The next reaction and its time; inf where nothing can happen."""
    (sums,) = memory
    leaves = sums.size >> 1
    if sums[1] <= 0.0:
        return 0, np.inf
    now -= logarithm(next_uniform(stream)) / sums[1]
    while True:
        aim = next_uniform(stream) * sums[1]
        i = 1
        while i < leaves:
            i *= 2
            left = sums[i]
            if aim >= left:
                aim -= left
                i += 1
        j = i - leaves
        if j < propensities.size and propensities[j] > 0.0:
            return j, now


@njit(forceinline=True, error_model="numpy")
def change(  # noqa: PLR0917
    memory: tuple[Any, ...],
    j: int,
    old: float,
    new: float,
    now: float,  # noqa: ARG001
    stream: np.ndarray,  # noqa: ARG001
) -> None:
    """Form the sums above reaction j anew."""
    if old == new:
        return
    (sums,) = memory
    i = (sums.size >> 1) + j
    sums[i] = new
    while i > 1:
        new += sums[i ^ 1]
        i >>= 1
        sums[i] = new
