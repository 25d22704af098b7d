"""Rates from paths that were watched without a gap, against closed forms."""

import numpy as np
import pytest
from scipy.optimize import minimize

import ratelaw as rl
from ratelaw.learn import ObservedPaths

ONE_CHANGE = rl.Network.parse("A --> 0, 1\n2 A --> A, 1\n0 --> A, 1")
"""Two reactions that take one molecule away."""


def watched(network, times, trajectories, seed):
    run = rl.simulate(
        network,
        rl.Direct(),
        times,
        trajectories=trajectories,
        seed=seed,
        record=[rl.RecordEvents(trajectories)],
    )
    return run, ObservedPaths.from_events(run)


def logarithm(k, paths):
    """The likelihood of ONE_CHANGE written out, jump by jump."""
    n, lasted, before = paths.rows.counts[:, 0], paths.durations, paths.jumps
    step = n[before + 1] - n[before]
    h = np.stack([n, n * (n - 1) / 2, np.ones(n.size)])
    made = np.where(step == -1, k[0] * h[0, before] + k[1] * h[1, before], k[2] * h[2, before])
    return np.log(made).sum() - k @ h @ lasted


def test_where_each_change_has_its_reaction_rates_are_counts_over_exposure():
    network = rl.zoo.spcm()
    run, paths = watched(network, [0, 6], 30, seed=1)
    rates = rl.fit_rates(network, paths)
    happened = np.bincount(run["event_reaction"].values, minlength=4)
    species = paths.rows.counts.T @ paths.durations
    expected = happened / species[[0, 0, 0, 1]]
    np.testing.assert_allclose(rates.constants, expected, rtol=1e-12)
    np.testing.assert_allclose(rates.standard_errors, expected / np.sqrt(happened), rtol=1e-9)
    assert rates.rank == 4
    of_b = run["event_reaction"].values == 3
    molecules = np.where(of_b, *paths.rows.counts[paths.jumps].T[::-1])
    assert rates.log_likelihood == pytest.approx(
        happened @ np.log(expected) + np.log(molecules).sum() - happened.sum()
    )


def test_who_made_a_change_need_not_be_known():
    truth = np.array([0.3, 0.02, 4.0])
    network = rl.Network.parse("A --> 0, 0.3\n2 A --> A, 0.02\n0 --> A, 4", initial={"A": 30})
    _, paths = watched(network, [0, 20], 20, seed=2)
    rates = rl.fit_rates(ONE_CHANGE, paths)
    best = minimize(
        lambda k: -logarithm(np.exp(k), paths), np.log(truth), method="BFGS", options={"gtol": 1e-6}
    )
    offset = (rates.constants - np.exp(best.x)) / rates.standard_errors
    assert np.abs(offset).max() < 1e-2
    assert rates.log_likelihood == pytest.approx(-best.fun, abs=1e-4)
    curvature = np.linalg.inv(_hessian(lambda k: -logarithm(k, paths), rates.constants))
    np.testing.assert_allclose(rates.covariance, curvature, rtol=1e-3, atol=1e-10)
    # Three z-scores: beyond 4 one run in 5,000; the seed is fixed.
    assert np.abs((rates.constants - truth) / rates.standard_errors).max() < 4


def _hessian(f, k):
    steps = np.diag(1e-3 * k)
    return np.array(
        [
            [
                (f(k + a + b) - f(k + a - b) - f(k - a + b) + f(k - a - b)) / 4 / a.sum() / b.sum()
                for a in steps
            ]
            for b in steps
        ]
    )


def test_reactions_that_are_not_there_are_absent():
    network = rl.Network.parse("A --> 0, 0.3\n0 --> A, 4", initial={"A": 10})
    _, paths = watched(network, [0, 20], 20, seed=3)
    candidates = rl.Network.parse(
        "A --> 0, 1\n2 A --> A, 1\n0 --> A, 1\n0 --> 2 A, 1\nA --> 2 A, 1"
    )
    rates = rl.fit_rates(candidates, paths)
    # BIC keeps one that is not there where z > 2.8, some 3 in 1000 each; the seed is fixed.
    assert rates.present.tolist() == [True, False, True, False, False]
    assert rates.all_free.constants[3] == 0
    assert rates.to_network().initial == {"A": 10}


def test_reactions_that_could_have_happened_and_did_not_are_determined():
    rates = rl.fit_rates(ONE_CHANGE, of([0, 1, 3], [2, 3, 4]))
    assert rates.rank == 3
    np.testing.assert_allclose(rates.constants, [0, 0, 2 / 9], rtol=1e-12)


def test_several_sets_are_one():
    network = rl.zoo.dimerisation()
    _, paths = watched(network, [0, 3], 10, seed=4)
    run, _ = watched(network, [0, 3], 10, seed=4)
    halves = [ObservedPaths.from_events(run, first=f, count=5) for f in (0, 5)]
    np.testing.assert_allclose(
        rl.fit_rates(network, halves).constants, rl.fit_rates(network, paths).constants, rtol=1e-12
    )


def test_the_order_of_species_does_not_matter():
    _, paths = watched(rl.zoo.spcm(), [0, 4], 10, seed=5)
    rows = paths.rows
    turned = ObservedPaths.of_rows(
        rows.trajectory, rows.times, rows.counts[:, ::-1], ["B", "A"], ends=4
    )
    np.testing.assert_allclose(
        rl.fit_rates(rl.zoo.spcm(), turned).constants,
        rl.fit_rates(rl.zoo.spcm(), paths).constants,
        rtol=1e-12,
    )


def of(times, counts, **options):
    return ObservedPaths.of_rows(
        [7] * len(times), times, np.array(counts)[:, None], ["A"], **({"ends": 9} | options)
    )


@pytest.mark.parametrize(
    ("counts", "candidates", "complaint"),
    [
        (
            [3, 5, 4],
            "A --> 0, 1\n0 --> A, 1",
            r"trajectory 7 jumps by A \+2 at time 1, from A = 3: no candidate makes this change",
        ),
        ([2, 1, 0], "2 A --> A, 1", r"jumps by A -1 at time 2, from A = 1"),
        ([2, 1, 0], "B --> 0, 1", r"the paths hold A, the network B"),
        ([2, 1, 0], "A --> 0, 1\nA --> 0, 2", r"'A --> 0' is there twice"),
        ([2, 1, 0], "A --> 0, 1\nA --> A, 1", r"determine 1 of 2 rates.*1 'A --> A'"),
        ([2, 1, 0], "A --> 0, 1\n3 A --> A, 1", r"determine 1 of 2 rates.*'3 A --> A'"),
    ],
)
def test_what_cannot_be_is_named(counts, candidates, complaint):
    with pytest.raises(rl.DataError, match=complaint):
        rl.fit_rates(rl.Network.parse(candidates), of([0, 1, 2], counts))


def test_without_a_jump_the_likeliest_constants_are_zero():
    paths = of([0], [3], ends=2)
    network = rl.Network.parse("A --> 0, 1\n0 --> A, 1")
    rates = rl.fit_rates(network, paths)
    assert rates.constants.tolist() == [0, 0]
    assert rates.log_likelihood == 0  # of certainty
    found = rl.discover(network, paths, rl.learn.PathLikelihood())
    assert not found.best.present.any()
    assert "100.0%  no reaction" in str(found)


def test_with_priors_jumps_that_no_other_reaction_makes_are_impossible_too():
    known = {"A --> 0": rl.learn.Gamma(2.0, 2.0), "0 --> A": rl.learn.HalfNormal(1.0)}
    method = rl.learn.MaximumPosterior(rl.learn.PathLikelihood(), known)
    paths = of([0, 1, 2], [3, 4, 3])
    rates = rl.fit_rates(rl.Network.parse("A --> 0, 1\n0 --> A, 1"), paths, method)
    assert [found.rise for found in rl.learn.absence(rates, paths, method)] == [np.inf, np.inf]


def test_what_the_jumps_cannot_tell_apart_is_named():
    # All time was spent at 2, where A and A (A - 1) are in one ratio.
    paths = of([0, 1], [2, 1], ends=1)
    with pytest.raises(rl.DataError, match=r"the paths determine 1 of 2 rates"):
        rl.fit_rates(rl.Network.parse("A --> 0, 1\n2 A --> A, 1"), paths)
