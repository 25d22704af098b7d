"""The states that carry probability on the way to some times, and no others."""

from itertools import pairwise

import numpy as np

from ratelaw.network import Network
from ratelaw.network.lowering import to_numpy
from ratelaw.simulate.master_equation.master_equation import MasterEquation

BETWEEN = 4
"""Looks at the probabilities on the way from one time to the next."""
RARER = 1e-3
"""Of a seen state's probability: rarer states may lie on the way to it."""


def likely_states(
    network: Network, times: np.ndarray, seen: np.ndarray, tolerance: float
) -> np.ndarray:
    r"""Counts of the states, shape (states, species), outside of which about `tolerance` is lost.

    .. math:: \sum_{n\ \text{left out}} v_n \le \text{tolerance} / 2, \qquad
        v_n = p_n(T) + \int_0^T \Phi(n)\, p_n(t)\, dt

    v are expected visits: what is lost has entered a state that was left out.

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
    counts, probability = found["counts"].values, found["probability"].values
    highest = probability.max(axis=0)
    places = {tuple(state): i for i, state in enumerate(counts.tolist())}
    wanted = [places[state] for state in map(tuple, seen.tolist()) if state in places]
    visits = _visits(network, grid, counts, probability)
    order = np.argsort(visits)
    spare = order[np.cumsum(visits[order]) <= tolerance / 2]
    rarest = highest[wanted].min(initial=1.0)
    kept = np.ones(len(counts), dtype=bool)
    kept[spare[highest[spare] < RARER * rarest]] = False
    return counts[kept]


def _visits(
    network: Network, grid: np.ndarray, counts: np.ndarray, probability: np.ndarray
) -> np.ndarray:
    """How often each state is left, or held at the end, shape (states,); trapezoidal rule."""
    laws = [law.subs(network.values) for law in network.propensities]
    leaving = to_numpy(laws, network.symbols)(counts.T.astype(float)).sum(axis=0)
    return probability[-1] + leaving * np.trapezoid(probability, grid, axis=0)
