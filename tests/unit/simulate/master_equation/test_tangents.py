"""Slopes of probabilities by rates, against closed forms and the adjoint."""

import numpy as np
import pytest
from scipy.stats import poisson

import ratelaw as rl
from ratelaw.simulate.master_equation.sensitivities import Projection
from ratelaw.simulate.master_equation.tangents import tangents


def test_immigration_and_death_is_poisson_up_to_the_steady_state():
    k, g, times = 20.0, 0.5, np.array([0.5, 4.0, np.inf])
    counts = np.arange(120)[:, None]
    found = tangents(Projection(rl.zoo.birth_death(), ["k", "g"], times, counts), np.array([k, g]))
    left = np.exp(-g * times)
    mean = k * (1 - left) / g
    exact = poisson.pmf(counts.T, mean[:, None])
    by_mean = poisson.pmf(counts.T - 1, mean[:, None]) - exact
    waited = np.array([0.5, 4.0, 0.0]) * left
    slopes = np.stack([(1 - left) / g, k * (waited / g - (1 - left) / g**2)], axis=1)
    np.testing.assert_allclose(found[0], exact, atol=1e-12)
    np.testing.assert_allclose(found[1], by_mean[:, :, None] * slopes[:, None, :], atol=1e-10)


def test_they_are_those_of_the_adjoint():
    network, times = rl.zoo.spcm().replace(initial={"A": 3, "B": 0}), np.array([1.0, 3.0])
    counts = rl.simulate(network, rl.MasterEquation(), times)["counts"].values
    projection = Projection(network, list(network.parameters), times, counts)
    theta = np.array(list(network.parameters.values()))
    weights = np.random.default_rng(1).normal(size=(2, len(counts)))
    forward = np.einsum("ts,tsp->p", weights, tangents(projection, theta)[1])
    np.testing.assert_allclose(forward, projection(theta).pull_back(weights), rtol=1e-8)


def test_two_steady_states_are_refused():
    network = rl.Network.parse("A --> B, k\nA --> C, g", {"k": 1, "g": 2}, {"A": 1, "B": 0, "C": 0})
    projection = Projection(network, ["k", "g"], np.array([np.inf]), np.eye(3, dtype=int))
    with pytest.raises(rl.SolverError, match="no single steady state"):
        tangents(projection, np.array([1.0, 2.0]))
