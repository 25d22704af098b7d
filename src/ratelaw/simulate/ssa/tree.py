"""A tree of partial sums of propensities, each formed anew from its parts, so that none drifts."""

from typing import Any

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import ZERO, as_bits, as_float, logarithm
from ratelaw.simulate.ssa.stream import next_uniform

ONE, TWO, THREE, FOUR, SIX = map(np.uint64, (1, 2, 3, 4, 6))
"""Unsigned: Numba then looks for no negative index."""


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
    if sums[1] <= 0.0:
        return 0, np.inf
    now -= logarithm(next_uniform(stream)) / sums[1]
    while True:
        j = _descend(sums, next_uniform(stream) * sums[1])
        if j < propensities.size and propensities[j] > 0.0:
            return j, now


@njit(forceinline=True, error_model="numpy")
def _descend(sums: np.ndarray, aim: float) -> int:
    """The reaction at which the sum of the propensities up to it exceeds the aim.

    Three levels a time: the seven sums that part eight nodes are compared at once, where one
    comparison after the other would wait for the one before.
    """
    leaves = np.uint64(sums.size >> 1)
    i = ONE
    while i << THREE <= leaves:
        half, quarter, eighth = i << ONE, i << TWO, i << THREE
        s4, s2, s1 = sums[half], sums[quarter], sums[eighth]
        s3, s5 = s2 + sums[eighth + TWO], s4 + sums[eighth + FOUR]
        s6 = s4 + sums[quarter + TWO]
        s7 = s6 + sums[eighth + SIX]
        passed = np.uint64(aim >= s1) + np.uint64(aim >= s2) + np.uint64(aim >= s3)
        passed += np.uint64(aim >= s4) + np.uint64(aim >= s5) + np.uint64(aim >= s6)
        passed += np.uint64(aim >= s7)
        aim -= _where(passed >> TWO, s4)
        aim -= _where((passed >> ONE) & ONE, sums[quarter + ((passed >> ONE) & TWO)])
        aim -= _where(passed & ONE, sums[eighth + (passed & SIX)])
        i = eighth + passed
    while i < leaves:
        i <<= ONE
        if aim >= sums[i]:
            aim -= sums[i]
            i += ONE
    return np.int64(i - leaves)


@njit(forceinline=True, error_model="numpy")
def _where(bit: np.uint64, number: float) -> float:
    """The number where the bit is 1, else 0, without a branch."""
    return as_float(as_bits(number) & (ZERO - bit))


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
    i = np.uint64(sums.size >> 1) + np.uint64(j)
    sums[i] = new
    while i > ONE:
        new += sums[i ^ ONE]
        i >>= ONE
        sums[i] = new
