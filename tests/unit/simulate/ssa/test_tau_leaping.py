"""Tau-leaping: counts that cannot be negative, laws below zero, growth without end."""

import numpy as np
import pytest

import ratelaw as rl

ALONE = rl.Network.parse(
    "A --> 0, 1\n2 A --> B, 0.1\n0 --> D, 3000\nD --> 0, 1", initial={"A": 19, "D": 3000}
)


def paths(network, method, times, count, seed=1):
    record = [rl.RecordPaths(count)]
    cells = rl.simulate(network, method, times, trajectories=count, seed=seed, record=record)
    return cells["paths"].values


@pytest.mark.parametrize("epsilon", [0.03, 0.3, 0.9])
def test_a_reaction_alone_at_the_end_of_a_leap_does_not_exhaust_its_reactants(epsilon):
    """The leap may use all but one A; the pair that would react at its end is then not there."""
    every = paths(ALONE, rl.TauLeaping(epsilon), np.linspace(0, 3, 7), 5000)
    assert (every >= 0).all()


def test_a_law_below_zero_is_an_error():
    network = rl.Network.parse("0 --> A, 300\nA --> 0, 1\n0 => B, 50 - A", initial={"A": 10})
    with pytest.raises(rl.SolverError, match="its propensity is -1 at A = 51"):
        rl.simulate(network, rl.TauLeaping(), [0, 1], trajectories=20, seed=1)


@pytest.mark.parametrize("method", [rl.TauLeaping(), rl.Langevin()])
def test_growth_without_bound_is_an_error_soon(method):
    network = rl.Network.parse("A --> 2 A, 1", initial={"A": 1000})
    with pytest.raises(rl.SolverError, match="grows without bound"):
        rl.simulate(network, method, [0, 100], trajectories=1, seed=1)
