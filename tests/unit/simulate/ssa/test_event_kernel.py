"""When events happen in a Gillespie run, to the last bit; nothing else happens here."""

import numpy as np

import ratelaw as rl

TURNING = rl.Network.parse(
    """
    R --> 0, 0
    R(0) = 1
    when k*time + c >= 1: A = 1
    when k*time + c > 1: B = 1
    when 1 <= k*time + c: C = 1
    when m*time + d <= 1: D = 1
    when m*time + d < 1: E = 1
    when k*time + 1 != 1: F = 1
    """,
    parameters={"k": 1, "c": 0, "m": -1, "d": 2},
)


def test_triggers_of_the_time_are_seen_although_their_times_are_rounded():
    """(1 - c)/k, and the float after it, are rounded: the first set of values is untrue at both."""
    generator = np.random.default_rng(0)
    k = np.r_[78.92496557771938, generator.uniform(0.001, 100, 300)]
    c = np.r_[-3.0557813234129747, generator.uniform(-5, 1, 300)]
    sweep = {"k": k, "c": c, "m": -k, "d": 2 - c}
    times = [0.0, 0.01, 0.1, 1e6]
    found = rl.simulate(TURNING, rl.Direct(), times, trajectories=1, seed=1, sweep=sweep)
    seen = found["average"].sel(species=list("ABCDE")).values
    turns = np.array((1 - c) / k)[:, None, None]
    np.testing.assert_array_equal(seen, np.broadcast_to(np.c_[times] > turns, seen.shape))
    assert (found["average"].sel(species="F")[:, 1:] == 1).all()


def test_an_equality_of_the_time_calls_again_once_it_was_untrue():
    network = rl.Network.parse("A --> 0, 0\nA(0) = 0\nwhen time == 2 or time > 3: A = A + 1")
    found = rl.simulate(network, rl.Direct(), [1, 2, 3, 4], trajectories=1, seed=1)["average"]
    assert found.sel(species="A").values.tolist() == [0, 1, 1, 2]


def test_what_an_event_at_the_start_brings_about_has_passed_at_time_0():
    network = rl.Network.parse("B --> 0, 0\nA(0) = 10\nB(0) = 1\nwhen A >= 5, at start: A = 3")
    record = [rl.RecordFirstPassage("A == 3", "A >= 5", "B == 1", count=1)]
    found = rl.simulate(network, rl.Direct(), [0, 1, 2], trajectories=4, seed=1, record=record)
    probability = found["passage_probability"].values.tolist()
    assert probability == [[1, 1, 1], [0, 0, 0], [1, 1, 1]]
    assert found["passage_times"].values.ravel().tolist() == [0, np.inf, 0]
