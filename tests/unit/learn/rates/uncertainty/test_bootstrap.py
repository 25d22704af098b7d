import numpy as np
import pytest
from scipy.stats import binom, chi2, poisson

import ratelaw as rl
from ratelaw.learn.rates.uncertainty.resampling import resample

TIME = 1.5
REPLICATES = 200


def z_of_variance(values, variance):
    """The sum of squares is a chi-square; 1e-4 of false alarms at 3.9."""
    freedom = len(values) - 1
    return (freedom * values.var(ddof=1) / variance - freedom) / np.sqrt(2 * freedom)


def test_spread_and_bias_of_a_poisson_mean(immigration, counted):
    data = counted(np.random.default_rng(1).poisson(2 * TIME, size=30))
    rates = rl.fit_rates(immigration, data)
    found = rl.learn.bootstrap(rates, data, replicates=REPLICATES, seed=4)
    variance = rates.constants[0] / (30 * TIME)
    assert abs(z_of_variance(found.constants[:, 0], variance)) < 4
    assert abs(found.bias[0]) < 4 * np.sqrt(variance / REPLICATES)
    assert found.failed == 0
    lower, upper = found.intervals()[0]
    np.testing.assert_allclose(upper - lower, 3.92 * np.sqrt(variance), rtol=0.25)
    again = rl.learn.bootstrap(rates, data, replicates=REPLICATES, seed=4)
    np.testing.assert_array_equal(again.constants, found.constants)


def test_goodness_of_fit_tells_a_right_network_from_a_wrong_one(immigration, counted):
    generator = np.random.default_rng(2)
    for counts, low, high in [
        (generator.poisson(2 * TIME, size=100), 0.02, 1.0),
        (2 * generator.poisson(TIME, size=100), 0.0, 1 / 50),
    ]:
        data = counted(counts)
        found = rl.learn.bootstrap(rl.fit_rates(immigration, data), data, replicates=60, seed=1)
        assert low < found.fit_probability <= high


def test_distance_is_that_of_frequencies(immigration, counted):
    counts = np.array([1, 1, 2, 3, 5, 5])
    data = counted(counts)
    found = rl.learn.bootstrap(rl.fit_rates(immigration, data), data, replicates=2)
    values, seen = np.unique(counts, return_counts=True)
    expected = 2 * seen @ (np.log(seen / 6) - poisson.logpmf(values, counts.mean()))
    np.testing.assert_allclose(found.distance, expected, rtol=1e-5)


def test_cells_are_measured_as_those_of_the_data(immigration):
    """Of k = 2 at 1.5 with half of the molecules counted: Poisson numbers of mean 1.5."""
    for measurement in (rl.learn.BinomialCapture(0.5), rl.learn.NormalNoise(1.0)):
        data = rl.Snapshots.of_cells(
            np.full(50, TIME), np.full((50, 1), 3), ["A"], {"A": 0}, measurement=measurement
        )
        drawn = resample(immigration, data, 100, 7)
        rows = np.concatenate([np.repeat(d.observed[0], d.cells[0]) for d in drawn])
        mean, variance = (1.5, 1.5) if measurement.whole else (3.0, 4.0)
        assert rows.size == 5000
        assert abs(rows.mean() - mean) < 4 * np.sqrt(variance / rows.size)
        assert abs(rows.var() - variance) < 4 * variance * np.sqrt(3 / rows.size)
        assert {d.measurement for d in drawn} == {measurement}


def test_unseen_cells_are_drawn_no_more_than_they_were(immigration):
    data = rl.Snapshots.of_cells(
        [TIME] * 5 + [0.1] * 5, [[1], [2], [3], [3], [4]] + [[1]] * 5, ["A"], {"A": 0},
        unseen="A == 0",
    )  # fmt: skip
    drawn = resample(immigration, data, 400, 3)
    for at, mean in enumerate((0.2, 3.0)):
        rows = np.concatenate([np.repeat(d.observed[at], d.cells[at]) for d in drawn])
        assert rows.size == 2000
        assert rows.min() == 1
        once = (rows == 1).mean()
        chance = poisson.pmf(1, mean) / (1 - np.exp(-mean))
        assert abs(once - chance) < 4 * binom.std(rows.size, chance) / rows.size


def test_moments_are_drawn_of_as_many_trajectories():
    network = rl.zoo.birth_death()
    cells = rl.simulate(
        network, rl.Direct(), [0, 1, 4], trajectories=500, seed=1,
        record=[rl.RecordMoments(order=3)],
    )  # fmt: skip
    rates = rl.fit_rates(network, cells)
    drawn = resample(rates.to_network(), cells, 3, 1)
    assert all(list(d["moment"].values) == list(cells["moment"].values) for d in drawn)
    assert all(d.attrs["trajectories"] == 500 for d in drawn)
    found = rl.learn.bootstrap(rates, cells, replicates=100, seed=2)
    distances = (found.constants - rates.constants) @ np.linalg.inv(rates.covariance)
    distances = np.einsum("rm,rm->r", distances, found.constants - rates.constants)
    # weights that are estimated with the moments make the replicates some 10 % wider
    assert chi2.ppf(1e-4, 200) < distances.sum() < 1.25 * chi2.ppf(1 - 1e-4, 200)


def test_what_is_refused(immigration, counted):
    data = counted([1, 2, 3])
    rates = rl.fit_rates(immigration, data)
    with pytest.raises(rl.DataError, match="replicates=1: draw at least 2"):
        rl.learn.bootstrap(rates, data, replicates=1)
    exact = rl.simulate(immigration, rl.Moments(), [0, 1])
    with pytest.raises(rl.UnsupportedError, match="how many trajectories"):
        resample(immigration, exact, 2, 1)
    run = rl.simulate(
        immigration, rl.Direct(), [9], trajectories=3, seed=1, record=[rl.RecordEvents(3)]
    )
    with pytest.raises(rl.UnsupportedError, match="how many trajectories"):
        resample(immigration, rl.learn.ObservedPaths.from_events(run), 2, 1)
    hidden = rl.Snapshots.of_cells([1e-9], [[1]], ["A"], {"A": 0}, unseen="A == 0")
    with pytest.raises(rl.DataError, match="hardly ever seen at time 1e-09"):
        resample(immigration, hidden, 2, 1)
