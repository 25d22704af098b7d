"""Steady states of a fit and their derivatives, against closed forms."""

import math

import numpy as np
import pytest
import sympy as sp

import ratelaw as rl
from ratelaw.formats.petab import problem as posed
from ratelaw.formats.sbml.writer import format_sbml
from ratelaw.learn.petab.objective import Objective
from ratelaw.network.expression import parse_expression

PAIR = "0 --> X, a\nX --> 0, b"
AT_ONCE = posed.Experiment((posed.Period(0, {}),))


def missed(
    text, values, initial, *, unknown="scale", formula="scale*X", times=(math.inf,),
    experiment=AT_ONCE,
):  # fmt: skip
    """The observable of noise 1 at times, and its derivative to the unknown, which is linear."""
    network = rl.Network.parse(text, {k: v for k, v in values.items() if k != "scale"}, initial)
    parameter = posed.Parameter(None, estimated=True, lower=1e-12, upper=1e3)
    seen = posed.Observable(
        parse_expression(formula), sp.Float(1), posed.Scale.LINEAR, posed.Noise.NORMAL
    )
    rows = tuple(posed.Measurement("row", "seen", "e", t, 0.0) for t in times)
    whole = posed.EstimationProblem(
        format_sbml(network), {unknown: parameter}, {"seen": seen}, {"e": experiment}, rows
    )
    judged = Objective(whole).judge(np.array([values[unknown]]))
    return judged.missed, judged.missed_slopes[:, 0]


@pytest.mark.parametrize("rate", [5e-9, 1e-6, 1.0])
def test_however_slow_a_decay_is_its_end_is_awaited(rate):
    value, _ = missed("A --> X, k", {"k": rate, "scale": 1.0}, {"A": 1, "X": 0})
    assert value == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("pool", [1e3, 1e7, 1e9])
def test_a_slow_species_beside_a_large_pool_is_awaited(pool):
    text = f"{PAIR}\nY --> Z, f\nZ --> Y, f"
    values = {"a": 1e-2, "b": 1e-2, "f": 1.0}
    value, slope = missed(text, values, {"X": 0, "Y": pool, "Z": pool}, unknown="b", formula="X")
    assert value == pytest.approx(1, rel=1e-6)
    assert slope == pytest.approx(-100, rel=1e-6)


@pytest.mark.parametrize("slow", [1e-2, 1e-4])
def test_independent_species_may_rest_at_very_different_times(slow):
    text = f"{PAIR}\n0 --> Y, c\nY --> 0, d"
    values = {"a": slow, "b": slow, "c": 1.0, "d": 1.0}
    value, slope = missed(text, values, {"X": 0, "Y": 1}, unknown="b", formula="X")
    assert value == pytest.approx(1, rel=1e-6)
    assert slope == pytest.approx(-1 / slow, rel=1e-6)


def test_what_swings_beside_a_large_pool_is_not_at_rest():
    """A pair of prey and predator, whose courses are closed."""
    text = "X --> 2 X, a\nX + Y --> 2 Y, a\nY --> 0, a\nP --> Q, a\nQ --> P, a"
    with pytest.raises(rl.SolverError):
        missed(text, {"a": 1.0, "scale": 1.0}, {"X": 2, "Y": 1, "P": 1e9, "Q": 1e9})


@pytest.mark.parametrize("end", [0.5, 3.0, 100.0, 1e4])
def test_a_control_stays_at_the_rest_of_its_equilibration_and_so_do_its_slopes(end):
    """X stays at a/b, so that its derivative to b is -a/b^2."""
    control = posed.Experiment((
        posed.Period(-math.inf, {}), posed.Period(0, {"a": sp.Float(1)}, frozenset({"a"})),
    ))  # fmt: skip
    value, slope = missed(
        PAIR, {"a": 1.0, "b": 2.0}, {"X": 0}, unknown="b", formula="X", times=(end,),
        experiment=control,
    )  # fmt: skip
    assert value == pytest.approx(0.5, rel=1e-6)
    assert slope == pytest.approx(-0.25, rel=1e-6)


@pytest.mark.parametrize("time", [1.0, 10.0, 100.0])
def test_a_start_by_a_formula_may_be_the_rest(time):
    """A + B = 5 k + 5, so that A = (5 k + 5)/2 + (5 k - 5)/2 exp(-2 k t)."""
    begin = posed.Experiment((
        posed.Period(0, {"A": parse_expression("5*k")}, frozenset({"A"})),
    ))  # fmt: skip
    value, slope = missed(
        "A --> B, k\nB --> A, k", {"k": 1.0}, {"A": 5, "B": 5}, unknown="k", formula="A",
        times=(time,), experiment=begin,
    )  # fmt: skip
    assert value == pytest.approx(5, rel=1e-6)
    assert slope == pytest.approx(5 * (1 + math.exp(-2 * time)) / 2, rel=1e-5)
