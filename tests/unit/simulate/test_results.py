import numpy as np
import pytest

import ratelaw as rl
from ratelaw.simulate.results import moment_labels, stack_moments, unstack_moments


def test_moments_are_stacked_in_the_order_of_their_labels():
    names = ["A", "B", "C"]
    average = np.arange(3.0)
    covariance = np.array([[1.0, 2, 3], [2, 4, 5], [3, 5, 6]])
    stacked = dict(zip(moment_labels(names), stack_moments(average, covariance), strict=True))
    assert stacked["B"] == 1
    assert stacked["A,C"] == 3
    assert stacked["B,C"] == 5
    again = unstack_moments(stack_moments(average, covariance), 3)
    np.testing.assert_array_equal(again[0], average)
    np.testing.assert_array_equal(again[1], covariance)


def test_a_marginal_sums_over_the_other_species():
    exact = rl.simulate(rl.zoo.spcm(), rl.MasterEquation(), [2.0])
    joint = rl.marginal(exact, "A", "B")
    np.testing.assert_allclose(joint.sum("n_B"), rl.marginal(exact, "A"), atol=1e-15)
    average = (rl.marginal(exact, "B") * joint["n_B"]).sum().item()
    assert average == pytest.approx(exact["average"].sel(species="B").item(), rel=1e-5)


def test_a_marginal_of_nothing_is_refused():
    means = rl.simulate(rl.zoo.spcm(), rl.Moments(), [0, 1])
    with pytest.raises(rl.DataError, match="hold no probabilities"):
        rl.marginal(means, "A")
    exact = rl.simulate(rl.zoo.spcm(), rl.MasterEquation(), [0, 1])
    with pytest.raises(rl.DataError, match=r"'C'.*known are A, B"):
        rl.marginal(exact, "A", "C")


def test_a_marginal_too_large_for_memory_is_refused_and_a_smaller_one_is_made():
    many = rl.Network.parse("A --> 0, 0\nA(0) = 1e5\nB(0) = 1e5")
    exact = rl.simulate(many, rl.MasterEquation(), [0, 1])
    with pytest.raises(rl.DataError, match=r"A = 100,000, B = 100,000 has 20,000,400,002 cells"):
        rl.marginal(exact, "A", "B")
    assert rl.marginal(exact, "A").sel(n_A=10**5).values == pytest.approx(1)


def test_total_variation_of_distributions_apart_and_shifted():
    one = rl.simulate(rl.Network.parse("A --> 0, 0", initial={"A": 1}), rl.MasterEquation(), [1])
    two = rl.simulate(rl.Network.parse("A --> 0, 0", initial={"A": 2}), rl.MasterEquation(), [1])
    apart = rl.total_variation(rl.marginal(one, "A"), rl.marginal(two, "A"))
    assert apart.item() == pytest.approx(1)
    assert rl.total_variation(rl.marginal(one, "A"), rl.marginal(one, "A")).item() == 0


def test_a_marginal_of_negative_numbers_begins_at_the_least():
    """X is set to -3 at time 1; a table from 0 on would show it at its far end."""
    network = rl.Network.parse("A --> 0, 0\nA(0) = 1\nX(0) = 2\nwhen time >= 1: X = -3")
    cells = rl.simulate(
        network, rl.Direct(), [0, 5], trajectories=9, seed=1, record=[rl.RecordHistogram()]
    )
    table = rl.marginal(cells, "X")
    assert table["n_X"].values.tolist() == [-3, -2, -1, 0, 1, 2]
    assert table.sel(n_X=2).values.tolist() == [1, 0]
    assert table.sel(n_X=-3).values.tolist() == [0, 1]


def test_tables_of_different_species_are_not_compared():
    exact = rl.simulate(rl.zoo.spcm(), rl.MasterEquation(), [1.0])
    with pytest.raises(rl.DataError, match="of n_A and of n_B: give two tables of the same"):
        rl.total_variation(rl.marginal(exact, "A"), rl.marginal(exact, "B"))
    swapped = rl.marginal(exact, "A", "B"), rl.marginal(exact, "B", "A")
    assert rl.total_variation(*swapped).item() == 0
