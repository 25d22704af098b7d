"""Rough constants, where cells are seen soon and where they are too few for moments."""

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn.rates.likelihood.increments import rough_constants
from ratelaw.learn.rates.likelihood.maximum_likelihood import LikelihoodCriterion
from ratelaw.learn.rates.rate_problem import with_free_constants


def test_short_times_are_exact_on_average():
    # Averages cannot tell birth and death of molecules apart; the squares of increments can.
    truth = np.array([0.9, 0.4])
    generator, start, time = np.random.default_rng(1), 100, 0.01
    born, died = (generator.poisson(k * start * time, 20_000) for k in truth)
    data = rl.Snapshots.of_cells(
        np.full(born.size, time), (start + born - died)[:, None], ["A"], {"A": start}
    )
    network = with_free_constants(rl.Network.parse("A --> 2 A, 1\nA --> 0, 1"))
    # Their standard errors are some 2 % of the sum; within 8 %.
    assert rough_constants(network, [data]) == pytest.approx(truth, abs=0.1)


def test_single_cells_start_a_search_near_its_end():
    network = rl.zoo.dimerisation()
    run = rl.simulate(
        network,
        rl.Direct(),
        np.linspace(0, 5, 11),
        trajectories=20,
        seed=2,
        record=[rl.RecordPaths(20)],
    )
    sets = tuple(rl.learn.transitions(rl.learn.PathRows.from_paths(run)))
    criterion = LikelihoodCriterion(with_free_constants(network), sets, 1e-6)
    truth = np.array([0.02, 0.1])
    assert (np.abs(np.log(criterion.start / truth)) < np.log(2)).all()


def test_few_cells_suffice_for_the_likelihood_but_not_for_moments():
    network = rl.Network.parse("0 --> A, 1\nA --> 0, 1")
    few = rl.Snapshots.of_cells([1, 2, 4], [[7], [9], [17]], ["A"], {"A": 0})
    with pytest.raises(rl.DataError, match="1 cells at time 1: moments of order 2 need"):
        rl.fit_rates(network, few, rl.JointMoments())
    pairs = rl.Snapshots.of_cells([1, 1, 2, 2], [[7], [8], [9], [12]], ["A"], {"A": 0})
    with pytest.raises(rl.DataError, match="4 trajectories cannot weigh 2 moments"):
        rl.fit_rates(network, pairs, rl.JointMoments())
    assert rl.fit_rates(network, few).constants[0] > 0
