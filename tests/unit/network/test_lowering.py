"""Source for kernels: what Numba makes of it is what the expression says."""

import math

import numpy as np
import pytest
import sympy as sp
from numba import njit

import ratelaw as rl
from ratelaw.network.expression import parse_expression, symbol
from ratelaw.network.lowering import to_source
from ratelaw.simulate.ssa.random import select


@pytest.mark.parametrize(
    ("text", "at_1", "at_9"),
    [
        ("piecewise(floor(A/2), A > 3, 0.5)", 0.5, 4),
        ("piecewise(ceil(A/2), A > 3, 0.5*A)", 0.5, 5),
        ("floor(A/2)/4", 0, 1),
        ("factorial(A)", 1, 362_880),
    ],
)
def test_compiled_source_has_the_values_of_its_expression(text, at_1, at_9):
    source = to_source(parse_expression(text), {symbol("A"): "x"})
    scope = {"math": math, "select": select}
    exec(f"def compiled(x): return {source}", scope)  # noqa: S102
    compiled = njit(scope["compiled"])
    assert (compiled(1.0), compiled(9.0)) == pytest.approx((at_1, at_9), rel=1e-12)


@pytest.mark.parametrize("method", [rl.Direct(), rl.NextReaction(), rl.TauLeaping()])
def test_a_fraction_beside_a_floor_stays_a_fraction(method):
    network = rl.Network.parse("0 => A, piecewise(floor(B/2), B > 3, 0.5)\nB --> 0, 0\nB(0) = 2")
    found = rl.simulate(network, method, [10.0], trajectories=20_000, seed=1)["average"]
    # Poisson of average 5: |z| > 4.5, one false alarm in 150,000; the seed is fixed.
    assert abs(found.sel(species="A").item() - 5) < 4.5 * np.sqrt(5 / 20_000)


def test_a_bound_beside_a_floor_is_not_cut():
    law = "max(floor(B/2), 0.7 + 0.2*cos(time))"
    network = rl.Network.parse(f"0 => A, {law}\nB --> 0, 0\nB(0) = 0")
    found = rl.simulate(network, rl.Direct(), [10.0], trajectories=20_000, seed=1)["average"]
    mean = 7 + 0.2 * np.sin(10)
    assert abs(found.sel(species="A").item() - mean) < 4.5 * np.sqrt(mean / 20_000)


def test_an_event_beside_a_floor_sets_a_fraction():
    event = "when time >= 1: X = piecewise(floor(C/2), C > 20, 0.5*C)"
    network = rl.Network.parse(f"A --> 0, 0\nA(0) = 1\nC(0) = 9\n{event}")
    for method, options in ((rl.MassAction(), {}), (rl.Direct(), {"trajectories": 2, "seed": 1})):
        found = rl.simulate(network, method, [0, 2], **options)["average"]
        assert found.sel(species="X").values.tolist() == [0, 4.5]


def test_small_powers_are_products():
    x = sp.Symbol("x", real=True)
    assert to_source(x**3, {x: "n0"}) == "((n0)*(n0)*(n0))"
