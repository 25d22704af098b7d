"""Fits of small problems against closed forms; published ones are in tests/reference."""

import math
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

import ratelaw as rl
from ratelaw.formats.petab import problem as posed
from ratelaw.formats.sbml.writer import format_sbml
from ratelaw.learn import fit_petab, log_likelihood
from ratelaw.learn.petab.objective import Objective
from ratelaw.network.expression import parse_expression

TIMES = np.array([0.5, 1.0, 2.0, 4.0])
NOISE = np.array([0.1, -0.2, 0.15, -0.05])


def unknown(lower=1e-3, upper=1e3, scale=posed.Scale.LOG10, **others):
    return posed.Parameter(None, estimated=True, lower=lower, upper=upper, scale=scale, **others)


def problem(
    text, parameters, values, *, formula="A", noise="sigma", changes=None, initial=None, sbml=None,
    periods=None,
):  # fmt: skip
    known = {name: 1.0 for name in parameters if name in text}
    network = None if sbml else rl.Network.parse(text, parameters=known, initial=initial)
    seen = posed.Observable(
        parse_expression(formula), parse_expression(noise), posed.Scale.LINEAR, posed.Noise.NORMAL
    )
    rows = tuple(
        posed.Measurement(f"row {i}", "seen", "e", t, v)
        for i, (t, v) in enumerate(zip(TIMES, values, strict=True), start=1)
    )
    period = posed.Period(0, {name: sp.sympify(c) for name, c in (changes or {}).items()})
    return posed.EstimationProblem(
        sbml or format_sbml(network),
        parameters,
        {"seen": seen},
        {"e": posed.Experiment(periods or (period,))},
        rows,
    )


def decay(**others):
    parameters = {"k": unknown(), "sigma": unknown()}
    values = 10 * np.exp(-0.7 * TIMES) + NOISE
    return problem("A --> 0, k", parameters, values, initial={"A": 10}, **others)


def test_a_rate_and_its_noise_are_those_of_least_squares():
    """sigma^2 is the mean square of what is missed, and its variance on logarithms 1/(2 n)."""
    fit = fit_petab(decay(), starts=3, seed=1, hops=1)
    k = fit.estimate["k"]
    missed = 10 * np.exp(-k * TIMES) - (10 * np.exp(-0.7 * TIMES) + NOISE)
    slope = -TIMES * 10 * np.exp(-k * TIMES)
    assert missed @ slope == pytest.approx(0, abs=1e-3)
    sigma = math.sqrt(np.mean(missed**2))
    assert fit.estimate["sigma"] == pytest.approx(sigma, rel=1e-3)
    assert fit.objective == pytest.approx(4 * math.log(sigma * math.sqrt(2 * math.pi)) + 2)
    errors = [p.standard_error * math.log(10) for p in fit.parameters]
    curvature = slope @ slope + missed @ (TIMES**2 * 10 * np.exp(-k * TIMES))
    assert errors[0] == pytest.approx(sigma / math.sqrt(curvature) / k, rel=0.01)
    assert errors[1] == pytest.approx(math.sqrt(1 / 8), rel=0.01)
    assert fit.not_identifiable == ()
    assert fit.reached == 3
    assert "identifiable" in str(fit)
    assert -log_likelihood(fit.problem) == pytest.approx(fit.objective, abs=1e-6)
    assert fit.to_network().parameters["k"] == pytest.approx(k)


def test_the_same_seed_is_the_same_fit_and_more_starts_change_none():
    few, many = (fit_petab(decay(), starts=n, seed=5, hops=1) for n in (2, 3))
    assert few.starts == many.starts[:2]


def test_only_a_product_is_determined_where_two_rates_act_together():
    parameters = {"a": unknown(), "b": unknown()}
    values = 10 * np.exp(-0.7 * TIMES)
    fit = fit_petab(
        problem("A --> 0, a*b", parameters, values, noise="1/10", initial={"A": 10}),
        starts=3, seed=2, hops=0,
    )  # fmt: skip
    assert fit.estimate["a"] * fit.estimate["b"] == pytest.approx(0.7, rel=1e-4)
    assert set(fit.not_identifiable) <= {"a", "b"}
    assert len(fit.undetermined) == 1
    assert sorted(fit.undetermined[0].replace(",", "").split()) == ["+1", "-1", "a", "b"]


def test_what_is_only_bounded_below_says_so():
    """B turns into C at once: how quickly cannot be seen."""
    text = "A --> B, 1\nB --> C, fast"
    parameters = {"fast": unknown(1e-2, 1e5)}
    values = 10 * (1 - np.exp(-TIMES))
    fit = fit_petab(
        problem(text, parameters, values, formula="C", noise="1/10", initial={"A": 10}),
        starts=2, seed=1,
    )  # fmt: skip
    (fast,) = fit.parameters
    assert fast.ends == (True, False)
    assert "the data only say that it is above" in fast.verdict
    # the profile itself, at the end of the interval
    k = fast.interval[0]
    slow, best = (
        10 * (1 - (k * np.exp(-TIMES) - np.exp(-k * TIMES)) / (k - 1)) for k in (k, fast.value)
    )
    rise = np.sum((slow - values) ** 2 - (best - values) ** 2) / (2 * 0.1**2)
    assert rise == pytest.approx(1.92, rel=0.07)


def test_starts_of_species_and_changes_are_estimated():
    parameters = {"start": unknown(1, 100, posed.Scale.LINEAR), "rate": unknown()}
    values = 12 * np.exp(-0.3 * TIMES)
    whole = problem(
        "A --> 0, k", parameters, values, noise="1/10",
        changes={"A": parse_expression("2*start"), "k": parse_expression("rate/2")},
        sbml=format_sbml(rl.Network.parse("A --> 0, k", {"k": 1}, {"A": 1})),
    )  # fmt: skip
    fit = fit_petab(whole, starts=2, seed=3, hops=2)
    assert fit.estimate["start"] == pytest.approx(6, rel=1e-4)
    assert fit.estimate["rate"] == pytest.approx(0.6, rel=1e-4)


def test_time_and_periods_are_followed_with_exact_slopes():
    """Two periods; what is left of A goes on, and rates follow time."""
    text = "A --> 0, k*exp(-g*time)"
    parameters = {"k": unknown(), "g": unknown()}
    objective = Objective(
        problem(text, parameters, [6, 5, 4, 3], noise="1", initial={"A": 10}, formula="A + g*time")
    )
    values = np.array([-0.3, -0.9])
    k, g = 10**values
    course = 10 * np.exp(-k * (1 - np.exp(-g * TIMES)) / g) + g * TIMES
    np.testing.assert_allclose(
        objective.judge(values).missed, course - [6, 5, 4, 3], rtol=1e-7, atol=1e-7
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            {"parameters": {"k": unknown(0.0, math.inf, posed.Scale.LINEAR)}},
            "'k' is between 0 and inf",
        ),
        ({"parameters": {"k": posed.Parameter(1.0, estimated=False)}}, "estimates nothing"),
    ],
)
def test_problems_without_anything_to_draw_are_refused(change, complaint):
    whole = replace(decay(noise="1"), **change)
    with pytest.raises(rl.DataError, match=complaint):
        fit_petab(whole)


def test_laplace_noise_events_and_jumps_are_refused_by_name():
    whole = decay()
    laplace = replace(whole.observables["seen"], distribution=posed.Noise.LAPLACE)
    with pytest.raises(rl.UnsupportedError, match="'seen' is laplace"):
        fit_petab(replace(whole, observables={"seen": laplace}))
    event = format_sbml(rl.Network.parse("A --> 0, k\nwhen A < 1: A = 5", {"k": 1}, {"A": 9}))
    with pytest.raises(rl.UnsupportedError, match="an event"):
        fit_petab(replace(whole, sbml=event))
    jump = format_sbml(rl.Network.parse("A --> 0, k*steps(1, 2, 3)", {"k": 1}, {"A": 9}))
    with pytest.raises(rl.UnsupportedError, match="jumps"):
        fit_petab(replace(whole, sbml=jump))


def test_a_start_that_cannot_be_solved_is_a_row_with_its_reason():
    """A doubles itself in finite time where k is not small."""
    parameters = {"k": unknown(1e-6, 1e3)}
    values = 1 / (1 - 1e-3 * TIMES)
    whole = problem("2 A --> 3 A, 2*k", parameters, values, noise="1/100", initial={"A": 1})
    fit = fit_petab(whole, starts=6, seed=1, hops=0)
    failed = [start for start in fit.starts if start.failure]
    assert failed
    assert all("grows without bound" in start.failure for start in failed)
    assert all(math.isinf(start.objective) for start in failed)
    assert f"{len(failed)} of 6 starts failed" in str(fit)
    assert fit.estimate["k"] == pytest.approx(1e-3, rel=0.01)
    hopeless = replace(whole, parameters={"k": unknown(10, 1e3)})
    with pytest.raises(
        rl.SolverError, match="none of 2 starts can be solved; the first: the model"
    ):
        fit_petab(hopeless, starts=2, seed=1, hops=0)
