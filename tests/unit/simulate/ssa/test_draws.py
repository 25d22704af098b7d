"""Random numbers against their distributions: chi-square and Kolmogorov-Smirnov, seeds fixed."""

import numpy as np
import pytest
from scipy.stats import binom, chisquare, kstest
from scipy.stats import poisson as poisson_law

from ratelaw.simulate.ssa.draws import binomial, diffused_part, normal, poisson
from ratelaw.simulate.ssa.stream import open_stream

COUNT = 40_000
FALSE_ALARM = 1e-5
"""Of each test, were its seed not fixed."""


def drawn(function, *arguments):
    stream = np.empty(4, dtype=np.uint64)
    open_stream(stream, np.uint64(7), np.uint64(3))
    return np.array([function(*arguments, stream) for _ in range(COUNT)])


def fits(numbers, law):
    assert (numbers == np.floor(numbers)).all()
    values = np.arange(numbers.max() + 2)
    expected = COUNT * law.pmf(values)
    observed = np.bincount(numbers.astype(int), minlength=len(values))
    often = expected > 5
    observed, expected = (np.append(x[often], COUNT - x[often].sum()) for x in (observed, expected))
    return chisquare(observed, np.maximum(expected, 1e-9), sum_check=False).pvalue > FALSE_ALARM


@pytest.mark.parametrize("mean", [0.01, 0.7, 9.9, 10.1, 57.0, 3000.0])
def test_poisson(mean):
    assert fits(drawn(poisson, mean), poisson_law(mean))


@pytest.mark.parametrize(
    ("count", "chance"), [(5, 0.3), (40, 0.9), (1000, 0.004), (60, 0.4), (5000, 0.7), (7, 1.0)]
)
def test_binomial(count, chance):
    assert fits(drawn(binomial, float(count), chance), binom(count, chance))


def test_normal():
    assert kstest(drawn(normal), "norm").pvalue > FALSE_ALARM


def test_a_part_of_a_diffusion_has_the_variance_of_a_bridge():
    parts = drawn(diffused_part, 30.0, 0.25, 16.0)
    assert kstest(parts, "norm", args=(7.5, np.sqrt(16 * 0.25 * 0.75))).pvalue > FALSE_ALARM
