"""Subsets of a quadratic deviance against all of them, one by one."""

from itertools import combinations

import numpy as np

from ratelaw.learn.rates.criterion import Quadratic
from ratelaw.learn.rates.subsets import promising

SIZE = 6


def test_a_beam_that_drops_nothing_is_exhaustive():
    generator = np.random.default_rng(1)
    design, target = generator.normal(size=(20, SIZE)), generator.normal(size=20)
    point = generator.normal(size=SIZE)
    residuals = design @ point - target
    around = Quadratic(point, residuals @ residuals, -design.T @ residuals, design.T @ design)
    every = {}
    for size in range(SIZE + 1):
        for subset in combinations(range(SIZE), size):
            found = np.linalg.lstsq(design[:, subset], target, rcond=None)[0]
            misfit = np.square(design[:, subset] @ found - target).sum() + 0.3 * size
            if (found > 0).all():
                every[subset] = misfit
    least = min(every.values())
    expected = sorted(s for s, cost in every.items() if cost < least + 2.0)
    result = promising(around, penalty=0.3, within=2.0, beam=100)
    assert sorted(tuple(np.flatnonzero(k > 0).tolist()) for _, k in result) == expected
    for cost, constants in result:
        np.testing.assert_allclose(
            cost, every[tuple(np.flatnonzero(constants).tolist())], rtol=1e-6
        )
    assert [cost for cost, _ in result] == sorted(cost for cost, _ in result)


def test_a_narrow_beam_holds_what_every_subset_needs():
    """Five needed of fourteen gain less than seven that are not worth their penalty."""
    gains = np.array([1e-3] * 5 + [0.1] * 7 + [3.0] * 2)
    needed = np.arange(gains.size) < 5
    around = Quadratic(np.zeros(gains.size), 20.0, gains, np.eye(gains.size))
    (_, best), *_ = promising(around, penalty=1.0, within=0.5, beam=20, needed=needed)
    np.testing.assert_allclose(best, np.where(gains == 0.1, 0.0, gains), rtol=1e-6)
