"""What a fitted subset of the terms tells the user, against regression of the closed form."""

import numpy as np
import xarray as xr
from scipy.optimize import curve_fit
from scipy.special import lambertw

import ratelaw as rl

TIMES = np.linspace(0, 12, 25)
NOISE = 0.05


def saturated(times, speed, half):
    """Michaelis and Menten's substrate from 10 (Schnell and Mendoza 1997)."""
    return half * lambertw(10 / half * np.exp((10 - speed * times) / half)).real


def test_terms_and_what_is_inside_them_have_the_errors_of_nonlinear_regression():
    values = saturated(TIMES, 1.5, 3.0)
    values[1:] += NOISE * np.random.default_rng(4).standard_normal(len(TIMES) - 1)
    deviations = np.where(TIMES > 0, NOISE, 0.0)
    table = xr.Dataset(
        {
            "average": (["time", "species"], values[:, None]),
            "standard_error": (["time", "species"], deviations[:, None]),
        },
        coords={"time": TIMES, "species": ["S"]},
    )
    fit = rl.ODENet(rl.HillLibrary()).fit(rl.Experiments.of(table))
    best, covariance = curve_fit(
        saturated, TIMES[1:], values[1:], [1.0, 2.0], np.full(24, NOISE), absolute_sigma=True
    )
    ((speed, of_speed),) = fit.found.values()
    ((half, of_half),) = zip(fit.shape.values(), fit.shape_errors.values(), strict=True)
    np.testing.assert_allclose([-speed, half], best, rtol=1e-5)
    np.testing.assert_allclose([of_speed, of_half], np.sqrt(np.diagonal(covariance)), rtol=1e-3)
    assert f"K_S_1 = {half:.5g} ± {of_half:.1g}" in str(fit)
