"""Rough constants from what changed between the initial states of cells and their measurement."""

from collections.abc import Sequence

import numpy as np

from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy


def rough_constants(network: Network, sets: Sequence[Snapshots]) -> np.ndarray:
    r"""Non-negative least squares on average increments and on their squares.

    .. math:: \Delta n \approx \sum_j u_j k_j x_j, \quad
        r r^T \approx \sum_j u_j u_j^T k_j x_j, \quad x_j = \tfrac t2 (h_j(n_0) + h_j(n))

    with propensities k_j h_j(n), for cells that came from n_0 to n in the time t, and r what the
    first equation leaves. It holds for short times, needs no two cells to be alike, and begins a
    search elsewhere.

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
    >>> rough_constants(network, [Snapshots.of_cells([2.0, 2.0], [[4], [8]], ["A"], {"A": 0})])
    array([2.8])
    """
    from scipy.optimize import nnls

    exposure, increments, cells = _exposures(network, sets)
    i, j = np.triu_indices(len(network.species))
    changes = network.stoichiometry.T.astype(float)
    drift = exposure[:, None, :] * changes.T
    spread = exposure[:, None, :] * (changes[:, i] * changes[:, j]).T

    def solve(design: np.ndarray, values: np.ndarray, scale: np.ndarray) -> np.ndarray:
        weights = np.sqrt(cells)[:, None] / scale
        rows = design * weights[:, :, None]
        return nnls(rows.reshape(-1, design.shape[2]), (values * weights).ravel())[0]

    left = increments - drift @ solve(drift, increments, np.ones(len(network.species)))
    squares = left[:, i] * left[:, j]
    deviation = np.sqrt(cells @ left**2 / cells.sum())
    deviation[deviation == 0] = 1.0
    return solve(
        np.concatenate([drift, spread], axis=1),
        np.concatenate([increments, squares], axis=1),
        np.concatenate([deviation, deviation[i] * deviation[j]]),
    )


def _exposures(
    network: Network, sets: Sequence[Snapshots]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each kind of cell the integrals of h, shape (rows, M), its increment, and how many."""
    laws = [
        law.diff(symbol(name))
        for law, name in zip(network.propensities, network.parameters, strict=True)
    ]
    chances = to_numpy(laws, network.symbols)
    rows = []
    for data in sets:
        order = [data.species.index(name) for name in network.species]
        start = np.array([data.initial[name] for name in network.species])
        for time, seen, cells in zip(data.times, data.observed, data.cells, strict=True):
            there = seen[:, order].astype(float)
            integral = time / 2 * (chances(there.T) + chances(start[:, None])).T
            rows.append((integral, there - start, cells))
    exposure, increments, cells = map(np.concatenate, zip(*rows, strict=True))
    return exposure, increments, cells
