"""An indexed binary heap of putative times: the next reaction on top, any other within reach."""

from typing import Any

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import logarithm
from ratelaw.simulate.ssa.stream import next_uniform


@njit(error_model="numpy")
def allocate(size: int) -> tuple[Any, ...]:
    """Putative times and reactions by place in the heap, and every reaction's place."""
    return np.empty(size), np.empty(size, np.int32), np.empty(size, np.int32)


@njit(error_model="numpy")
def fill(memory: tuple[Any, ...], propensities: np.ndarray, stream: np.ndarray) -> None:
    """Draw every reaction's first time."""
    when, who, place = memory
    when[:] = np.inf
    who[:] = place[:] = np.arange(propensities.size)
    for j in range(propensities.size):
        if propensities[j] > 0.0:
            settle(memory, place[j], -logarithm(next_uniform(stream)) / propensities[j], j)


@njit(error_model="numpy")
def choose(
    memory: tuple[Any, ...],
    propensities: np.ndarray,  # noqa: ARG001
    now: float,  # noqa: ARG001
    stream: np.ndarray,  # noqa: ARG001
) -> tuple[int, float]:
    """The next reaction and its time; inf where nothing can happen."""
    when, who, _ = memory
    return who[0], when[0]


@njit(forceinline=True, error_model="numpy")
def change(  # noqa: PLR0917
    memory: tuple[Any, ...], j: int, old: float, new: float, now: float, stream: np.ndarray
) -> None:
    """Rescale the time left of reaction j; draw anew if it just happened or was impossible."""
    when, _, place = memory
    i = place[j]
    left = when[i] - now
    if left > 0.0 and old == new:
        return
    if new <= 0.0:
        left = np.inf
    elif left > 0.0 and old > 0.0:
        left *= old / new
    else:
        left = -logarithm(next_uniform(stream)) / new
    settle(memory, i, now + left, j)


@njit(forceinline=True, error_model="numpy")
def settle(memory: tuple[Any, ...], i: int, time: float, j: int) -> None:
    """Put reaction j, with this time, into the vacant place i and move it up or down to its own."""
    when, who, place = memory
    size = when.size
    while i > 0:
        parent = (i - 1) >> 1
        if when[parent] <= time:
            break
        when[i], who[i] = when[parent], who[parent]
        place[who[i]] = i
        i = parent
    child = 2 * i + 1
    while child < size:
        if child + 1 < size and when[child + 1] < when[child]:
            child += 1
        if when[child] >= time:
            break
        when[i], who[i] = when[child], who[child]
        place[who[i]] = i
        i = child
        child = 2 * i + 1
    when[i], who[i] = time, j
    place[j] = i
