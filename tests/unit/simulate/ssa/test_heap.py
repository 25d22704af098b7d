"""The indexed heap against a dictionary of times, changed by the equation of Gibson and Bruck."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ratelaw.simulate.ssa.heap import allocate, change, choose, fill
from ratelaw.simulate.ssa.stream import next_uniform, open_stream

PROPENSITIES = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))
FIRES = -1


def opened(seed):
    stream = np.empty(4, dtype=np.uint64)
    open_stream(stream, np.uint64(seed), np.uint64(0))
    return stream


def waiting(propensity, stream):
    return -math.log(next_uniform(stream)) / propensity if propensity > 0 else np.inf


def is_sound(memory):
    when, who, place = memory
    parents = (np.arange(1, when.size) - 1) // 2
    return (when[parents] <= when[1:]).all() and (who[place] == np.arange(when.size)).all()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    first=st.lists(PROPENSITIES, min_size=1, max_size=20),
    changes=st.lists(st.tuples(st.integers(FIRES, 19), PROPENSITIES), max_size=40),
    seed=st.integers(0, 2**32),
)
def test_random_changes_leave_the_times_of_gibson_and_bruck_in_order(first, changes, seed):
    now, propensities = 0.0, np.array(first)
    memory, stream, same = allocate(len(first)), opened(seed), opened(seed)
    fill(memory, propensities, stream)
    times = {j: waiting(a, same) for j, a in enumerate(first)}
    for number, new in changes:
        j, then = choose(memory, propensities, now, stream)
        assert times[j] == min(times.values())
        np.testing.assert_allclose(then, times[j], rtol=1e-12)
        if number == FIRES and then < np.inf:
            now = times[j] = then
        else:
            j = number % len(first)
        old, propensities[j] = propensities[j], new
        change(memory, j, old, new, now, stream)
        if new == 0:
            times[j] = np.inf
        elif old > 0 and times[j] > now:
            times[j] = now + old / new * (times[j] - now)
        else:
            times[j] = now + waiting(new, same)
        assert is_sound(memory)
    np.testing.assert_array_equal(stream, same)
    order = []
    while (found := choose(memory, propensities, now, stream))[1] < np.inf:
        order.append(found[0])
        change(memory, found[0], propensities[found[0]], 0.0, now, stream)
    assert order == sorted((j for j in times if times[j] < np.inf), key=times.__getitem__)


def test_a_reaction_that_just_happened_draws_anew_though_its_propensity_stays():
    memory, stream = allocate(1), opened(1)
    fill(memory, np.ones(1), stream)
    _, now = choose(memory, np.ones(1), 0.0, stream)
    change(memory, 0, 1.0, 1.0, now, stream)
    assert now < choose(memory, np.ones(1), now, stream)[1] < np.inf


def test_one_that_did_not_happen_keeps_its_time_and_the_stream_untouched():
    propensities, memory, stream = np.array([1.0, 1e-9]), allocate(2), opened(1)
    fill(memory, propensities, stream)
    before, times = stream.copy(), memory[0].copy()
    change(memory, 1, 1e-9, 1e-9, times.min(), stream)
    np.testing.assert_array_equal(stream, before)
    np.testing.assert_array_equal(memory[0], times)
