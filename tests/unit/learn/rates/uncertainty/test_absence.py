"""Likelihood ratios against Poisson numbers, whose likelihood SciPy maximises."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2, poisson

import ratelaw as rl

TIMES = np.repeat([1.0, 3.0], 40)


def deviance(counts, k, g):
    mean = k * (-np.expm1(-g * TIMES) / g if g > 0 else TIMES)
    return -2 * poisson.logpmf(counts, mean).sum()


@pytest.mark.parametrize(("g", "seed"), [(0.0, 1), (0.02, 2), (0.2, 3)])
def test_death_that_may_be_absent(g, seed):
    mean = 6 * (-np.expm1(-g * TIMES) / g if g > 0 else TIMES)
    counts = np.random.default_rng(seed).poisson(mean)
    data = rl.Snapshots.of_cells(TIMES, counts[:, None], ["A"], {"A": 0})
    network = rl.Network.parse("0 --> A, 1\nA --> 0, 1", initial={"A": 0})
    both = rl.fit_rates(network, data).all_free
    birth, *death = rl.learn.absence(both, data)
    assert birth.rise > 1e4  # without it no cell can be explained
    assert birth.probability == 0
    best = minimize(
        lambda x: deviance(counts, *np.exp(x)),
        np.log([6, 0.02]),
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-9},
    ).fun
    rise = deviance(counts, counts.sum() / TIMES.sum(), 0.0) - best
    if both.present[1]:
        assert death[0].reaction == "A --> 0"
        assert death[0].rise == pytest.approx(rise, abs=2e-3)
        assert death[0].probability == pytest.approx(chi2.sf(rise, 1) / 2, rel=2e-2)
    else:
        assert rise < 2e-3
        assert not death


@pytest.mark.parametrize("unit", [1.0, 3600.0])
def test_with_priors_only_the_data_count_in_any_unit_of_time(unit):
    scale = 0.3
    counts = np.random.default_rng(3).poisson(-6 * np.expm1(-0.2 * TIMES) / 0.2)
    data = rl.Snapshots.of_cells(TIMES * unit, counts[:, None], ["A"], {"A": 0})
    network = rl.Network.parse("0 --> A, 1\nA --> 0, 1", initial={"A": 0})
    method = rl.learn.MaximumPosterior(
        rl.MaximumLikelihood(), {"A --> 0": rl.learn.HalfNormal(scale / unit)}
    )
    _, death = rl.learn.absence(rl.fit_rates(network, data, method), data, method)
    mode = np.exp(
        minimize(
            lambda x: deviance(counts, *np.exp(x)) + (np.exp(x[1]) / scale) ** 2,
            np.log([6, 0.2]),
            method="Nelder-Mead",
            options={"xatol": 1e-7, "fatol": 1e-9},
        ).x
    )
    rise = deviance(counts, counts.sum() / TIMES.sum(), 0.0) - deviance(counts, *mode)
    assert death.rise == pytest.approx(rise, abs=5e-3)


def test_nothing_present_is_refused(immigration, counted):
    data = counted([0, 0, 1])
    rates = rl.fit_rates(immigration, data)
    nothing = rl.Rates(
        rates.candidates, 0 * rates.constants, rates.covariance, ~rates.present, None, None
    )
    with pytest.raises(rl.DataError, match="no reaction is present"):
        rl.learn.absence(nothing, data)
