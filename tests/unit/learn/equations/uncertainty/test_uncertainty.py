"""Bands, profiles and bootstraps against the closed forms of a straight line, and lynx and hare."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy.stats import t as student

import ratelaw as rl
from ratelaw.learn.data import examples

TIMES = np.linspace(0, 9, 10)
LINE = rl.ReactionLibrary(rl.Network.parse("0 --> A, 1"))
LOTKA_VOLTERRA = rl.Network.parse(
    "hare --> 2 hare, 1\nhare + lynx --> lynx, 1\nlynx --> 0, 1\nhare + lynx --> hare + 2 lynx, 1"
)


def table(values, times=TIMES):
    return xr.Dataset(
        {"average": (["time", "species"], np.asarray(values)[:, None])},
        coords={"time": times, "species": ["A"]},
    )


@pytest.fixture(scope="module")
def line():
    """Values about a straight line, its fit, and the slope, scatter and places of regression."""
    values = 5 + 2 * TIMES + np.random.default_rng(1).normal(0, 0.5, len(TIMES))
    data = rl.Experiments.of(table(values), noise=rl.learn.AdditiveNoise())
    slope, constant = np.polyfit(TIMES, values, 1)
    missed = values - constant - slope * TIMES
    scatter = np.sqrt(missed @ missed / (len(TIMES) - 2))
    spread = np.square(TIMES - TIMES.mean()).sum()
    return rl.ODENet(LINE).fit(data), data, slope, scatter, spread


def test_bands_are_those_of_linear_regression(line):
    fit, data, slope, scatter, spread = line
    at = np.array([0.0, 3.0, 9.0])
    (band,) = rl.learn.prediction_bands(fit, data, at, level=0.9)
    reach = student.isf(0.05, len(TIMES) - 2) * scatter
    share = 1 / len(TIMES) + np.square(at - TIMES.mean()) / spread
    half = (band["upper"] - band["lower"]).values.ravel() / 2
    np.testing.assert_allclose(half, reach * np.sqrt(share), rtol=1e-4)
    wide = (band["upper_value"] - band["lower_value"]).values.ravel() / 2
    np.testing.assert_allclose(wide, reach * np.sqrt(1 + share), rtol=1e-4)
    centre = np.diff(band["average"].values.ravel())
    np.testing.assert_allclose(centre, slope * np.diff(at), rtol=1e-4)


def test_a_new_start_is_exact_and_the_band_opens_from_there(line):
    fit, data, slope, scatter, spread = line
    (band,) = rl.learn.prediction_bands(fit, data, [0.0, 2.0], initial=[1.0])
    np.testing.assert_allclose(band["average"].values.ravel(), [1, 1 + 2 * slope], rtol=1e-4)
    half = (band["upper"] - band["lower"]).values.ravel() / 2
    reach = student.isf(0.025, len(TIMES) - 2) * scatter / np.sqrt(spread)
    np.testing.assert_allclose(half, [0, 2 * reach], rtol=1e-4, atol=1e-9)


def test_the_profile_of_a_line_is_its_student_interval(line):
    fit, data, slope, scatter, spread = line
    (found,) = rl.learn.profile_coefficients(fit, data)
    reach = student.isf(0.025, len(TIMES) - 2) * scatter / np.sqrt(spread)
    assert found.estimate == pytest.approx(slope, rel=1e-4)
    assert found.standard_error == pytest.approx(scatter / np.sqrt(spread), rel=1e-3)
    np.testing.assert_allclose(
        [found.lower, found.upper], [slope - reach, slope + reach], rtol=2e-3
    )
    assert found.verdict == "identifiable"


def test_what_may_be_absent_has_an_interval_that_begins_at_zero():
    values = 5 + np.random.default_rng(3).normal(0, 0.5, len(TIMES)) + 0.05 * TIMES
    data = rl.Experiments.of(table(values), noise=rl.learn.AdditiveNoise())
    fit = replace(rl.ODENet(LINE).fit(data), selected=np.array([True]), values=np.array([0.05]))
    (found,) = rl.learn.profile_coefficients(fit, data)
    assert found.lower == 0.0
    assert found.verdict == "may be absent"


def test_residuals_drawn_anew_scatter_as_regression_says(line):
    """200 draws give a standard error to 5 %: beyond 20 % once in 15,000 seeds."""
    fit, data, _, scatter, spread = line
    found = rl.learn.bootstrap_fit(fit, data, replicates=200, seed=2)
    assert found.standard_errors[0] == pytest.approx(scatter / np.sqrt(spread), rel=0.2)


def test_experiments_drawn_anew_scatter_as_their_means():
    """Slopes through 0 of equal designs: the fit is their mean. 100 draws: 7 %; once in 15,000."""
    generator = np.random.default_rng(4)
    slopes = 2 + generator.normal(0, 0.3, 6)
    data = rl.Experiments.of(
        *(table(k * TIMES) for k in slopes), exact_start=True, noise=rl.learn.AdditiveNoise()
    )
    fit = rl.ODENet(LINE).fit(data)
    assert fit.values[0] == pytest.approx(slopes.mean(), rel=1e-4)
    found = rl.learn.bootstrap_fit(fit, data, replicates=100, seed=5)
    assert found.standard_errors[0] == pytest.approx(slopes.std() / np.sqrt(6), rel=0.28)
    low, high = found.intervals(0.9)[0]
    assert low < slopes.mean() < high


def test_log_normal_errors_are_a_regression_of_logarithms():
    generator = np.random.default_rng(6)
    values = 8 * np.exp(-0.4 * TIMES + 0.3 * generator.standard_normal(len(TIMES)))
    data = rl.Experiments.of(table(values), noise=rl.learn.LogNormalNoise())
    fit = rl.ODENet(rl.ReactionLibrary(rl.Network.parse("A --> 0, 1"))).fit(data)
    slope, constant = np.polyfit(TIMES, np.log(values), 1)
    assert fit.values[0] == pytest.approx(-slope, rel=1e-3)
    assert fit.initial[0] == pytest.approx(np.exp(constant), rel=1e-3)


@pytest.fixture(scope="module")
def pelts():
    data = rl.Experiments.of(examples.lynx_hare(), noise=rl.learn.LogNormalNoise())
    return rl.ODENet(rl.ReactionLibrary(LOTKA_VOLTERRA)).fit(data), data


def test_lynx_and_hare_agree_with_their_posterior(pelts):
    """The reference draws of posteriordb: means within one posterior standard deviation."""
    fit, _ = pelts
    means, spreads = [0.5469, 0.02775, 0.8001, 0.02409], [0.063, 0.0042, 0.089, 0.0035]
    assert (np.abs(fit.values - means) < spreads).all()
    np.testing.assert_allclose(fit.initial, [34.04, 5.94], rtol=0.05)


def test_bands_of_lynx_and_hare_cover(pelts):
    """42 values, 95 %: fewer than 36 would be seen once in 10,000."""
    fit, data = pelts
    (band,) = rl.learn.prediction_bands(fit, data, np.arange(21.0))
    seen = examples.lynx_hare()["average"].values
    inside = (band["lower_value"].values < seen) & (seen < band["upper_value"].values)
    assert inside.sum() >= 36


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda fit, data: rl.learn.prediction_bands(fit, data, level=2),
            "level is 2",
        ),
        (
            lambda fit, data: rl.learn.profile_coefficients(fit, data, level=0),
            "level is 0",
        ),
        (lambda fit, data: rl.learn.profile_coefficients(fit, data, names=["B"]), "'B' is none"),
        (lambda fit, data: rl.learn.bootstrap_fit(fit, data, replicates=1), "replicates=1"),
    ],
)
def test_what_cannot_be_asked_is_said(line, call, message):
    with pytest.raises(rl.DataError, match=message):
        call(*line[:2])
