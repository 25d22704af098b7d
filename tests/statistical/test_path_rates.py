"""Rates from trajectories scatter as their standard errors say: watched, and seen at times.

Immigration and death; the sum of squares of N z-scores is chi-square with N degrees of freedom, but
for the O(1/jumps) by which 20 trajectories are not many. Were the seed not fixed, one run in 2500
would fail: two constants and two ways, each outside its range of 99.99 %.
"""

import numpy as np
import pytest
from scipy.stats import chi2

import ratelaw as rl

SETS, EACH, FALSE_ALARM = 60, 20, 1e-4
TRUTH = np.array([3.0, 1.0])
NETWORK = rl.Network.parse("0 --> A, 3\nA --> 0, 1")


@pytest.fixture(scope="module")
def run():
    many = SETS * EACH
    record = [rl.RecordEvents(many), rl.RecordPaths(many)]
    times = np.linspace(0, 5, 11)
    return rl.simulate(NETWORK, rl.Direct(), times, trajectories=many, seed=11, record=record)


def scatters(fits):
    z = np.array([(rates.constants - TRUTH) / rates.standard_errors for rates in fits])
    low, high = chi2.interval(1 - FALSE_ALARM, len(z))
    found = (z**2).sum(axis=0)
    return low < found.min() and found.max() < high


def test_watched_without_a_gap(run):
    assert scatters(
        rl.fit_rates(NETWORK, rl.learn.ObservedPaths.from_events(run, first=EACH * i, count=EACH))
        for i in range(SETS)
    )


def test_seen_at_times(run):
    rows = [rl.learn.PathRows.from_paths(run, first=EACH * i, count=EACH) for i in range(SETS // 2)]
    assert scatters(rl.fit_rates(NETWORK, rl.learn.transitions(each)) for each in rows)
