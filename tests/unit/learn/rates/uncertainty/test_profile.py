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

    data = counted(counts)
    (found,) = rl.profile(rl.fit_rates(immigration, data), data)
    ends = [brentq(rise, best / 5, best), brentq(rise, best, best * 5)]
    deviation = best / np.sqrt(total)
    np.testing.assert_allclose([found.lower, found.upper], ends, atol=0.01 * deviation)
    np.testing.assert_allclose(found.rise, [rise(k) + THRESHOLD for k in found.values], atol=1e-4)
    assert found.verdict == "identifiable"
    assert found.values.size <= 7


def birth_death_rise(data, g):
    """The deviance of Poisson numbers, profiled over the birth rate by SciPy."""
    means = (1 - np.exp(-g * data.times)) / g

    def deviance(k):
        pairs = zip(data.observed, data.cells, means, strict=True)
        return -2 * sum(cells @ poisson.logpmf(y[:, 0], k * mean) for y, cells, mean in pairs)

    return minimize_scalar(deviance, bounds=(1, 40), method="bounded", options={"xatol": 1e-9}).fun


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
    (found,) = rl.profile(rates, data, reactions=["A --> 0"])
    least = birth_death_rise(data, found.estimate)
    expected = [birth_death_rise(data, g) - least for g in (found.lower, found.upper)]
    np.testing.assert_allclose(expected, THRESHOLD, rtol=0.02)
    free = birth_death_rise(data, found.values[0]) - least
    np.testing.assert_allclose(found.rise[0], free, rtol=0.01)


def test_a_narrower_level_gives_a_narrower_interval(few):
    data, rates = few
    (wide, narrow) = (
        rl.profile(rates, data, reactions=["0 --> A"], level=level).intervals[0]
        for level in (0.95, 0.5)
    )
    assert wide[0] < narrow[0] < rates.constants[0] < narrow[1] < wide[1]


def test_a_reaction_that_may_be_absent_has_a_lower_end_of_zero():
    times = np.repeat([1.0, 3.0], 20)
    counts = np.random.default_rng(4).poisson(2 * times)
    data = rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})
    rates = rl.fit_rates(rl.zoo.birth_death(), data)
    assert list(rates.present) == [True, False]
    (found,) = rl.profile(rates, data, reactions=["A --> 0"])
    least = birth_death_rise(data, max(found.estimate, 1e-9))
    assert found.lower == 0
    np.testing.assert_allclose(birth_death_rise(data, found.upper) - least, THRESHOLD, rtol=0.02)
    assert found.verdict == "may be absent"


def test_a_constant_without_an_end_is_named():
    """Long after the beginning only the ratio of both constants is seen, and that they are fast."""
    counts = np.random.default_rng(0).poisson(3.0, size=40)
    times = np.repeat([1.5, 2.0], 20)
    data = rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})
    network = rl.zoo.birth_death()
    rates = rl.fit_rates(network, data)
    found = rl.profile(rates, data)
    assert np.isinf(found.intervals[:, 1]).all()
    assert "not identifiable above" in str(found)
    assert all(p.values[-1] > 10 * p.estimate for p in found)


def test_moments_have_profiles_as_wide_as_their_errors():
    network = rl.zoo.birth_death()
    cells = rl.simulate(network, rl.Direct(), range(5), trajectories=5000, seed=2)
    rates = rl.fit_rates(network, cells)
    found = rl.profile(rates, cells)
    half = np.diff(found.intervals, axis=1)[:, 0] / 2
    np.testing.assert_allclose(half, 1.96 * rates.standard_errors, rtol=0.02)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 1.0}, "level=1.0: choose one between 0 and 1"),
        ({"reactions": ["A --> B"]}, "'A --> B' is none of the candidates: 0 --> A, A --> 0"),
        ({"method": rl.MomentCoefficients()}, "MomentCoefficients has no deviance"),
    ],
)
def test_what_is_refused(few, options, message):
    data, rates = few
    with pytest.raises(rl.DataError, match=message):
        rl.profile(rates, data, **options)
