"""Mean and standard deviation at fifty times against closed forms, by the limits of the DSMTS.

With n = 10,000 trajectories |sqrt(n) (mean - mu)/sigma| < 3 and |sqrt(n/2) (s^2/sigma^2 - 1)| < 5
(Evans, Gillespie and Wilkinson 2008). A correct method leaves the first range with probability
0.0027 at each time: of 200 means, 0.54 are expected outside, in clusters, for the times of a course
are correlated. How many may be outside is therefore read from the normal law of the 200 means,
whose correlations are known exactly. A correct method leaves the second range with probability
below 10^-5 at each time, by the kurtosis of these courses (below 3.4): none may be outside.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.linalg import expm

import ratelaw as rl

COUNT = 10_000
TIMES = np.linspace(1, 50, 50)
FALSE_ALARM = 1e-4
"""Of the number of means outside, were the seeds not fixed."""


class Course(NamedTuple):
    network: rl.Network
    species: str
    mean: np.ndarray
    covariance: np.ndarray
    """Of the counts at two times."""


def linear(network, mean, variance, decay):
    """Cov(n(s), n(t)) = Var(n(s)) exp(-decay (t - s)), where averages decay at that rate."""
    earlier = np.minimum.outer(np.arange(50), np.arange(50))
    lag = np.abs(np.subtract.outer(TIMES, TIMES))
    return Course(network, network.species[0], mean, variance[earlier] * np.exp(-decay * lag))


def immigration_death():
    """Poisson arrivals, and of the n0 first ones the survivors, which are binomial."""
    n0, k, g = 50, 8.0, 0.1
    alive = np.exp(-g * TIMES)
    arrived = k / g * (1 - alive)
    network = rl.zoo.birth_death().replace(parameters={"k": k, "g": g}, initial={"A": n0})
    return linear(network, n0 * alive + arrived, n0 * alive * (1 - alive) + arrived, g)


def birth_death():
    """Kendall 1948: Var = n0 (l + m)/(l - m) e^((l - m) t) (e^((l - m) t) - 1)."""
    n0, birth, death = 400, 0.03, 0.04
    growth = np.exp((birth - death) * TIMES)
    variance = n0 * (birth + death) / (birth - death) * growth * (growth - 1)
    network = rl.Network.parse(
        "X --> 2 X, b\nX --> 0, d", {"b": birth, "d": death}, initial={"X": n0}
    )
    return linear(network, n0 * growth, variance, death - birth)


def batch_immigration():
    """d<n>/dt = k b - g <n> and dVar/dt = k b^2 + g <n> - 2 g Var, from 0, for batches of b."""
    k, b, g = 3.0, 5, 0.2
    alive = np.exp(-g * TIMES)
    variance = k * b / (2 * g) * (b * (1 - alive**2) + (1 - alive) ** 2)
    network = rl.Network.parse("0 --> 5 X, k\nX --> 0, g", {"k": k, "g": g}, initial={"X": 0})
    return linear(network, k * b / g * (1 - alive), variance, g)


def dimerisation():
    """The exponential of the generator over B = 0 ... 50, with propensities by hand."""
    a0, kf, kr = 100, 0.001, 0.01
    b = np.arange(a0 // 2 + 1)
    a = a0 - 2 * b
    generator = np.diag((kf * a * (a - 1) / 2)[:-1], 1) + np.diag(kr * b[1:], -1)
    generator -= np.diag(generator.sum(axis=1))
    step = expm(generator)  # of the time 1 between the times
    later = [b.astype(float)]
    for _ in TIMES:
        later.append(step @ later[-1])
    mean = np.array(later[1:])[:, 0]
    start, products = np.eye(len(b))[0], np.empty((50, 50))
    for i in range(50):
        start = start @ step
        products[i, i:] = [(start * b) @ later[j - i] for j in range(i, 50)]
        products[i:, i] = products[i, i:]
    network = rl.zoo.dimerisation().replace(parameters={"kf": kf, "kr": kr}, initial={"A": a0})
    return Course(network, "B", mean, products - np.outer(mean, mean))


CASES = [immigration_death, birth_death, batch_immigration, dimerisation]


@cache
def course(case):
    return case()


@cache
def most_outside():
    """How many of the 200 means may be outside: a quantile of their number, by their normal law."""
    generator = np.random.default_rng(0)
    outside = np.zeros(200_000, dtype=int)
    for case in CASES:
        deviation = np.sqrt(np.diag(course(case).covariance))
        root = np.linalg.cholesky(course(case).covariance / np.outer(deviation, deviation))
        for part in np.array_split(outside, 10):
            z = generator.standard_normal((len(part), 50)) @ root.T
            part[:] += (np.abs(z) > 3).sum(axis=1)
    assert outside.mean() == pytest.approx(200 * 0.0027, rel=0.05)
    return np.quantile(outside, 1 - FALSE_ALARM, method="higher")


def test_means_and_standard_deviations_are_within_their_ranges(exact_method):
    outside = 0
    for number, case in enumerate(CASES):
        network, name, mean, covariance = course(case)
        cells = rl.simulate(network, exact_method, TIMES, trajectories=COUNT, seed=31 + number)
        average = cells["average"].sel(species=name).values
        variance = cells["covariance"].sel(species=name, species_=name).values
        exact = np.diag(covariance)
        outside += (np.abs(np.sqrt(COUNT / exact) * (average - mean)) >= 3).sum()
        assert np.abs(np.sqrt(COUNT / 2) * (variance / exact - 1)).max() < 5, case.__name__
    assert outside <= most_outside()


@pytest.mark.parametrize("case", CASES)
def test_the_master_equation_has_the_same_means_and_variances(case):
    network, name, mean, covariance = course(case)
    times = TIMES[[0, 4, 19]]
    exact = rl.simulate(network, rl.MasterEquation(tolerance=1e-10), times)
    np.testing.assert_allclose(exact["average"].sel(species=name), mean[[0, 4, 19]], rtol=1e-7)
    np.testing.assert_allclose(
        exact["covariance"].sel(species=name, species_=name),
        np.diag(covariance)[[0, 4, 19]],
        rtol=1e-6,
    )
