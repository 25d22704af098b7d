"""The states that carry probability on the way to some times, and no others."""

from itertools import pairwise

import numpy as np

from ratelaw.network import Network
from ratelaw.simulate.master_equation.master_equation import MasterEquation

BETWEEN = 4
"""Looks at the probabilities on the way from one time to the next."""
RARER = 1e-3
"""Of a seen state's probability: rarer states may lie on the way to it."""


def likely_states(
    network: Network, times: np.ndarray, seen: np.ndarray, tolerance: float
) -> np.ndarray:
    """Counts of the states, shape (states, species), outside of which about `tolerance` is lost.

    Parameters
    ----------
    network
        With the parameters at which it is asked.
    times
        Shape (T,), increasing.
    seen
        Shape (K, species): states that stay among them however rare they are, with those on the way
        to them, if the master equation meets them at this tolerance.
    tolerance
        Of the probability, from 2e-12 on.

    Raises
    ------
    SolverError
        If there are too many.
    """
    start = np.linspace(0.0, times[0], BETWEEN, endpoint=False)
    steps = [np.linspace(a, b, BETWEEN, endpoint=False) for a, b in pairwise(times)]
    grid = np.unique(np.concatenate([start, *steps, times]))
    found = MasterEquation(tolerance=tolerance / 2).solve(network, grid)
    counts, highest = found["counts"].values, found["probability"].values.max(axis=0)
    places = {tuple(state): i for i, state in enumerate(counts.tolist())}
    wanted = [places[state] for state in map(tuple, seen.tolist()) if state in places]
    order = np.argsort(highest)
    spare = order[np.cumsum(highest[order]) <= tolerance / 2]
    rarest = highest[wanted].min(initial=1.0)
    kept = np.ones(len(counts), dtype=bool)
    kept[spare[highest[spare] < RARER * rarest]] = False
    return counts[kept]
