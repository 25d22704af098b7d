"""Laws of errors against SciPy's distributions and limits in closed form."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.stats import chi2, laplace, norm

from ratelaw.learn.equations.error_laws import HyperbolicLaw, NormalLaw

LAWS = [NormalLaw(), HyperbolicLaw(0.02), HyperbolicLaw(0.5), HyperbolicLaw(3.0)]
ERRORS = np.random.default_rng(1).standard_t(3, size=400)


def density(law, u):
    """By the costs and the peak alone."""
    return np.exp(-(law.cost(np.asarray(u)) + law.peak + np.log(2 * np.pi)) / 2)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_costs_are_those_of_a_density_of_variance_1(law):
    for power in (0, 2):
        half, _ = quad(lambda u, p=power: u**p * density(law, u), 0, 60, points=[0.1, 3], limit=200)
        assert 2 * half == pytest.approx(1, rel=1e-8)
    tail, _ = quad(lambda u: density(law, u), 0, law.quantile(0.95))
    assert 2 * tail == pytest.approx(0.95, rel=1e-7)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_roots_and_weights_follow_from_the_costs(law):
    u, step = np.append(ERRORS, [0.0, 1e-12, 40.0]), 1e-5
    root, slope = law.root(u)
    slopes = (law.root(u + step)[0] - law.root(u - step)[0]) / (2 * step)
    np.testing.assert_allclose(root**2, law.cost(u), rtol=1e-12, atol=1e-20)
    np.testing.assert_allclose(slope, slopes, rtol=1e-5)
    np.testing.assert_allclose(law.weight(u) * u, root * slope, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_the_size_is_the_likeliest(law):
    found = minimize_scalar(
        lambda size: law.cost(ERRORS / size).sum() + 2 * len(ERRORS) * np.log(size),
        bounds=(0.1, 10),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert law.size(ERRORS) == pytest.approx(found.x, rel=1e-6)
    assert law.size(7 * ERRORS) == pytest.approx(7 * law.size(ERRORS), rel=1e-10)
    assert law.size(np.zeros(3)) == 0


def test_with_a_sharp_tip_it_is_that_of_laplace():
    law, scale = HyperbolicLaw(1e-4), 1 / np.sqrt(2)
    u = np.array([0.5, 2.0, 9.0])
    np.testing.assert_allclose(density(law, u), laplace.pdf(u, scale=scale), rtol=1e-3)
    assert law.quantile(0.99) == pytest.approx(laplace.isf(0.005, scale=scale), rel=1e-3)
    assert law.size(ERRORS) == pytest.approx(np.sqrt(2) * np.abs(ERRORS).mean(), rel=1e-3)
    square, count = law.as_chi_square(ERRORS, len(ERRORS))
    assert count == 2 * len(ERRORS)  # 2 |e| / b is chi-square of two degrees of freedom
    assert square == pytest.approx(2 * np.abs(ERRORS).sum() / scale, rel=1e-3)


def test_misses_as_chi_square_are_distributed_so():
    """Sets of 40 errors by the law; of 400 p-values 2 to 5 % are below 5 % less 3 deviations."""
    law = HyperbolicLaw(0.5)
    grid = np.linspace(-12, 12, 4001)
    share = np.cumsum(density(law, grid))
    draws = np.interp(np.random.default_rng(2).random((400, 40)), share / share[-1], grid)
    pairs = [law.as_chi_square(row, 40) for row in draws]
    small = np.mean([chi2.sf(square, count) < 0.05 for square, count in pairs])
    assert abs(small - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 400)


def test_factors_of_normal_errors_are_those_of_the_median():
    """Its variance is pi/2 of that of the mean, and so are likelihood ratios of Laplace's law."""
    errors = norm.ppf((np.arange(20000) + 0.5) / 20000)
    law = HyperbolicLaw(1e-3)
    scaled = errors / law.size(errors)
    variance = law.variance_factor(scaled) * law.size(errors) ** 2
    assert 1 < variance / (np.pi / 2) < 1.2  # the density is averaged over more than its top
    assert 1 < law.rise_factor(scaled) / (np.pi / 2) < 1.1
    exact = HyperbolicLaw(0.5)
    assert NormalLaw().variance_factor(errors) == NormalLaw().rise_factor(errors) == 1
    assert 1 < exact.variance_factor(errors / exact.size(errors)) * exact.size(errors) ** 2 < 1.2
