"""Likelihoods against closed forms and petab's own; the suite is in tests/reference."""

import math

import numpy as np
import pytest
import sympy as sp
from petab.v1.calculate import calculate_single_llh

import ratelaw as rl
from ratelaw.formats.petab.problem import (
    EstimationProblem,
    Experiment,
    Measurement,
    Noise,
    Observable,
    Parameter,
    Period,
    Scale,
)
from ratelaw.formats.sbml.writer import format_sbml
from ratelaw.learn.petab.likelihood import log_likelihood, predict
from ratelaw.network.expression import parse_expression

DECAY = format_sbml(rl.Network.parse("A --> B, k\nB --> 0, g", {"k": 1, "g": 0}, {"A": 10}))
PARAMETERS = {"k": Parameter(0.5, estimated=True), "sigma": Parameter(2, estimated=True)}
PLAIN = Experiment((Period(0, {}),))


def equilibrated(changes, equilibration):
    first, second = (
        {name: sp.S(value) for name, value in part.items()} for part in (equilibration, changes)
    )
    return Experiment((Period(-math.inf, first), Period(0, second, frozenset(second))))


def observable(formula="A", noise="sigma", scale=Scale.LINEAR, distribution=Noise.NORMAL):
    return Observable(parse_expression(formula), parse_expression(noise), scale, distribution)


def problem(rows, seen=None, experiment=PLAIN, sbml=DECAY, parameters=PARAMETERS):
    measurements = tuple(
        Measurement(f"row {i}", "seen", "e", time, value)
        for i, (time, value) in enumerate(rows, start=1)
    )
    return EstimationProblem(
        sbml, parameters, {"seen": seen or observable()}, {"e": experiment}, measurements
    )


@pytest.mark.parametrize("distribution", Noise)
@pytest.mark.parametrize("scale", Scale)
def test_densities_are_those_of_petab(scale, distribution):
    rows = [(0, 9.0), (1, 7.0), (1, 5.0), (3, 2.5)]
    found = log_likelihood(problem(rows, observable(scale=scale, distribution=distribution)))
    wanted = sum(
        calculate_single_llh(m, 10 * math.exp(-0.5 * t), scale.value, distribution.value, 2.0)
        for t, m in rows
    )
    assert found == pytest.approx(wanted, rel=1e-7)


def test_rows_may_be_in_any_order_and_given_values_replace_nominal_ones():
    times = np.array([3.0, 0, 1, 3])
    prediction = predict(problem([(t, 1.0) for t in times], observable("A + time")), {"k": 0.25})
    np.testing.assert_allclose(prediction.values, 10 * np.exp(-0.25 * times) + times, rtol=1e-7)
    np.testing.assert_array_equal(prediction.deviations, 2)


def test_noise_may_follow_the_observable():
    prediction = predict(problem([(0, 1.0)], observable("3*A", "1 + seen/10")))
    assert (prediction.values[0], prediction.deviations[0]) == (30, 4)


def test_of_the_right_parameters_the_likelihood_is_largest():
    rows = [(t, 10 * math.exp(-0.7 * t)) for t in (0, 1, 2, 4)]
    at = {k: log_likelihood(problem(rows), {"k": k}) for k in (0.6, 0.7, 0.8)}
    assert max(at, key=at.get) == 0.7


def test_an_observable_that_is_not_positive_is_impossible_on_a_logarithmic_scale():
    assert log_likelihood(problem([(0, 1.0)], observable("-A", scale=Scale.LOG))) == -math.inf


def test_a_measurement_without_noise_is_met_or_refused():
    exact = observable(noise="0")
    assert log_likelihood(problem([(0, 10.0), (2, 10 * math.exp(-1))], exact)) == 0
    with pytest.raises(rl.DataError, match=r"row 2: the noise is 0, so that 'seen' must be 3, but"):
        log_likelihood(problem([(0, 10.0), (2, 3.0)], exact))


@pytest.mark.parametrize(
    ("formula", "noise", "complaint"),
    [("A", "-1", "with noise -1"), ("A", "log(g)", "with noise"), ("1/g", "1", "'seen' is")],
)
def test_noise_and_observables_that_are_no_numbers_are_refused(formula, noise, complaint):
    with pytest.raises(rl.DataError, match=f"row 1: .*{complaint}"):
        log_likelihood(problem([(0, 1.0)], observable(formula, noise)))


def test_at_infinity_the_measurement_is_of_the_steady_state():
    whole = problem([(math.inf, 1.0), (0, 1.0)], observable("B"))
    np.testing.assert_allclose(predict(whole).values, [10, 0], rtol=1e-6)


TURNOVER = format_sbml(rl.Network.parse("0 --> A, s\nA --> 0, d", {"s": 1, "d": 1}, {"A": 7}))
EQUILIBRATION = {"s": 6, "d": 2}


def test_the_simulation_begins_at_the_steady_state_of_the_equilibration():
    times = np.array([0.0, 1, 2])
    experiment = equilibrated({"s": 0}, EQUILIBRATION)
    after = problem([(t, 1.0) for t in times], experiment=experiment, sbml=TURNOVER)
    np.testing.assert_allclose(predict(after).values, 3 * np.exp(-times), rtol=1e-5)


def test_what_is_set_anew_after_the_equilibration_is_not_kept():
    anew = equilibrated({"s": 0, "A": 5}, EQUILIBRATION)
    rows = [(0, 1.0), (1, 1.0)]
    found = predict(problem(rows, experiment=anew, sbml=TURNOVER)).values
    np.testing.assert_allclose(found, [5, 5 * math.exp(-1)], rtol=1e-6)


def test_a_later_start_shifts_the_clock_of_the_measurements():
    experiment = Experiment((Period(3.0, {}),))
    late = problem([(3, 1.0), (4, 1.0)], observable("A + time"), experiment)
    np.testing.assert_allclose(predict(late).values, [13, 10 * math.exp(-0.5) + 4], rtol=1e-7)


def test_each_period_goes_on_from_the_one_before_and_begins_with_what_it_sets():
    """A decays from 3 at rate 2, from time 1 at rate 1; at time 2 it is set to 8, at 5 all rest."""
    periods = (
        Period(-math.inf, {"s": sp.S(6), "d": sp.S(2)}),
        Period(0, {"s": sp.S(0), "d": sp.S(2)}, frozenset({"s"})),
        Period(1, {"s": sp.S(0), "d": sp.S(1)}, frozenset({"d"})),
        Period(2, {"s": sp.S(0), "d": sp.S(1), "A": sp.S(8)}, frozenset({"A"})),
        Period(5, {"s": sp.S(4), "d": sp.S(1), "A": sp.S(8)}, frozenset({"s"})),
    )
    at = {0: 3, 0.5: 3 * math.exp(-1), 1: 3 * math.exp(-2), 1.5: 3 * math.exp(-2.5), 2: 8}
    at |= {4: 8 * math.exp(-2), 5: 8 * math.exp(-3), math.inf: 4}
    whole = problem([(t, 1.0) for t in at], experiment=Experiment(periods), sbml=TURNOVER)
    np.testing.assert_allclose(predict(whole).values, list(at.values()), rtol=1e-5)


def test_what_is_set_may_follow_from_what_was_just_before():
    """From 7 at rest A decays at rate 1; at time 1 it gains twice itself and B is what A was."""
    sbml = format_sbml(rl.Network.parse("A --> 0, 1\nB --> 0, r", {"r": 0}, {"A": 7, "B": 1}))
    first, later = {"A": "2*A"}, {"A": "3*A + k", "B": "A", "r": "A/B"}
    periods = (
        Period(0, {n: parse_expression(c) for n, c in first.items()}, frozenset(first)),
        Period(1, {n: parse_expression(c) for n, c in later.items()}, frozenset(later)),
        Period(1.5, {n: parse_expression(c) for n, c in later.items()}),
    )
    at = 14 * math.exp(-1)
    rows = [(t, 1.0) for t in (0, 1, 2)]
    for formula, values in (
        ("A", [14, 3 * at + 0.5, (3 * at + 0.5) * math.exp(-1)]),
        ("B", [1, at, at * math.exp(-at)]),
        ("r", [0, at, at]),
    ):
        whole = problem(rows, observable(formula), Experiment(periods), sbml)
        np.testing.assert_allclose(predict(whole).values, values, rtol=1e-6)


SBML = """<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model>
<listOfCompartments><compartment id="c" spatialDimensions="3" size="1" constant="true"/>
</listOfCompartments><listOfSpecies><species id="A" compartment="c" initialConcentration="1"
hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfParameters><parameter id="p" constant="true"/><parameter id="q" value="2" constant="true"/>
</listOfParameters><listOfInitialAssignments><initialAssignment symbol="p">
<math xmlns="http://www.w3.org/1998/Math/MathML"><ci>q</ci></math></initialAssignment>
</listOfInitialAssignments><listOfReactions><reaction id="r" reversible="false"><listOfReactants>
<speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants><kineticLaw>
<math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>c</ci><ci>p</ci><ci>A</ci>
</apply></math></kineticLaw></reaction></listOfReactions></model></sbml>"""


def test_initial_assignments_follow_what_they_name_and_give_way_to_what_is_set():
    for change, rate in ({"q": 3}, 3), ({"p": 5}, 5), ({}, 2), ({"q": 3, "c": 4}, 3):
        changes = {name: sp.S(value) for name, value in change.items()}
        experiment = Experiment((Period(0, changes),))
        whole = problem([(0, 1.0), (0.1, 1.0)], experiment=experiment, sbml=SBML, parameters={})
        seen = predict(EstimationProblem(
            SBML, {}, {"seen": observable(noise="1")}, whole.experiments, whole.measurements
        ))  # fmt: skip
        np.testing.assert_allclose(seen.values, [1, math.exp(-0.1 * rate)], rtol=1e-7)


@pytest.mark.parametrize(
    ("sbml", "experiment", "complaint"),
    [
        (SBML, equilibrated({"c": 2}, {"c": 1}), "compartments change their sizes at time 0"),
        (SBML, equilibrated({"q": 2}, {"q": 7}), "'p' would change at time 0 by its initial ass"),
        (
            format_sbml(rl.Network.parse("A --> 0, 1\nwhen A < 1: A = 5", initial={"A": 9})),
            equilibrated({}, {}),
            "an event",
        ),
        (
            format_sbml(rl.Network.parse("0 --> A, 2 + sin(time)")),
            Experiment((Period(1.0, {}),)),
            "a start at time 1",
        ),
    ],
)
def test_what_cannot_be_done_right_is_refused(sbml, experiment, complaint):
    rows = [(2, 1.0)]
    with pytest.raises(rl.UnsupportedError, match=complaint):
        predict(problem(rows, observable(noise="1"), experiment, sbml, parameters={}))
