"""Events in Gillespie runs, against closed forms. Seeds are fixed."""

import numpy as np
import pytest
from scipy.stats import norm

import ratelaw as rl

COUNT = 20_000
LIMIT = norm.isf(5e-6)
"""One false alarm in 100,000 numbers compared."""


def cells(text, times, **options):
    return rl.simulate(
        rl.Network.parse(text), rl.Direct(), times, trajectories=COUNT, seed=1, **options
    )


def z_of(cells, species, mean, variance):
    average = cells["average"].sel(species=species).values
    return np.abs(average - mean) / np.sqrt(np.asarray(variance) / COUNT)


def test_a_rate_switched_at_a_time():
    """Poisson at all times, with the average of the equation."""
    times = np.array([5.0, 10.0, 15.0, 40.0])
    found = cells("0 --> A, 5\nA => 0, k*A\nk(0) = 0.1\nwhen time >= 10: k = 0.3", times)
    before = 50 * (1 - np.exp(-0.1 * times))
    after = 5 / 0.3 + (50 * (1 - np.exp(-1)) - 5 / 0.3) * np.exp(-0.3 * (times - 10))
    mean = np.where(times < 10, before, after)
    assert (z_of(found, "A", mean, mean) < LIMIT).all()
    spread = found["covariance"].sel(species="A", species_="A").values / mean
    assert (np.abs(spread - 1) * np.sqrt(COUNT / 2) < LIMIT).all()
    np.testing.assert_allclose(found["average"].sel(species="k"), [0.1, 0.3, 0.3, 0.3], rtol=1e-12)


def test_a_count_reset_at_a_level_is_uniform():
    """A Poisson counter that falls to 0 at 4 is its count modulo 4: soon uniform on 0 to 3."""
    found = cells("0 --> A, 3\nwhen A >= 4: A = 0", [50.0], record=[rl.RecordHistogram()])
    probability = rl.marginal(found, "A")[0].values
    assert probability.size == 4
    z = (probability - 0.25) / np.sqrt(0.25 * 0.75 / COUNT)
    assert (np.abs(z) < LIMIT).all()


def test_a_delay_after_a_random_call():
    """B is set 2 later than the first A comes: P(B at t) = 1 - exp(-(t - 2)/2)."""
    times = np.array([1.9, 2.5, 4.0, 8.0])
    found = cells("0 --> A, 0.5\nB(0) = 0\nwhen A >= 1, after 2: B = 1", times)
    p = np.maximum(1 - np.exp(-0.5 * (times - 2)), 0)
    assert found["average"].sel(species="B")[0] == 0
    assert (z_of(found, "B", p, p * (1 - p) + 1e-9)[1:] < LIMIT).all()


def test_ties_are_broken_evenly_and_priorities_are_not():
    text = (
        "0 --> A, 1\nB(0) = 0\n"
        "when time >= 1, priority {}, values when due: B = 2*B + 1\n"
        "when time >= 1, priority 1, values when due: B = 2*B + 2"
    )
    tied = cells(text.format(1), [2.0])
    assert z_of(tied, "B", 4.5, 0.25) < LIMIT
    assert cells(text.format(2), [2.0])["average"].sel(species="B") == 4


def test_the_moment_of_a_strict_relation_is_found():
    found = cells("0 --> A, 1e-9\nB(0) = 0\nwhen time > 3: B = 1", [3.0, 3.000001])
    np.testing.assert_array_equal(found["average"].sel(species="B"), [0, 1])


def test_an_event_must_leave_counts():
    network = rl.Network.parse("A --> 0, 1\nwhen time > 1: A = 2.5", initial={"A": 5})
    with pytest.raises(rl.SolverError, match=r"sets 'A' to 2\.5"):
        rl.simulate(network, rl.Direct(), [3.0], trajectories=5, seed=1)


def test_times_that_no_formula_gives_are_refused():
    network = rl.Network.parse("A --> 0, 1\nwhen sin(time) > 0.5: A = 2")
    with pytest.raises(rl.UnsupportedError, match="not of first degree in the time"):
        rl.simulate(network, rl.Direct(), [3.0], trajectories=5, seed=1)
