import numpy as np
import pytest
from scipy.stats import norm, poisson

import ratelaw as rl

TIME = 1.5


def test_draws_of_rates_are_as_uncertain_as_they_are(immigration, counted):
    data = counted(np.random.default_rng(1).poisson(2 * TIME, size=400))
    rates = rl.fit_rates(immigration, data)
    drawn = rates.draws(10_000, seed=3)[:, 0]
    k, error = rates.constants[0], rates.standard_errors[0]
    np.testing.assert_allclose(
        np.quantile(drawn, [0.1, 0.5, 0.9]),
        k + error * norm.ppf([0.1, 0.5, 0.9]),
        atol=0.07 * error,
    )


def test_band_of_an_average_is_that_of_the_constant(immigration, counted):
    data = counted(np.random.default_rng(1).poisson(2 * TIME, size=400))
    rates = rl.fit_rates(immigration, data)
    results = rl.learn.predict(rates, rl.Moments(), [0, 4], draws=50, seed=1)
    band = rl.learn.band(results["average"].sel(time=4, species="A"), level=0.8)
    expected = 4 * np.quantile(rates.draws(50, seed=1)[:, 0], [0.1, 0.5, 0.9])
    np.testing.assert_allclose(band.to_array().values, expected, rtol=1e-6)


def test_distributions_of_a_posterior_or_bootstrap(immigration, counted):
    data = counted(np.random.default_rng(1).poisson(2 * TIME, size=40))
    rates = rl.fit_rates(immigration, data)
    drawn = rl.learn.bootstrap(rates, data, replicates=20, seed=1)
    results = rl.learn.predict(drawn, rl.MasterEquation(), [TIME], draws=5)
    table = rl.learn.marginals(results, "A").isel(snapshot=0)
    counts = table["n_A"].values if "n_A" in table.coords else np.arange(table.sizes["n_A"])
    for row, k in zip(table.values, results["k1"].values, strict=True):
        np.testing.assert_allclose(row, poisson.pmf(counts, k * TIME), atol=1e-6)
    assert set(results["k1"].values) <= set(drawn.constants[:, 0])


def test_trajectories_are_refused(immigration, counted):
    data = counted([1, 2, 3])
    with pytest.raises(rl.DataError, match="draws trajectories"):
        rl.learn.predict(rl.fit_rates(immigration, data), rl.Direct(), [1.0])
