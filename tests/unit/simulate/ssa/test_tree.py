"""The tree of partial sums against sums formed from nothing."""

import math

import numpy as np
import pytest
from numba import njit

from ratelaw.simulate.ssa.stream import open_stream
from ratelaw.simulate.ssa.tree import allocate, change, choose, fill


def opened(seed):
    stream = np.empty(4, dtype=np.uint64)
    open_stream(stream, np.uint64(seed), np.uint64(0))
    return stream


@njit
def change_all(memory, propensities, reactions, values, stream):
    for j, new in zip(reactions, values):  # noqa: B905
        change(memory, j, propensities[j], new, 0.0, stream)
        propensities[j] = new


def test_no_sum_drifts_in_a_hundred_thousand_changes():
    generator, stream = np.random.default_rng(1), opened(1)
    size, count = 100, 100_000
    propensities = 10.0 ** generator.uniform(-6, 6, size)
    memory, anew = allocate(size), allocate(size)
    fill(memory, propensities, stream)
    values = 10.0 ** generator.uniform(-6, 6, count) * (generator.random(count) < 0.8)
    change_all(memory, propensities, generator.integers(0, size, count), values, stream)
    fill(anew, propensities, stream)
    np.testing.assert_array_equal(memory[0], anew[0])
    # Each of the seven levels rounds once.
    assert memory[0][1] == pytest.approx(math.fsum(propensities), rel=7 * 2.0**-53)
    change_all(memory, propensities, np.arange(size), np.zeros(size), stream)
    assert not memory[0].any()


@pytest.mark.parametrize("size", [1, 2, 3, 64, 65])
def test_the_only_possible_reaction_is_the_one_chosen(size):
    memory, stream = allocate(size), opened(size)
    propensities = np.zeros(size)
    fill(memory, propensities, stream)
    for j in range(size):
        propensities[j] = 5e-324 if j % 2 else 1e300
        change(memory, j, 0.0, propensities[j], 0.0, stream)
        assert choose(memory, propensities, 0.0, stream)[0] == j
        change(memory, j, propensities[j], 0.0, 0.0, stream)
        propensities[j] = 0.0
    assert choose(memory, propensities, 0.0, stream)[1] == np.inf


def test_a_reaction_that_became_impossible_is_never_chosen():
    memory, stream = allocate(5), opened(2)
    propensities = np.array([1e-16, 1.0, 1e-16, 0.1 + 0.2, 0.7])
    fill(memory, propensities, stream)
    for j in (1, 3):
        change(memory, j, propensities[j], 0.0, 0.0, stream)
        propensities[j] = 0.0
    chosen = {choose(memory, propensities, 0.0, stream)[0] for _ in range(2000)}
    assert chosen == {4}
