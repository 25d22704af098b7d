"""Rough constants from how averages of cells change between the times of their measurement."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy

Chances = Callable[[np.ndarray], np.ndarray]
Averages = tuple[np.ndarray, np.ndarray, np.ndarray, float]
"""Of features, of their slopes by the constants, of squared features; and of how many cells."""


def rough_constants(network: Network, sets: Sequence[Snapshots]) -> np.ndarray:
    r"""Non-negative least squares on the equations of averages, with averages over the cells.

    .. math:: \langle f \rangle_{t_2} - \langle f \rangle_{t_1} = \sum_j k_j \int_{t_1}^{t_2}
        \langle h_j(n)\, (f(n + u_j) - f(n)) \rangle\, dt, \qquad f = d_i,\ d_i d_l

    with propensities k_j h_j(n), d what was added since the start, and integrals by the trapezoidal
    rule between times of measurement. It needs no closure and no two cells to be alike, and begins
    a search elsewhere.

    Parameters
    ----------
    network
        Reactions of mass action with constants k1 to kM.
    sets
        Cells of its species, taken as exact counts of all cells.

    Returns
    -------
    Shape (M,), >= 0.

    Examples
    --------
    >>> network = Network.parse("0 --> A, k1\nk1 = 1")
    >>> data = Snapshots.of_cells([2.0, 2.0], [[4], [8]], ["A"], {"A": 0})
    >>> rough_constants(network, [data]).round(2)  # 3 by the average, 2.86 by the square
    array([2.94])
    """
    from scipy.optimize import nnls

    chances = _chances(network)
    courses = [(data.times, _course(network, chances, data)) for data in sets]
    seen = [averages for _, course in courses for averages in course[1:]]
    cells = np.array([count for *_, count in seen])
    overall = cells @ [squares for _, _, squares, _ in seen] / cells.sum()
    design, target = [], []
    for times, course in courses:
        for span, (before, after) in zip(
            np.diff(times, prepend=0.0), pairwise(course), strict=True
        ):
            deviation = np.sqrt(_scatter(before, overall) + _scatter(after, overall))
            deviation[deviation == 0] = 1.0
            design.append(span / 2 * (before[1] + after[1]) / deviation[:, None])
            target.append((after[0] - before[0]) / deviation)
    return nnls(np.concatenate(design), np.concatenate(target))[0]


def average_chances(network: Network, sets: Sequence[Snapshots]) -> np.ndarray:
    r"""Of the propensities h_j with constants of 1, over all cells, shape (M,).

    Examples
    --------
    >>> network = Network.parse("A --> 0, k1\nk1 = 1")
    >>> average_chances(network, [Snapshots.of_cells([2.0, 2.0], [[4], [8]], ["A"], {"A": 9})])
    array([6.])
    """
    chances, found, total = _chances(network), np.zeros(len(network.reactions)), 0
    for data in sets:
        order = [data.species.index(name) for name in network.species]
        for seen, cells in zip(data.observed, data.cells, strict=True):
            found += chances(seen[:, order].T.astype(float)) @ cells
        total += data.total
    return found / total


def _chances(network: Network) -> Chances:
    laws = [
        law.diff(symbol(name))
        for law, name in zip(network.propensities, network.parameters, strict=True)
    ]
    return to_numpy(laws, network.symbols)


def _course(network: Network, chances: Chances, data: Snapshots) -> list[Averages]:
    """At the start, of which infinitely many cells are known, and at each time."""
    order = [data.species.index(name) for name in network.species]
    start = np.array([[data.initial[name] for name in network.species]])
    changes = network.stoichiometry.astype(float)
    i, l = np.triu_indices(len(changes))

    def averages(counts: np.ndarray, cells: np.ndarray, total: float) -> Averages:
        added = counts - start
        first = np.broadcast_to(changes, (len(counts), *changes.shape))
        second = (
            added[:, i, None] * changes[l]
            + added[:, l, None] * changes[i]
            + changes[i] * changes[l]
        )
        moves = np.concatenate([first, second], axis=1) * chances(counts.T).T[:, None]
        features = np.concatenate([added, added[:, i] * added[:, l]], axis=1)
        share = cells / cells.sum()
        return share @ features, np.tensordot(share, moves, 1), share @ features**2, total

    return [averages(start, np.ones(1), np.inf)] + [
        averages(seen[:, order].astype(float), cells, cells.sum())
        for seen, cells in zip(data.observed, data.cells, strict=True)
    ]


def _scatter(averages: Averages, overall: np.ndarray) -> np.ndarray:
    """The squared error of averages: of the cells' own scatter and of one cell of the overall."""
    mean, _, squares, cells = averages
    return (squares - mean**2) / cells + (overall - squares + mean**2) / (cells * (cells + 1))
