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
