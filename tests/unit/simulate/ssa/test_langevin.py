"""The chemical Langevin equation where counts are small, and where laws cannot be evaluated."""

import pytest

import ratelaw as rl


def test_a_law_below_zero_is_an_error():
    """Of such noise around 0 the average would look like a result."""
    network = rl.Network.parse("0 --> A, 300\nA --> 0, 1\n0 => B, 1/(50 - A)", initial={"A": 10})
    with pytest.raises(rl.SolverError, match="reaction '0 => B': its propensity is"):
        rl.simulate(network, rl.Langevin(), [0, 1], trajectories=20, seed=1)


def test_pairs_of_less_than_one_molecule_do_not_react():
    """A (A - 1) / 2 is below zero between whole counts: it counts as 0 there, as a law does."""
    laws = "2 A --> 0, 1", "2 A => 0, A * (A - 1) / 2"
    for law in laws:
        network = rl.Network.parse(law, initial={"A": 60})
        last = rl.simulate(network, rl.Langevin(), [0, 40], trajectories=50, seed=1)
        assert -1 < last["average"].values[1, 0] < 2
