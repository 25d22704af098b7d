"""What rates predict of cells, held against closed forms."""

import numpy as np
import pytest
from scipy.stats import binom, norm, poisson

import ratelaw as rl
from ratelaw.learn import BinomialCapture, NormalNoise, Snapshots
from ratelaw.report.rate_numbers import Frequencies, chosen_times, courses, frequencies

BIRTH_DEATH = rl.Network.parse("0 --> A, k\nA --> 0, g\nk = 4\ng = 0.8\n")
TIME = 1.5
MEAN = 4 / 0.8 * (1 - np.exp(-0.8 * TIME))
"""Of a Poisson distribution."""


def cells(counts, **how):
    times = np.full(len(counts), TIME)
    return Snapshots.of_cells(times, np.reshape(counts, (-1, 1)), ["A"], {"A": 0}, **how)


def test_exact_counts_are_poisson():
    (part,) = frequencies(BIRTH_DEATH, cells([2, 2, 3, 5]))
    np.testing.assert_allclose(part.predicted, poisson.pmf(part.counts, MEAN), atol=1e-6)
    np.testing.assert_array_equal(part.seen[:6], [0, 0, 0.5, 0.25, 0, 0.25])
    assert (part.cells, part.species, part.time) == (4, "A", TIME)


def test_captured_molecules_are_poisson_too():
    (part,) = frequencies(BIRTH_DEATH, cells([2, 2, 3], measurement=BinomialCapture(0.3)))
    np.testing.assert_allclose(part.predicted, poisson.pmf(part.counts, 0.3 * MEAN), atol=1e-5)


def test_noise_spreads_counts():
    (part,) = frequencies(BIRTH_DEATH, cells([-0.7, 2.2], measurement=NormalNoise(1.0)))
    n = np.arange(60)
    density = norm.pdf(part.counts[:, None], n) @ poisson.pmf(n, MEAN)
    np.testing.assert_allclose(part.predicted, density, atol=1e-6)
    assert part.counts[0] == -1
    np.testing.assert_array_equal(part.counts[part.seen > 0], [-1, 2])


def test_unseen_cells_are_left_out():
    (part,) = frequencies(BIRTH_DEATH, cells([2, 2, 3], unseen="A == 0"))
    conditional = poisson.pmf(part.counts, MEAN) / (1 - np.exp(-MEAN))
    np.testing.assert_allclose(part.predicted, np.where(part.counts, conditional, 0), atol=1e-6)


def test_the_distance_of_sampling_is_the_mean_deviation_of_a_binomial():
    """Of two equal chances: E|K/N - 1/2|; 500 draws, beyond 4 standard errors once in 16,000."""
    part = Frequencies("A", 1.0, 100, np.arange(2), np.array([0.6, 0.4]), np.array([0.5, 0.5]))
    k = np.arange(101)
    mean = np.abs(k / 100 - 0.5) @ binom.pmf(k, 100, 0.5)
    assert part.distance == pytest.approx(0.1)
    spread = part.of_sampling.std() / np.sqrt(part.of_sampling.size)
    assert abs(part.of_sampling.mean() - mean) < 4 * spread


def test_moments_of_a_known_start_lie_on_the_curves_of_their_network():
    means = [0.0, MEAN]
    rows = [[m, m] for m in means]
    errors = [[0, 0], [0.1, 0.2]]
    data = rl.learn.published_moments([0, TIME], ["A", "A,A"], rows, standard_errors=errors)
    found = courses(BIRTH_DEATH, data)
    assert list(found) == ["A", "A,A"]
    for course, error in zip(found.values(), errors[1], strict=True):
        np.testing.assert_allclose(course.learned, means, atol=1e-6)
        assert course.errors[1] == pytest.approx(error)
        assert course.residuals[1] == pytest.approx(0, abs=1e-4)
    scattered = rl.learn.published_moments(
        [0, TIME], ["A", "A,A"], rows, standard_errors=[[0.1, 0.1], [0.1, 0.1]]
    )
    assert courses(BIRTH_DEATH, scattered) == {}


def test_chosen_times_hold_the_first_and_the_last():
    assert chosen_times([1, 2, 3], 6) == [1, 2, 3]
    assert chosen_times(list(range(21)), 5) == [0, 5, 10, 15, 20]
