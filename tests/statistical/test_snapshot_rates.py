"""Rates from snapshots scatter as their standard errors say.

Immigration and death from nothing gives Poisson numbers. The sum of squares of 60 z-scores is
chi-square with 60 degrees of freedom, but for the O(1/cells) by which 900 cells are not many. Were
the seeds not fixed, one run in 5000 would fail: two constants, each outside its range of 99.99 %.
"""

import numpy as np
from scipy.stats import chi2

import ratelaw as rl

SEEDS = 60
FALSE_ALARM = 1e-4


def test_rates_from_snapshots_scatter_as_their_errors_say():
    network, truth = rl.Network.parse("0 --> A, 1\nA --> 0, 1"), np.array([12.0, 0.5])
    times = np.repeat([0.5, 1.5, 4.0], 300)
    mean = truth[0] * (1 - np.exp(-truth[1] * times)) / truth[1]
    z = []
    for seed in range(SEEDS):
        counts = np.random.default_rng(seed).poisson(mean)
        rates = rl.fit_rates(
            network, rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})
        )
        z.append((rates.constants - truth) / rates.standard_errors)
    squares = (np.array(z) ** 2).sum(axis=0)
    low, high = chi2.interval(1 - FALSE_ALARM, SEEDS)
    assert (squares > low).all(), squares
    assert (squares < high).all(), squares
