"""Tau-leaping and Langevin: how far from the exact law, and what they keep exactly."""

import numpy as np
import pytest
from scipy.stats import chi2

import ratelaw as rl
from ratelaw.simulate import ALL_METHODS
from ratelaw.simulate.ssa.leaping_method import LeapingMethod

METHODS = [type(method) for method in ALL_METHODS if isinstance(method, LeapingMethod)]
TIMES = np.array([0.0, 0.35, 1.0, 4.0])
IMMIGRATION = rl.Network.parse("0 --> A, 5000\nA --> 0, 1", initial={"A": 1000})
GENE = rl.Network.parse("0 --> M, 10\nM --> M + P, 20\nM --> 0, 1\nP --> 0, 0.2")
MANY_GENES = rl.Network.parse(
    "0 --> M, 1000\nM --> M + P, 20\nM --> 0, 1\nP --> 0, 0.2", initial={"M": 500, "P": 5000}
)
PAIRS = rl.Network.parse("2 A --> B, 0.0001\nB --> 2 A, 0.5", initial={"A": 3000, "B": 100})


def z_scores(network, method, count, exact):
    cells = rl.simulate(network, method, TIMES, trajectories=count, seed=1)
    errors = np.sqrt(np.einsum("tmtm->tm", cells["moment_covariance"].values))[1:]
    i, j = np.triu_indices(len(network.species))
    distance = np.hstack(
        [
            (cells["average"] - exact["average"]).values[1:],
            (cells["covariance"] - exact["covariance"]).values[1:, i, j],
        ]
    )
    return distance / errors


@pytest.mark.parametrize(
    ("method", "network", "count"),
    [
        (rl.TauLeaping(), IMMIGRATION, 20_000),
        (rl.TauLeaping(), GENE, 10_000),
        (rl.Langevin(), IMMIGRATION, 20_000),
        (rl.Langevin(), MANY_GENES, 10_000),
    ],
)
def test_moments_of_linear_networks_to_sampling(method, network, count):
    """Leaps of first order fail: variances are off by 8 % in one, averages by 2 % in the other.

    Of the single gene, which starts with no molecule, Langevin's variances are off by 5 % at first,
    however short the steps: counts below zero have no place in its equation.
    """
    exact = rl.simulate(network, rl.Moments(), TIMES)
    # Up to 15 z-scores beyond 5: one false alarm in 100,000; the seed is fixed.
    assert np.abs(z_scores(network, method, count, exact)).max() < 5


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("epsilon", [0.5, 0.2, 0.05])
def test_averages_and_variances_are_off_by_less_than_a_fraction_of_epsilon(method, epsilon):
    exact = rl.simulate(IMMIGRATION, rl.Moments(), TIMES)
    cells = rl.simulate(IMMIGRATION, method(epsilon), TIMES, trajectories=10_000, seed=1)
    average = np.abs(cells["average"] / exact["average"] - 1).values[1:]
    variance = np.abs(cells["covariance"] / exact["covariance"] - 1).values[1:]
    # Sampling moves averages by 0.02 % and variances by 1.4 % (one standard error): five of them.
    assert average.max() < epsilon / 20 + 0.001
    assert variance.max() < epsilon / 5 + 0.07


def test_leaps_have_the_distribution_of_the_master_equation():
    """Two modes, and a variance 13 times the average; most steps are leaps."""
    schlogl, times, count = rl.zoo.schlogl(), [4.0], 20_000
    cells = rl.simulate(
        schlogl, rl.TauLeaping(), times, trajectories=count, seed=1, record=[rl.RecordHistogram()]
    )
    exact = rl.simulate(schlogl, rl.MasterEquation(), times)
    p, q = (rl.marginal(result, "X")[0] for result in (exact, cells))
    often = count * p.values > 5
    expected, observed = (
        count * np.append(x[often], 1 - x[often].sum())
        for x in (p.values, q.reindex_like(p, fill_value=0.0).values)
    )
    distance = ((observed - expected) ** 2 / expected).sum()
    # Beyond this once in 10,000; the seed is fixed.
    assert distance < chi2.ppf(1 - 1e-4, len(expected) - 1)


@pytest.mark.parametrize("method", METHODS)
def test_pairs_against_the_direct_method(method):
    cells = rl.simulate(PAIRS, method(0.005), TIMES, trajectories=4000, seed=1)
    direct = rl.simulate(PAIRS, rl.Direct(), TIMES, trajectories=4000, seed=2)
    errors = np.sqrt(
        sum(np.einsum("tmtm->tm", x["moment_covariance"].values) for x in (cells, direct))
    )[1:, :2]
    z = (cells["average"] - direct["average"]).values[1:] / errors
    # Six z-scores beyond 5: one false alarm in 290,000; the seed is fixed.
    assert np.abs(z).max() < 5


@pytest.mark.parametrize("method", METHODS)
def test_conserved_totals_and_extinction_are_kept(method):
    record = [rl.RecordPaths(50)]
    paths = rl.simulate(PAIRS, method(), TIMES, trajectories=50, seed=3, record=record)["paths"]
    total = paths.sel(species="A") + 2 * paths.sel(species="B")
    np.testing.assert_allclose(total, 3200, rtol=1e-12)
    gone = rl.Network.parse("A --> 0, 5", initial={"A": 1000})
    last = rl.simulate(gone, method(), [0, 30, 60], trajectories=50, seed=3, record=record)
    assert (last["paths"][:, 1:] < 0.1).all()


def test_leaps_keep_counts_whole_and_not_negative():
    """Few copies, fast use: the reactions are critical."""
    network = rl.Network.parse(
        "A + B --> C, 0.02\nC --> A + B, 1\nA --> 0, 3", initial={"A": 400, "B": 15, "C": 0}
    )
    record = [rl.RecordPaths(200)]
    times = np.linspace(0, 3, 61)
    paths = rl.simulate(
        network, rl.TauLeaping(0.1), times, trajectories=200, seed=4, record=record
    )["paths"].values
    assert (paths >= 0).all()
    assert (paths == np.floor(paths)).all()


def test_leaping_with_few_copies_is_exact():
    """Where one reaction is a leap all steps are exact: the law of the master equation."""
    network = rl.Network.parse("A --> B, 1\nB --> A, 2", initial={"A": 6, "B": 2})
    exact = rl.simulate(network, rl.Moments(), TIMES)
    z = z_scores(network, rl.TauLeaping(), 20_000, exact)
    # Fifteen z-scores beyond 5: one false alarm in 100,000; the seed is fixed.
    assert np.abs(z).max() < 5


@pytest.mark.parametrize("method", METHODS)
def test_leaps_do_not_depend_on_the_times_of_recording(method):
    """The last time is a leap's end for no grid in particular: later paths are the same."""
    record = [rl.RecordReactionCounts(), rl.RecordFirstPassage("A > 4000", count=50)]
    one, many = (
        rl.simulate(IMMIGRATION, method(), times, trajectories=50, seed=5, record=record)
        for times in ([9.0], np.linspace(0, 9, 40))
    )
    np.testing.assert_array_equal(one["passage_times"], many["passage_times"])


@pytest.mark.parametrize("method", METHODS)
def test_results_say_that_they_are_approximate_and_have_no_events(method):
    cells = rl.simulate(IMMIGRATION, method(), TIMES, trajectories=9, seed=1)
    assert "0.03" in cells.attrs["approximate"]
    with pytest.raises(rl.UnsupportedError, match="reaction by reaction"):
        rl.simulate(
            IMMIGRATION, method(), TIMES, trajectories=9, seed=1, record=[rl.RecordEvents(1)]
        )
    with pytest.raises(rl.DataError, match="between 0 and 1"):
        method(0.0)
    driven = rl.Network.parse("0 --> A, 1 + sin(time)\nA --> 0, 1")
    with pytest.raises(rl.UnsupportedError, match="depends on time"):
        rl.simulate(driven, method(), TIMES, trajectories=9, seed=1)
