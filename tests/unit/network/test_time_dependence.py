from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

import ratelaw as rl
from ratelaw.network.expression import parse_expression, print_expression
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME, inputs_at, jumps_of

PULSE = "0 --> A, k*steps(1, 2, 3, 4.5, 0.5)\nA --> 0, g"


def network(text=PULSE):
    return rl.Network.parse(text, parameters={"k": 10, "g": 0.7}, initial={"A": 5})


@pytest.mark.parametrize(
    "text", ["time", "steps(1, 2, 3)", "k*steps(k, 2, 3, 4.5, 2*k) + sin(time)", "exp(-time)/2"]
)
def test_text_to_expression_and_back(text):
    expression = parse_expression(text)
    assert parse_expression(print_expression(expression)) == expression


def test_an_input_is_continuous_from_the_right():
    expression = parse_expression("2*steps(1, 2, 3, 4.5, 0.5)")
    found = [float(inputs_at(expression, t)) for t in (0, 1.99, 2, 4, 4.5, 9)]
    assert found == [2, 2, 6, 6, 1, 1]
    assert jumps_of([expression]) == (2.0, 4.5)
    pieces = expression.rewrite(sp.Piecewise)
    assert [float(pieces.subs(TIME, t)) for t in (0, 2, 4, 4.5)] == [2, 6, 6, 1]


def test_an_input_of_very_many_steps_runs_at_every_scale():
    inner = ", ".join(f"{t}, {1 + t % 2}" for t in range(1, 80))
    many = rl.Network.parse(f"0 --> A, 20*steps(1, {inner})\nA --> 0, 1", initial={"A": 20})
    cells = rl.simulate(many, rl.Direct(), [10.0], trajectories=20_000, seed=1)
    mean = rl.simulate(many, rl.MassAction(), [10.0])["average"].item()
    # Poisson: |z| > 4.5, one false alarm in 150,000; the seed is fixed.
    assert abs(cells["average"].item() - mean) < 4.5 * np.sqrt(mean / 20_000)


def test_an_input_has_slopes_by_its_values():
    k = sp.Symbol("k", real=True)
    expression = parse_expression("steps(k, 2, 3*k)")
    assert expression.diff(TIME) == 0
    assert [inputs_at(expression.diff(k), t) for t in (0, 2)] == [1, 3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps(1)", "a value, then times and values in turn"),
        ("steps(1, 2)", "a value, then times and values in turn"),
        ("steps(1, k, 2)", "the time k is not a finite number"),
        ("steps(1, 3, 2, 3, 1)", "times must increase, but 3 follows 3"),
        ("steps(time, 3, 2)", "depends on time"),
    ],
)
def test_an_input_that_makes_no_sense_is_refused(text, message):
    with pytest.raises(rl.ModelError, match=message):
        parse_expression(text)


def test_a_network_knows_what_depends_on_time():
    assert network().depends_on_time == network().reactions[:1]
    assert network().jumps == (2.0, 4.5)
    assert rl.Network.parse(str(network())) == network()
    assert rl.zoo.spcm().depends_on_time == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 --> A, steps(1, 2, -3)", "is -3; it must be a finite number >= 0"),
        ("0 --> time, 1", "'time' is a reserved word"),
        ("0 --> A, steps(1, 2, A)", "depends on the species 'A'"),
    ],
)
def test_a_network_that_makes_no_sense_is_refused(text, message):
    with pytest.raises(rl.ModelError, match=message):
        rl.Network.parse(text)


def test_mass_action_across_jumps_against_the_closed_form():
    """dA/dt = v - g A from jump to jump, v = 10, 30, 5."""
    times = np.array([0.0, 1.0, 2.0, 3.0, 4.5, 6.0])
    found = rl.simulate(network(), rl.MassAction(), times)["average"].values[:, 0]
    value, expected = 5.0, [5.0]
    rates = {1.0: 10, 2.0: 10, 3.0: 30, 4.5: 30, 6.0: 5}
    for before, after in pairwise(times):
        rest = rates[after] / 0.7
        value = rest + (value - rest) * np.exp(-0.7 * (after - before))
        expected.append(value)
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_moments_of_driven_immigration_are_poisson():
    """From 0, immigration at v(t) = 8 (1 + sin t) and death at 1: mean = variance, known."""
    driven = rl.Network.parse("0 --> A, 8*(1 + sin(time))\nA --> 0, 1", initial={"A": 0})
    times = np.linspace(0, 7, 15)
    mean = 8 * (1 - np.exp(-times)) + 4 * (np.sin(times) - np.cos(times) + np.exp(-times))
    found = rl.simulate(driven, rl.Moments(), times)
    np.testing.assert_allclose(found["average"][:, 0], mean, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(found["covariance"][:, 0, 0], mean, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    "use",
    [
        lambda n: rl.simulate(n, rl.MasterEquation(), [0, 1]),
        lambda n: rl.simulate(n, rl.FirstReaction(), [0, 1], trajectories=9),
        lambda n: rl.simulate(n, rl.NextReaction(), [0, 1], trajectories=9),
        rl.timescales,
        lambda n: rl.reduce(n, rl.QuasiSteadyState(["A"])),
        lambda n: rl.fit_rates(n, rl.simulate(n, rl.Moments(), [0, 1])),
    ],
)
def test_what_cannot_treat_time_says_so(use):
    with pytest.raises(
        rl.UnsupportedError, match=r"its rate depends on time.* cannot treat; `ratelaw info`"
    ):
        use(network())


def test_a_function_of_an_input_need_not_be_finite_elsewhere():
    expression = parse_expression("steps(0, 7, 2)^(-3)")
    with np.errstate(divide="ignore"):
        found = to_numpy([expression], (TIME,))(np.array([[6.0, 7.0]]))
    np.testing.assert_array_equal(found, [[np.inf, 0.125]])


PULSE_AFTER_REST = "0 --> A, 10*exp(-((time - 50)/0.1)^2)\nA --> 0, 0.01"


@pytest.mark.parametrize("method", [rl.MassAction(), rl.Moments()])
def test_a_short_pulse_after_a_long_rest_is_seen(method):
    """All of it, sqrt(pi) in 0.1 around time 50, which then decays; up to g^2 0.1^2/4."""
    rested = rl.Network.parse(PULSE_AFTER_REST)
    found = rl.simulate(rested, method, [49, 50, 51, 100])["average"].values[-1, 0]
    assert found == pytest.approx(np.sqrt(np.pi) * np.exp(-0.01 * 50 + 0.001**2 / 4), rel=1e-6)


def test_the_tolerance_fits_what_flows_in_later():
    late = rl.Network.parse("0 --> A, steps(0, 5, 1e-14)\nA --> 0, 1")
    found = rl.simulate(late, rl.MassAction(), [6, 9])["average"].values[:, 0]
    np.testing.assert_allclose(found, 1e-14 * -np.expm1([-1.0, -4.0]), rtol=1e-6)


def test_a_rate_that_rises_by_an_arc_tangent_is_thinned():
    """Poisson, of average 2 t + t atan(t) - log(1 + t^2)/2."""
    network = rl.Network.parse("0 --> A, 2 + atan(time)")
    cells = rl.simulate(network, rl.Direct(), [5.0], trajectories=20_000, seed=1)
    mean = 10 + 5 * np.arctan(5) - np.log(26) / 2
    # |z| > 4.5, one false alarm in 150,000; the seed is fixed.
    assert abs(cells["average"].item() - mean) < 4.5 * np.sqrt(mean / 20_000)
