"""Groups by binary exponent: who is in which, and that bounds between powers of two do not bias."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest

from ratelaw.simulate.ssa.groups import allocate, change, choose, fill
from ratelaw.simulate.ssa.stream import open_stream


def opened(seed):
    stream = np.empty(4, dtype=np.uint64)
    open_stream(stream, np.uint64(seed), np.uint64(0))
    return stream


def is_sound(memory, propensities):
    """Every reaction is in one group, the one with 1/2 top <= propensity < top."""
    members, place, group, bounds, tops, known, _ = memory
    limits = bounds[: known[0] + 1]
    stretches = np.repeat(np.arange(known[0]), np.diff(limits))
    top = tops[group]
    return (
        (limits[0], limits[-1]) == (0, propensities.size)
        and (members[place] == np.arange(propensities.size)).all()
        and (stretches[place] == group).all()
        and np.where(propensities > 0, propensities < top, top == 0).all()
        and ((propensities >= top / 2) | (top == np.finfo(float).tiny)).all()
        and np.unique(tops[: known[0]]).size == known[0]
    )


PROPENSITIES = st.one_of(
    st.just(0.0),
    st.integers(-30, 30).map(lambda k: 2.0**k),
    st.floats(1e-9, 1e9),
    st.floats(5e-324, 1e300),
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    first=st.lists(PROPENSITIES, min_size=1, max_size=20),
    changes=st.lists(st.tuples(st.integers(0, 19), PROPENSITIES), max_size=40),
)
def test_groups_are_sound_after_any_changes(first, changes):
    stream, propensities, memory = opened(1), np.array(first), allocate(len(first))
    fill(memory, propensities, stream)
    assert is_sound(memory, propensities)
    for number, new in changes:
        j = number % len(first)
        change(memory, j, propensities[j], new, 0.0, stream)
        propensities[j] = new
        assert is_sound(memory, propensities)
    possible = (propensities >= np.finfo(float).tiny).any()
    assert (choose(memory, propensities, 0.0, stream)[1] < np.inf) == possible


def test_a_group_that_emptied_and_filled_again_is_the_same():
    stream, propensities, memory = opened(1), np.array([1.0, 1.5, 6.0, 7.9]), allocate(4)
    fill(memory, propensities, stream)
    known = memory[5][0]
    for _ in range(3):
        for j, a in enumerate(propensities):
            change(memory, j, a, 0.0, 0.0, stream)
        assert choose(memory, np.zeros(4), 0.0, stream)[1] == np.inf
        for j, a in enumerate(propensities):
            change(memory, j, 0.0, a, 0.0, stream)
        assert is_sound(memory, propensities)
    assert memory[5][0] == known


@pytest.mark.parametrize("top", [1e-6, 1.0, 1e6])
def test_the_ends_of_a_group_are_chosen_by_their_propensities(top):
    """A group of 2^k and just below 2^(k + 1): two thirds of what happens is the latter."""
    low = 2.0 ** np.floor(np.log2(top))
    propensities = np.array([low, np.nextafter(2 * low, 0)])
    stream, memory, count = opened(3), allocate(2), 20_000
    fill(memory, propensities, stream)
    chosen, gaps = zip(
        *(choose(memory, propensities, 0.0, stream) for _ in range(count)), strict=True
    )
    # 6 tests at p < 1e-5: one false alarm in 17,000 sets of seeds.
    assert chisquare(np.bincount(chosen), count * propensities / (3 * low)).pvalue > 1e-5
    assert kstest(np.array(gaps) * 3 * low, "expon").pvalue > 1e-5


def test_a_subnormal_propensity_alone_never_happens():
    """Accepted once in 2^52 proposals, each later than any time: none is waited for."""
    stream, propensities, memory = opened(1), np.array([0.0, 5e-324]), allocate(2)
    fill(memory, propensities, stream)
    assert choose(memory, propensities, 0.0, stream)[1] == np.inf
