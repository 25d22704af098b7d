"""The likelihood of snapshots against closed forms: immigration and death is Poisson."""

import numpy as np
import pytest
from scipy.stats import norm, poisson

import ratelaw as rl
from ratelaw.learn import BinomialCapture, NormalNoise, Snapshots
from ratelaw.learn.rates.likelihood.snapshot_likelihood import SnapshotLikelihood, states_of

NETWORK = rl.Network.parse("0 --> A, k\nA --> 0, 0.5", {"k": 12}, {"A": 0})
TIMES = np.repeat([1.0, 4.0], 30)
SHARE = (1 - np.exp(-0.5 * TIMES)) / 0.5
K = np.array([12.0])


def likelihood(counts, **options):
    data = Snapshots.of_cells(TIMES, np.reshape(counts, (-1, 1)), ["A"], {"A": 0}, **options)
    return SnapshotLikelihood(NETWORK, data, ["k"], states_of(NETWORK, data, 1e-9))


def agrees(found, exact, slope):
    value, gradient = found.value_and_gradient(K)
    assert value == pytest.approx(exact, rel=1e-7)
    np.testing.assert_allclose(gradient, slope, rtol=1e-6)


def test_exact_counts():
    counts = np.random.default_rng(1).poisson(10 * SHARE)
    mean = K * SHARE
    agrees(likelihood(counts), poisson.logpmf(counts, mean).sum(), (counts / K - SHARE).sum())


@pytest.mark.parametrize("volume", [1.0, 1e-9, 1e9])
@pytest.mark.parametrize("death", [0.5, 1e-4, 0.0])
def test_information_is_the_sum_of_squared_scores_in_any_units(volume, death):
    times = np.repeat([1.0, 4.0], 30)
    k, small = 6.0, death < 1e-3
    share = times - death * times**2 / 2 if small else -np.expm1(-death * times) / death
    bend = -(times**2) / 2 + death * times**3 / 3
    bend = bend if small else (times * np.exp(-death * times) - share) / death
    counts = np.random.default_rng(6).poisson(k * share)
    text = f"0 --> A, k\nA --> 0, g\nk = 1\ng = 1\nvolume = {volume}"
    network = rl.Network.parse(text, initial={"A": 0})
    data = Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})
    found = SnapshotLikelihood(network, data, ["k", "g"], np.arange(120)[:, None])
    information = found.information(np.array([k / volume, death]))
    unit = np.array([1 / volume, 1.0])
    scores = (counts / (k * share) - 1)[:, None] * np.stack([share, k * bend], axis=1)
    np.testing.assert_allclose(information * np.outer(unit, unit), scores.T @ scores, rtol=2e-4)


@pytest.mark.parametrize("k", [12.0, 1e-3])
@pytest.mark.parametrize("unseen", [None, "A == 0"])
def test_expected_information_of_a_poisson_number(k, unseen):
    times = np.array([1.0, 4.0, 4.0])
    share = -np.expm1(-0.5 * times) / 0.5
    data = Snapshots.of_cells(times, [[1], [2], [3]], ["A"], {"A": 0}, unseen=unseen)
    found = SnapshotLikelihood(NETWORK, data, ["k"], np.arange(99)[:, None], expected=True)
    mean = k * share
    seen = 1.0 if unseen is None else -np.expm1(-mean)  # left-truncated: Johnson et al. 2005
    exact = share**2 / seen * (1 / mean - (0.0 if unseen is None else np.exp(-mean) / seen))
    assert found.information(np.array([k]))[0, 0] == pytest.approx(exact.sum(), rel=1e-4)


def test_expected_information_leaves_out_what_cannot_be():
    """Without births three molecules have no chance, whose logarithm would have no bound."""
    network = rl.Network.parse("A --> 0, k1\nA --> 2 A, k2\nk1 = 1\nk2 = 1", initial={"A": 2})
    data = Snapshots.of_cells([1.0], [[1]], ["A"], {"A": 2})
    found = SnapshotLikelihood(network, data, ["k1", "k2"], np.arange(9)[:, None], expected=True)
    information = found.information(np.array([1.0, 0.0]))
    p = np.exp(-1.0)
    assert information[0, 0] == pytest.approx(2 * p / (1 - p), rel=1e-4)
    assert information[1, 1] < 10


def test_captured_molecules_of_a_poisson_number_are_poisson():
    counts = np.random.default_rng(2).poisson(0.3 * 10 * SHARE)
    mean = 0.3 * K * SHARE
    agrees(
        likelihood(counts, measurement=BinomialCapture(0.3)),
        poisson.logpmf(counts, mean).sum(),
        (counts / K - 0.3 * SHARE).sum(),
    )


def test_normal_noise_is_added():
    generator = np.random.default_rng(3)
    values = generator.poisson(10 * SHARE) + generator.normal(0, 2, SHARE.size)
    n = np.arange(200)[:, None]

    def exact(k):
        return np.log((norm.pdf(values, n, 2) * poisson.pmf(n, k * SHARE)).sum(axis=0)).sum()

    slope = (exact(K + 1e-4) - exact(K - 1e-4)) / 2e-4
    agrees(likelihood(values, measurement=NormalNoise(2.0)), exact(K), slope)


@pytest.mark.parametrize("unseen", ["A == 0", "A <= 0 or A < 0", "not (A > 0 and A < 9999)"])
def test_cells_that_hold_nothing_are_not_seen(unseen):
    counts = np.maximum(np.random.default_rng(4).poisson(10 * SHARE), 1)
    mean = K * SHARE
    seen = 1 - np.exp(-mean)
    agrees(
        likelihood(counts, unseen=unseen),
        (poisson.logpmf(counts, mean) - np.log(seen)).sum(),
        (counts / K - SHARE / seen).sum(),
    )


def test_a_cell_of_which_nothing_is_captured_may_still_be_seen():
    # Nothing counted is either nothing there, which is unseen, or nothing captured of what is.
    counts = np.random.default_rng(5).poisson(0.1 * 10 * SHARE)
    assert (counts == 0).sum() > 5

    def exact(k):
        mean = k * SHARE
        hidden = np.where(counts == 0, np.exp(-mean), 0.0)
        return np.log((poisson.pmf(counts, 0.1 * mean) - hidden) / (1 - np.exp(-mean))).sum()

    slope = (exact(K + 1e-4) - exact(K - 1e-4)) / 2e-4
    agrees(likelihood(counts, measurement=BinomialCapture(0.1), unseen="A == 0"), exact(K), slope)


def test_a_cell_that_is_said_to_be_unseen_is_named():
    counts = np.full(TIMES.size, 5)
    counts[40] = 0
    with pytest.raises(rl.DataError, match=r"A = 0 at time 4, though cells with A == 0 are said"):
        likelihood(counts, unseen="A == 0")


def test_where_all_probability_is_lost_the_likelihood_is_0():
    data = Snapshots.of_cells([1.0], [[1]], ["A"], {"A": 0})
    there = SnapshotLikelihood(NETWORK, data, ["k"], np.array([[0], [1]]))
    value, gradient = there.value_and_gradient(np.array([1e5]))
    assert value == -np.inf
    assert gradient.tolist() == [0]


def test_a_cell_that_the_network_cannot_make_is_named():
    network = rl.Network.parse("A --> 0, 1", initial={"A": 3})
    data = Snapshots.of_cells([1.0, 2.0], [[2], [5]], ["A"], {"A": 3})
    with pytest.raises(rl.DataError, match=r"A = 5 at time 2, .* do not reach from A = 3"):
        states_of(network, data, 1e-6)


def test_other_species_are_refused():
    data = Snapshots.of_cells([1.0], [[2]], ["X"], {"X": 3})
    with pytest.raises(rl.DataError, match="the cells hold X, the network A"):
        states_of(NETWORK, data, 1e-6)


@pytest.mark.parametrize("model", [lambda: BinomialCapture(0.0), lambda: NormalNoise(-1.0)])
def test_impossible_noise_is_refused(model):
    with pytest.raises(rl.DataError, match="use "):
        model()
