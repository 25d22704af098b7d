"""Probabilities and gradients of a projection, against closed forms and finite differences."""

import numpy as np
import pytest
from scipy.stats import poisson

import ratelaw as rl
from ratelaw.simulate.master_equation.likely_states import likely_states
from ratelaw.simulate.master_equation.sensitivities import Projection

IMMIGRATION = rl.Network.parse("0 --> A, k\nA --> 0, g", {"k": 20, "g": 0.5}, {"A": 0})


def test_immigration_and_death_is_poisson_and_so_is_its_gradient():
    k, g, times = 20.0, 0.5, np.array([0.5, 1.0, 4.0])
    counts = np.arange(120)[:, None]
    transient = Projection(IMMIGRATION, ["k", "g"], times, counts)(np.array([k, g]))
    left = np.exp(-g * times)
    mean = k * (1 - left) / g
    exact = poisson.pmf(counts.T, mean[:, None])
    np.testing.assert_allclose(transient.probability, exact, atol=1e-13)
    slope = poisson.pmf(counts.T - 1, mean[:, None]) - exact  # d p / d mean
    weights = np.random.default_rng(1).normal(size=exact.shape)
    by_mean = (weights * slope).sum(axis=1)
    by_g = k * (times * left / g - (1 - left) / g**2)
    expected = [by_mean @ ((1 - left) / g), by_mean @ by_g]
    np.testing.assert_allclose(transient.pull_back(weights), expected, rtol=1e-9)


@pytest.mark.parametrize("name", ["dimerisation", "michaelis_menten", "spcm"])
def test_gradients_are_those_of_finite_differences(name):
    network = rl.zoo.load(name)
    if name == "michaelis_menten":
        counts = {s: float(round(n * 20)) for s, n in network.initial.items()}
        network = network.replace(initial=counts, volume=20)
    until = {"dimerisation": 1.0, "michaelis_menten": 1.0, "spcm": 2.0}[name]
    times = np.array([until / 3, until])
    nothing = np.empty((0, len(network.species)), dtype=int)
    projection = Projection(
        network, list(network.parameters), times, likely_states(network, times, nothing, 1e-6)
    )
    theta = np.array(list(network.parameters.values()))
    transient = projection(theta)
    weights = np.random.default_rng(2).normal(size=transient.probability.shape)
    steps = np.diag(1e-5 * theta)
    differences = [
        ((projection(theta + h).probability - projection(theta - h).probability) * weights).sum()
        / (2 * h.sum())
        for h in steps
    ]
    np.testing.assert_allclose(
        transient.pull_back(weights), differences, rtol=1e-6, atol=1e-8 * np.abs(differences).max()
    )


def test_a_rate_of_zero_has_a_gradient():
    network = rl.Network.parse("0 --> A, k\nA --> 0, g\nA --> 2 A, b", {"k": 5, "g": 1, "b": 0})
    projection = Projection(network, ["b"], np.array([1.0]), np.arange(80)[:, None])
    weights = np.arange(80.0)[None]  # the average
    slope = projection(np.array([0.0])).pull_back(weights)
    # d<A>/dt = k + (b - g) <A>: at b = 0 its derivative x obeys x' = <A> - g x.
    exact = 5 * (1 - 2 * np.exp(-1.0))
    np.testing.assert_allclose(slope, exact, rtol=1e-8)


def test_likely_states_hold_what_was_seen_and_lose_little():
    network, times = rl.zoo.spcm(), np.array([5.0, 10.0])
    seen = np.array([[20, 30], [6, 60]])
    states = likely_states(network, times, seen, 1e-5)
    assert {(20, 30), (6, 60)} <= set(map(tuple, states.tolist()))
    theta = np.array(list(network.parameters.values()))
    projection = Projection(network, list(network.parameters), times, states)
    probability = projection(theta).probability
    assert 0 <= 1 - probability[-1].sum() < 2e-5
    exact = rl.simulate(network, rl.MasterEquation(tolerance=1e-9), times)
    table = rl.marginal(exact, "A", "B")
    ours = dict(zip(map(tuple, projection.counts.tolist()), probability[1], strict=True))
    for a, b in [(10, 30), (12, 45), (20, 30)]:
        assert ours[a, b] == pytest.approx(float(table[1].isel(n_A=a, n_B=b)), rel=1e-3)


def test_states_that_are_rare_but_left_often_are_kept():
    # Near its upper peak this network makes hundreds of jumps in a unit of time: at each moment
    # rare states are rare, but a trajectory comes by again and again.
    network = rl.Network.parse(
        "2 X --> 3 X, 0.72\n3 X --> 2 X, 0.06\n0 --> X, 10\nX --> 0, 3", initial={"X": 12}
    )
    times, tolerance = np.array([0.5, 3.0, 10.0]), 1e-6
    states = likely_states(network, times, np.empty((0, 1), dtype=int), tolerance)
    probability = Projection(network, [], times, states)(np.empty(0)).probability
    assert 0 <= 1 - probability[-1].sum() < tolerance
