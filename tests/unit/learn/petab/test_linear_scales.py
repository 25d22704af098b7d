"""Fits of s exp(-k t) on linear scales, however far the bounds are, against least squares."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq, least_squares

import ratelaw as rl
from ratelaw.formats.petab import problem as posed
from ratelaw.formats.petab.problem import Scale
from ratelaw.formats.sbml.writer import format_sbml
from ratelaw.learn import fit_petab
from ratelaw.learn.petab import descent
from ratelaw.network.expression import parse_expression

TIMES = np.array([0.5, 1.0, 2.0, 4.0])
NOISE = np.array([0.1, -0.2, 0.15, -0.05])


def unknown(lower, upper, scale=Scale.LINEAR, *, drawn=None):
    """Its starts are drawn between two values, or else between its bounds."""
    prior = posed.Prior("parameterScaleUniform", drawn) if drawn else None
    return posed.Parameter(
        None, estimated=True, lower=lower, upper=upper, scale=scale, start_prior=prior
    )


def decay(values, sigma, k, s):
    network = rl.Network.parse("A --> 0, k", parameters={"k": 1.0}, initial={"A": 1})
    seen = posed.Observable(
        parse_expression("s*A"), parse_expression(sigma), Scale.LINEAR, posed.Noise.NORMAL
    )
    rows = tuple(
        posed.Measurement(f"row {i}", "seen", "e", t, v)
        for i, (t, v) in enumerate(zip(TIMES, values, strict=True), start=1)
    )
    periods = {"e": posed.Experiment((posed.Period(0, {}),))}
    return posed.EstimationProblem(
        format_sbml(network), {"k": k, "s": s}, {"seen": seen}, periods, rows
    )


def closed_form(values, sigma):
    """Least squares of s exp(-k t), and the standard errors by second derivatives; k, then s."""
    start = [0.5, values[0]]
    found = least_squares(
        lambda p: p[1] * np.exp(-p[0] * TIMES) - values, start, xtol=1e-12, x_scale=start
    )
    k, s = found.x
    shape = np.exp(-k * TIMES)
    missed = s * shape - values
    slopes = np.stack([-TIMES * s * shape, shape], axis=1)
    mixed = -missed @ (TIMES * shape)
    bent = np.array([[s * missed @ (TIMES**2 * shape), mixed], [mixed, 0]])
    hessian = (slopes.T @ slopes + bent) / sigma**2
    return found.x, np.sqrt(np.diagonal(np.linalg.inv(hessian)))


@pytest.mark.parametrize("upper", [1e4, 1e6, 1e9])
def test_every_start_finds_a_factor_however_far_its_bound_is(upper):
    values = 500 * np.exp(-0.7 * TIMES) + 50 * NOISE
    k = unknown(1e-3, 1e3, Scale.LOG10, drawn=(-1, 1))
    fit = fit_petab(decay(values, "5", k, unknown(0, upper)), starts=5, seed=1, hops=1)
    expected, errors = closed_form(values, 5)
    assert fit.reached == 5
    np.testing.assert_allclose([fit.estimate["k"], fit.estimate["s"]], expected, rtol=1e-4)
    s = fit.parameters[1]
    assert s.verdict == "identifiable"
    assert s.standard_error == pytest.approx(errors[1], rel=1e-3)


def test_a_rate_is_found_where_every_start_is_too_fast_for_the_data():
    """There the objective is flat, with no slope to follow; the profile goes to the bound."""
    values = 10 * np.exp(-0.7 * TIMES) + NOISE
    s = unknown(1e-3, 1e3, Scale.LOG10)
    fit = fit_petab(decay(values, "0.15", unknown(0, 1000), s), starts=5, seed=1, hops=1)
    expected, errors = closed_form(values, 0.15)
    np.testing.assert_allclose([fit.estimate["k"], fit.estimate["s"]], expected, rtol=1e-3)
    assert fit.parameters[0].standard_error == pytest.approx(errors[0], rel=1e-3)
    assert fit.reached == 0
    assert "the best objective was found after the starts" in str(fit)


@pytest.mark.parametrize("upper", [10, 1e3, 1e6])
def test_bounds_far_away_do_not_matter_to_intervals(upper):
    values = 10 * np.exp(-0.7 * TIMES) + NOISE
    k, s = unknown(0, upper, drawn=(0.3, 2)), unknown(1e-3, 1e3, Scale.LOG10)
    fit = fit_petab(decay(values, "0.15", k, s), starts=2, seed=1, hops=0)
    expected, errors = closed_form(values, 0.15)
    on_scales = errors / [1, expected[1] * math.log(10)]
    np.testing.assert_allclose([fit.estimate["k"], fit.estimate["s"]], expected, rtol=1e-4)
    np.testing.assert_allclose([p.standard_error for p in fit.parameters], on_scales, rtol=1e-3)
    assert [p.verdict for p in fit.parameters] == ["identifiable"] * 2
    ends = expected[0] + 1.96 * errors[0] * np.array([-1, 1])
    np.testing.assert_allclose(fit.parameters[0].interval, ends, rtol=1e-3)


@pytest.mark.parametrize("upper", [10, 1e9])
def test_an_end_by_profile_does_not_depend_on_the_other_bound(upper):
    """Zero is within the interval of so slow a rate; s is known."""
    values = 10 * np.exp(-0.03 * TIMES) + 5 * NOISE
    k, s = unknown(0, upper, drawn=(0.01, 2)), posed.Parameter(10.0, estimated=False)
    fit = fit_petab(decay(values, "0.75", k, s), starts=2, seed=1, hops=0)

    def rise(rate):
        courses = [10 * np.exp(-r * TIMES) for r in (rate, fit.estimate["k"])]
        slow, best = (np.sum((course - values) ** 2) / (2 * 0.75**2) for course in courses)
        return slow - best - 1.96**2 / 2

    (found,) = fit.parameters
    assert rise(0) < 0
    assert found.ends == (False, True)
    assert found.at_bound == ""
    assert found.interval[1] == pytest.approx(brentq(rise, 0.05, 1), rel=0.02)


def test_a_rate_that_is_pushed_to_its_bound_is_still_there():
    values = 10 * np.exp(0.05 * TIMES)
    k, s = unknown(0, 1000, drawn=(0.3, 2)), posed.Parameter(10.0, estimated=False)
    (found,) = fit_petab(decay(values, "0.5", k, s), starts=1, seed=1, hops=0).parameters
    assert found.value == 0
    assert found.at_bound == "lower"
    assert found.verdict.startswith("not identifiable: at its lower bound 0; the data only say")


def test_a_descent_that_is_cut_off_gives_no_intervals(monkeypatch):
    monkeypatch.setattr(descent, "TRIES", 2)
    values = 10 * np.exp(-0.7 * TIMES) + NOISE
    problem = decay(values, "0.15", unknown(0, 10, drawn=(3, 4)), unknown(1, 1e4))
    fit = fit_petab(problem, starts=1, seed=1, hops=0)
    assert [p.interval for p in fit.parameters] == [(0, 10), (1, 1e4)]
    for parameter in fit.parameters:
        assert parameter.verdict == "not known: the descent was cut off before a minimum"
        assert math.isnan(parameter.standard_error)
    assert "before a minimum, so that there are no intervals: give more starts" in str(fit)
