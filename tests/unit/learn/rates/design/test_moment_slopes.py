"""Slopes of moments by rates, against closed forms."""

import numpy as np
import pytest
import sympy as sp

import ratelaw as rl
from ratelaw.learn.rates.design.moment_slopes import moment_slopes
from ratelaw.learn.rates.rate_problem import with_free_constants

TELEGRAPH = rl.Network.parse(
    "off --> on, 1\non --> off, 1\non --> on + M, 1\nM --> 0, 1", initial={"off": 1}
)


def test_immigration_and_death_at_finite_times():
    k, g, times = 20.0, 0.5, np.array([0.3, 2.0, 9.0])
    network = with_free_constants(rl.zoo.birth_death())
    values, slopes = moment_slopes(network, np.array([k, g]), times)
    left = np.exp(-g * times)
    mean = k * (1 - left) / g
    exact = np.stack([(1 - left) / g, k * (times * left / g - (1 - left) / g**2)], axis=1)
    for moment in range(3):  # a Poisson distribution: all three are its mean
        np.testing.assert_allclose(values[:, moment], mean, rtol=1e-10)
        np.testing.assert_allclose(slopes[:, moment], exact, rtol=1e-10)


def test_telegraph_at_steady_state():
    # Mean and variance: Peccoud and Ycart 1995.
    on, off, make, decay = names = sp.symbols("on off make decay", positive=True)
    mean = make / decay * on / (on + off)
    variance = mean * (1 + make * off / ((on + off) * (on + off + decay)))
    point = dict(zip(names, (0.7, 1.9, 12.0, 1.3), strict=True))
    network = with_free_constants(TELEGRAPH)
    values, slopes = moment_slopes(network, np.array([*point.values()]), np.array([np.inf]))
    labels = rl.simulate(network, rl.Moments(), [0.0])
    average = list(labels["species"].values).index("M")
    pair = 3 + [(i, j) for i in range(3) for j in range(i, 3)].index((average, average))
    for place, formula in ((average, mean), (pair, variance)):
        assert values[0, place] == pytest.approx(float(formula.subs(point)), rel=1e-10)
        exact = [float(formula.diff(name).subs(point)) for name in names]
        np.testing.assert_allclose(slopes[0, place], exact, rtol=1e-9)


def test_what_is_absorbed_is_binomial():
    k1, k2, n = 0.4, 1.1, 10
    text = f"A --> B, {k1}\nA --> C, {k2}"
    network = with_free_constants(rl.Network.parse(text, initial={"A": n}))
    values, slopes = moment_slopes(network, np.array([k1, k2]), np.array([np.inf]))
    by_rates = n * np.array([k2, -k1]) / (k1 + k2) ** 2
    p = k1 / (k1 + k2)
    np.testing.assert_allclose(values[0, :3], [0, n * p, n * (1 - p)], atol=1e-12)
    np.testing.assert_allclose(slopes[0, 1], by_rates, rtol=1e-10)
    np.testing.assert_allclose(slopes[0, 6], (1 - 2 * p) * by_rates, rtol=1e-10)  # of Var(B)


def test_averages_that_grow_have_no_steady_state():
    for text in ("A --> 2 A, 1", "0 --> A, 1"):
        network = with_free_constants(rl.Network.parse(text, initial={"A": 1}))
        with pytest.raises(rl.UnsupportedError, match="no steady state"):
            moment_slopes(network, np.array([1.0]), np.array([np.inf]))
