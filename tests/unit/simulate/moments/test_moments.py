import numpy as np
import pytest
import sympy as sp

import ratelaw as rl
from ratelaw.simulate.moments import NormalClosure, derive_moment_equations


def test_spcm_equations_are_yang_2020_eq_13():
    equations = derive_moment_equations(rl.zoo.spcm(), NormalClosure())
    a, b, va, cov, vb = equations.moments
    r1, r2, lam, gamma = sp.symbols("r1 r2 lam gamma", real=True)
    alpha11, alpha21 = (r1 - r2) * lam, (1 - r1 + r2) * lam
    expected = [
        alpha11 * a,
        alpha21 * a - gamma * b,
        (r1 + r2) * lam * a + 2 * alpha11 * va,
        -2 * r2 * lam * a + alpha21 * va + (alpha11 - gamma) * cov,
        (1 - r1 + 3 * r2) * lam * a + gamma * b - 2 * gamma * vb + 2 * alpha21 * cov,
    ]
    assert equations.exact
    for found, right in zip(equations.rates, expected, strict=True):
        assert sp.expand(found - right) == 0


def test_immigration_and_death_is_poisson_at_all_times():
    times = np.linspace(0, 10, 11)
    results = rl.simulate(rl.zoo.birth_death(), rl.Moments(), times)
    mean = 20 * (1 - np.exp(-0.5 * times))
    np.testing.assert_allclose(results["average"][:, 0], mean, rtol=1e-7)
    np.testing.assert_allclose(results["covariance"][:, 0, 0], mean, rtol=1e-6, atol=1e-8)


def test_homodimer_closure_has_the_right_first_terms():
    # E[n(n-1)/2] = (V + m^2 - m)/2, exact before any closure.
    network = rl.Network.parse("2 A --> 0, k", parameters={"k": 1}, initial={"A": 9})
    equations = derive_moment_equations(network, NormalClosure())
    mean, variance = equations.moments
    k = sp.Symbol("k", real=True)
    assert sp.expand(equations.rates[0] + k * (variance + mean**2 - mean)) == 0
    assert not equations.exact


def test_volume_scales_second_order_propensities():
    base = rl.Network.parse("A + B --> 0, 0.5", initial={"A": 50, "B": 60})
    large = base.replace(volume=10)
    slow = rl.simulate(large, rl.Moments(), [0.0, 1.0])["average"].values
    same = rl.simulate(
        rl.Network.parse("A + B --> 0, 0.05", initial=base.initial), rl.Moments(), [0, 1]
    )
    np.testing.assert_allclose(slow, same["average"].values, rtol=1e-9)


def test_a_rate_law_that_is_no_polynomial_is_refused_by_name():
    network = rl.Network.parse("S => P, 2*S/(1 + S)", initial={"S": 5})
    with pytest.raises(
        rl.UnsupportedError, match="reaction 'S => P': its propensity is not a poly"
    ):
        rl.simulate(network, rl.Moments(), [0, 1])


def test_a_polynomial_general_law_is_mass_action_in_disguise():
    general = rl.Network.parse("A => B, 0.3*A", initial={"A": 20})
    plain = rl.Network.parse("A --> B, 0.3", initial={"A": 20})
    times = [0.0, 2.0]
    first, second = (rl.simulate(n, rl.Moments(), times) for n in (general, plain))
    np.testing.assert_allclose(first["covariance"], second["covariance"], rtol=1e-9)


@pytest.mark.parametrize("order", [1, 0, 2.5])
def test_other_orders_are_refused(order):
    with pytest.raises(
        rl.DataError, match=f"order of Moments is {order}: give a whole number >= 2"
    ):
        rl.Moments(order=order)


def test_all_central_moments_of_a_poisson_distribution():
    times = np.array([0.0, 0.5, 3.0])
    results = rl.simulate(rl.zoo.birth_death(), rl.Moments(order=5), times)
    mean = 20 * (1 - np.exp(-0.5 * times))
    exact = {"A,A,A": mean, "A,A,A,A": mean + 3 * mean**2, "A,A,A,A,A": mean + 10 * mean**2}
    assert list(results["central_moment"].values) == list(exact)
    for label, values in exact.items():
        found = results["central_moments"].sel(central_moment=label)
        np.testing.assert_allclose(found, values, rtol=1e-6, atol=1e-7)


TELEGRAPH = rl.Network.parse(
    """
    off --> on, 0.7
    on --> off, 1.9
    on --> on + M, 12
    M --> 0, 1
    """,
    initial={"off": 1, "on": 0, "M": 0},
)


@pytest.mark.parametrize("network", [TELEGRAPH, rl.zoo.spcm()])
def test_third_and_fourth_moments_are_those_of_the_master_equation(network):
    times = [1.0, 4.0]
    results = rl.simulate(network, rl.Moments(order=4), times)
    exact = rl.simulate(network, rl.MasterEquation(tolerance=1e-12), times)
    assert results.attrs["exact"] == 1
    deviation = exact["counts"] - exact["average"]
    for label in results["central_moment"].values:
        product = np.prod([deviation.sel(species=name) for name in label.split(",")], axis=0)
        expected = np.einsum("ts,ts->t", exact["probability"].values, product.T)
        found = results["central_moments"].sel(central_moment=label)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_third_moments_bring_a_closure_nearer_to_the_truth():
    network = rl.Network.parse("2 A --> 0, 0.1\n0 --> A, 3", initial={"A": 20})
    exact = rl.simulate(network, rl.MasterEquation(tolerance=1e-10), [2.0])["average"].item()
    errors = [
        abs(rl.simulate(network, rl.Moments(order), [2.0])["average"].item() - exact)
        for order in (2, 3)
    ]
    assert errors[1] < errors[0] / 3


def test_a_pulse_between_two_times_is_not_stepped_over():
    """100 molecules come in from time 50 to 51, and no time asked for is in between: Poisson."""
    network = rl.Network.parse("0 --> A, piecewise(0, time < 50, 100, time < 51, 0)")
    found = rl.simulate(network, rl.Moments(), [0, 100])
    np.testing.assert_allclose(found["average"][1], 100, rtol=1e-6)
    np.testing.assert_allclose(found["covariance"][1], 100, rtol=1e-6)
