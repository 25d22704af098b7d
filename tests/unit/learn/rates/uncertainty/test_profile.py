import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2, poisson

import ratelaw as rl

TIME = 1.5
THRESHOLD = chi2.ppf(0.95, 1)


def test_interval_of_a_poisson_likelihood(immigration, counted):
    counts = np.random.default_rng(3).poisson(2 * TIME, size=12)
    total, exposure = counts.sum(), counts.size * TIME
    best = total / exposure

    def rise(k):
        return 2 * (exposure * (k - best) - total * np.log(k / best)) - THRESHOLD

    data, method = counted(counts), rl.MaximumLikelihood(1e-8)
    (found,) = rl.learn.profile(rl.fit_rates(immigration, data, method), data, method)
    ends = [brentq(rise, best / 5, best), brentq(rise, best, best * 5)]
    deviation = best / np.sqrt(total)
    np.testing.assert_allclose([found.lower, found.upper], ends, atol=0.01 * deviation)
    np.testing.assert_allclose(found.rise, [rise(k) + THRESHOLD for k in found.values], atol=1e-3)
    assert found.verdict == "identifiable"
    assert found.values.size <= 7


def birth_death_rise(data, g):
    """The deviance of Poisson numbers, profiled over the birth rate by SciPy."""
    means = (1 - np.exp(-g * data.times)) / g

    def deviance(k):
        pairs = zip(data.observed, data.cells, means, strict=True)
        return -2 * sum(cells @ poisson.logpmf(y[:, 0], k * mean) for y, cells, mean in pairs)

    return minimize_scalar(deviance, bounds=(1, 400), method="bounded", options={"xatol": 1e-9}).fun


@pytest.fixture(scope="module")
def few():
    network = rl.zoo.birth_death()
    generator = np.random.default_rng(5)
    times = np.repeat([1.0, 3.0, 9.0], 15)
    counts = generator.poisson(10 * (1 - np.exp(-0.5 * times)) / 0.5)
    data = rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})
    return data, rl.fit_rates(network, data)


def test_other_constants_are_fitted_along_the_way(few):
    data, rates = few
    (found,) = rl.learn.profile(rates, data, reactions=["A --> 0"])
    least = birth_death_rise(data, found.estimate)
    expected = [birth_death_rise(data, g) - least for g in (found.lower, found.upper)]
    np.testing.assert_allclose(expected, THRESHOLD, rtol=0.02)
    free = birth_death_rise(data, found.values[0]) - least
    np.testing.assert_allclose(found.rise[0], free, rtol=0.01)


def test_a_narrower_level_gives_a_narrower_interval(few):
    data, rates = few
    (wide, narrow) = (
        rl.learn.profile(rates, data, reactions=["0 --> A"], level=level).intervals[0]
        for level in (0.95, 0.5)
    )
    assert wide[0] < narrow[0] < rates.constants[0] < narrow[1] < wide[1]


def test_a_reaction_that_may_be_absent_has_a_lower_end_of_zero():
    times = np.repeat([1.0, 3.0], 20)
    counts = np.random.default_rng(4).poisson(2 * times)
    data = rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})
    rates = rl.fit_rates(rl.zoo.birth_death(), data)
    assert list(rates.present) == [True, False]
    (found,) = rl.learn.profile(rates, data, reactions=["A --> 0"])
    least = birth_death_rise(data, max(found.estimate, 1e-9))
    assert found.lower == 0
    np.testing.assert_allclose(birth_death_rise(data, found.upper) - least, THRESHOLD, rtol=0.03)
    assert found.verdict == "may be absent"


def test_a_constant_without_an_end_is_named():
    """The averages tell that both are at least so fast: they may well have been reached at 2."""
    counts = [4, 6, 8, 9, 11, 8, 10, 7, 12, 7, 6, 9, 10, 13, 12, 9, 8, 11, 5, 14]
    data = rl.Snapshots.of_cells(np.repeat([2.0, 4.0], 10), np.c_[counts], ["A"], {"A": 0})
    rates = rl.fit_rates(rl.zoo.birth_death(), data)
    found = rl.learn.profile(rates, data)
    assert np.isinf(found.intervals[:, 1]).all()
    assert "not identifiable above" in str(found)
    least = birth_death_rise(data, found[1].estimate)
    ends = [birth_death_rise(data, found[1].lower), birth_death_rise(data, 40.0)]
    np.testing.assert_allclose(ends[0] - least, THRESHOLD, rtol=0.03)
    np.testing.assert_allclose(found[1].rise[-1], ends[1] - least, rtol=0.01)
    assert found[0].lower > 4
    assert all(p.values.size < 15 for p in found)


@pytest.mark.parametrize(
    "prior", [rl.learn.LogNormal(3.0, 0.1), rl.learn.Gamma(9.0, 3.0), rl.learn.HalfNormal(0.7)]
)
def test_the_prior_of_a_constant_that_is_held_still_counts(immigration, counted, prior):
    counts = np.random.default_rng(3).poisson(2 * TIME, size=12)
    data = counted(counts)
    method = rl.learn.MaximumPosterior(rl.MaximumLikelihood(1e-8), {"0 --> A": prior})

    def deviance(k):
        return -2 * (poisson.logpmf(counts, k * TIME).sum() + prior.log_density(k))

    best = minimize_scalar(deviance, bounds=(0.1, 20), method="bounded", options={"xatol": 1e-9})
    (found,) = rl.learn.profile(rl.fit_rates(immigration, data, method), data, method)
    expected = [
        brentq(lambda k: deviance(k) - best.fun - THRESHOLD, *span)
        for span in ([0.1, best.x], [best.x, 20])
    ]
    # Ends lie on a secant of the root, within a fiftieth of the half width.
    half = (expected[1] - expected[0]) / 2
    np.testing.assert_allclose([found.lower, found.upper], expected, atol=0.02 * half)
    rise = [deviance(k) - best.fun for k in found.values]
    np.testing.assert_allclose(found.rise, rise, atol=2e-3)


def test_a_constant_held_at_zero_has_the_limit_of_its_prior(few):
    data, rates = few
    method = rl.learn.MaximumPosterior(
        rl.MaximumLikelihood(), {"A --> 0": rl.learn.HalfNormal(0.5)}
    )
    criterion = method.pose(rates.candidates, [data])
    birth = np.array([True, False])
    without, slow = (criterion.fit(birth, np.array([10.0, held])).deviance for held in (0.0, 1e-9))
    assert without == pytest.approx(slow, abs=2e-3)


def test_moments_have_profiles_as_wide_as_their_errors():
    network = rl.zoo.birth_death()
    cells = rl.simulate(network, rl.Direct(), range(5), trajectories=5000, seed=2)
    rates = rl.fit_rates(network, cells)
    found = rl.learn.profile(rates, cells)
    half = np.diff(found.intervals, axis=1)[:, 0] / 2
    np.testing.assert_allclose(half, 1.96 * rates.standard_errors, rtol=0.02)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 1.0}, "level is 1.0: give a number between 0 and 1"),
        ({"reactions": ["A --> B"]}, "'A --> B' is none of the candidates: 0 --> A, A --> 0"),
        ({"method": rl.learn.MomentCoefficients()}, "MomentCoefficients has no deviance"),
    ],
)
def test_what_is_refused(few, options, message):
    data, rates = few
    with pytest.raises(rl.DataError, match=message):
        rl.learn.profile(rates, data, **options)
