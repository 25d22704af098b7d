"""Rates from snapshots against closed forms: independent Poisson and binomial numbers."""

from dataclasses import replace

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn.rates.likelihood import maximum_likelihood
from ratelaw.report.values import rate_values

IMMIGRATION = rl.Network.parse("0 --> A, 1\nA --> 0, 1")


def cells(k, g, times, initial, seed):
    """Immigration and death from any count: those that came, and those that stayed."""
    generator, left = np.random.default_rng(seed), np.exp(-g * times)
    counts = generator.poisson(k * (1 - left) / g) + generator.binomial(initial, left)
    return rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": initial})


def test_immigration_alone_is_counted():
    times = np.repeat([1.0, 3.0], 100)
    counts = np.random.default_rng(1).poisson(4 * times)
    data = rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})
    rates = rl.fit_rates(rl.Network.parse("0 --> A, 1"), data)
    best = counts.sum() / times.sum()
    assert rates.constants[0] == pytest.approx(best, abs=2e-3 * np.sqrt(best / times.sum()))


@pytest.mark.parametrize("counts", [[5], [5, 5], [5, 5, 6], [9, 2, 4, 4]])
def test_few_cells_have_the_error_of_a_poisson_average(counts):
    data = rl.Snapshots.of_cells(np.ones(len(counts)), np.c_[counts], ["A"], {"A": 0})
    rates = rl.fit_rates(rl.Network.parse("0 --> A, 1"), data)
    error = np.sqrt(np.mean(counts) / len(counts))
    assert rates.constants[0] == pytest.approx(np.mean(counts), abs=0.02 * error)
    assert rates.standard_errors[0] == pytest.approx(error, rel=0.02)


def test_z_scores_of_few_cells_that_are_seen_only_if_something_is_left():
    """Two cells each, of 12 molecules that die at a rate of 1.2; a cell without one is unseen."""
    generator = np.random.default_rng(12)
    network = rl.Network.parse("A --> 0, 1")
    z = []
    for _ in range(60):
        counts = generator.binomial(12, np.exp(-1.2), 9)
        rows = np.c_[counts[counts > 0][:2]]
        options = {"unseen": "A == 0"}
        data = rl.Snapshots.of_cells(np.ones(2), rows, ["A"], {"A": 12}, **options)
        rates = rl.fit_rates(network, data)
        z.append((rates.constants[0] - 1.2) / rates.standard_errors[0])
    # Of 20,000 such z-scores computed in closed form, squares are 1.006 on average with a variance
    # of 3.14: their sum is beyond 4 deviations in fewer than one run in 1,000. The seed is fixed.
    assert abs(np.square(z).sum() - 60) < 4 * np.sqrt(3.14 * 60)


def test_death_alone_is_binomial():
    counts = np.random.default_rng(2).binomial(40, np.exp(-0.6), 150)
    data = rl.Snapshots.of_cells(np.full(150, 2.0), counts[:, None], ["A"], {"A": 40})
    rates = rl.fit_rates(rl.Network.parse("A --> 0, 1"), data)
    stayed = counts.mean() / 40
    error = np.sqrt((1 - stayed) / stayed / (150 * 40)) / 2.0
    assert rates.constants[0] == pytest.approx(-np.log(stayed) / 2.0, abs=2e-3 * error)
    # An empirical variance of 150 cells scatters by 12 %.
    assert rates.standard_errors[0] == pytest.approx(error, rel=0.25)


def test_the_order_of_species_does_not_matter():
    # From nothing, molecules that come, turn and go are independent Poisson numbers.
    k, a, b, times = 8.0, 1.0, 0.4, np.repeat([0.5, 2.0, 6.0], 60)
    first = k / a * (1 - np.exp(-a * times))
    second = k / b * (1 - np.exp(-b * times)) - k / (a - b) * (
        np.exp(-b * times) - np.exp(-a * times)
    )
    counts = np.random.default_rng(3).poisson(np.stack([first, second], axis=1))
    start = {"A": 0, "B": 0}
    forwards = rl.Snapshots.of_cells(times, counts, ["A", "B"], start)
    backwards = rl.Snapshots.of_cells(times, counts[:, ::-1], ["B", "A"], start)
    network = rl.Network.parse("0 --> A, 1\nA --> B, 1\nB --> 0, 1")
    reverse = rl.Network.parse("B --> 0, 1\nA --> B, 1\n0 --> A, 1")
    expected = rl.fit_rates(network, forwards)
    z = (expected.constants - [k, a, b]) / expected.standard_errors
    # Three z-scores: beyond 4.2 one run in 12,000; the seed is fixed.
    assert np.abs(z).max() < 4.2
    for rates, order in [
        (rl.fit_rates(network, backwards), [0, 1, 2]),
        (rl.fit_rates(reverse, forwards), [2, 1, 0]),
    ]:
        np.testing.assert_allclose(rates.constants, expected.constants[order], rtol=1e-4)
        np.testing.assert_allclose(
            rates.standard_errors, expected.standard_errors[order], rtol=1e-3
        )


def test_a_second_condition_determines_what_one_cannot():
    k, g, times = 12.0, 0.5, np.full(300, 1.5)
    empty, full = cells(k, g, times, 0, seed=4), cells(k, g, times, 40, seed=5)
    with pytest.raises(rl.DataError, match=r"the cells determine 1 of 2 rates.*0 --> A.*A --> 0"):
        rl.fit_rates(IMMIGRATION, empty)
    both = rl.fit_rates(IMMIGRATION, [empty, full])
    # Two z-scores: beyond 4 one run in 8,000; the seeds are fixed.
    assert np.abs((both.constants - [k, g]) / both.standard_errors).max() < 4
    one = rl.fit_rates(IMMIGRATION, cells(k, g, np.full(600, 1.5), 40, seed=6))
    assert (both.standard_errors < one.standard_errors / 3).all()
    assert both.rank == 2
    assert both.to_network().initial == {"A": 0}


def test_a_reaction_that_cannot_happen_is_named():
    data = rl.Snapshots.of_cells([1, 1, 1], [[0], [0], [1]], ["A"], {"A": 1})
    with pytest.raises(rl.DataError, match=r"determine 1 of 2 rates.*: \+ 1 '2 A --> A'"):
        rl.fit_rates(rl.Network.parse("A --> 0, 1\n2 A --> A, 1"), data)


def test_a_reaction_that_one_cell_shows_is_kept():
    counts = [[7, 0]] * 60 + [[5, 0]] * 40 + [[9, 1]]
    data = rl.Snapshots.of_cells([1] * 101, counts, ["A", "B"], {"A": 10, "B": 0})
    rates = rl.fit_rates(rl.Network.parse("A --> 0, 1\nA --> B, 1"), data)
    # Each molecule stays, goes or turns by itself: the shares are those of all 1010.
    stayed, turned = (60 * 7 + 40 * 5 + 9) / 1010, 1 / 1010
    expected = -np.log(stayed) * np.array([1 - turned / (1 - stayed), turned / (1 - stayed)])
    assert rates.present.all()
    assert (np.abs(rates.constants - expected) < 2e-3 * rates.standard_errors).all()


def test_reactions_that_are_not_there_are_absent():
    candidates = rl.Network.parse("0 --> A, 1\nA --> 0, 1\nA --> 2 A, 1\n0 --> 2 A, 1")
    rates = rl.fit_rates(candidates, cells(12.0, 0.5, np.repeat([0.5, 1.5, 4.0], 300), 0, seed=9))
    # BIC keeps one that is not there where z > 2.6, some 5 in 1000 each; the seed is fixed.
    assert rates.present.tolist() == [True, True, False, False]
    free = rates.all_free
    assert free.log_likelihood > rates.log_likelihood - 1e-5  # a search ends at a gain of 1e-6
    assert (np.isnan(free.standard_errors) == (free.constants == 0)).all()


def test_quality_is_the_likelihood():
    rates = rl.fit_rates(IMMIGRATION, cells(9.0, 0.5, np.repeat([1.0, 4.0], 50), 0, seed=7))
    assert rates.chi_square is None
    assert rates.degrees_of_freedom is None
    assert f"log-likelihood {rates.log_likelihood:.2f}" in str(rates)
    values = rate_values(rates)
    assert values["log_likelihood"] == rates.log_likelihood
    assert values["chi_square"] is None


def test_states_that_lose_for_ever_are_an_error(monkeypatch):
    monkeypatch.setattr(maximum_likelihood, "LOOSE", -1.0)
    with pytest.raises(rl.SolverError, match=r"leaves the states: .* than 1e-05, .*, in 6 rounds"):
        rl.fit_rates(IMMIGRATION, cells(5.0, 0.5, np.repeat([1.0, 4.0], 20), 0, seed=8))


@pytest.mark.parametrize("tolerance", [1e-11, 0.1, float("nan")])
def test_impossible_tolerances_are_refused(tolerance):
    with pytest.raises(rl.DataError, match="choose one from 1e-10"):
        rl.MaximumLikelihood(tolerance)


def test_cells_of_other_species_are_told_with_those_of_the_candidates():
    data = rl.Snapshots.of_cells([1], [[2, 1]], ["X", "B"], {"X": 10, "B": 0})
    with pytest.raises(rl.DataError, match=r"the cells hold X, B, the network A$"):
        rl.fit_rates(rl.zoo.birth_death(), data)


def test_a_bistable_network_is_fitted_from_where_its_moments_are_not_closed():
    # Third order, constants over two decades: a start in common units would give a death by threes
    # of seven times its rate, at which no state beyond X = 30 is met.
    truth = np.array([0.72, 0.06, 10.0, 3.0])
    network = rl.Network.parse(
        "2 X --> 3 X, 0.72\n3 X --> 2 X, 0.06\n0 --> X, 10\nX --> 0, 3", initial={"X": 12}
    )
    run = rl.simulate(
        network, rl.Direct(), [0, 0.2, 0.5, 1, 3, 10], trajectories=1500, seed=1,
        record=[rl.RecordPaths(1500)],
    )  # fmt: skip
    rates = rl.fit_rates(network, rl.Snapshots.from_paths(run, count=300))
    # Of four z-scores: beyond 3.5 once in 500 other seeds.
    assert (np.abs((rates.constants - truth) / rates.standard_errors) < 3.5).all()


def test_moments_screen_only_cells_that_were_counted_exactly():
    cells = rl.Snapshots.of_cells([1.0, 1.0], [[1], [2]], ["A"], {"A": 1})
    method = rl.MaximumLikelihood()
    assert isinstance(method.screen([cells, cells]), rl.JointMoments)
    for other in ({"unseen": "A == 0"}, {"measurement": rl.learn.BinomialCapture(0.9)}):
        assert method.screen([cells, replace(cells, **other)]) is None
