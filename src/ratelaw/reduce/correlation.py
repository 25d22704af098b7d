"""The paper's criterion: species whose time derivatives are correlated move together."""

from collections.abc import Sequence

import numpy as np


def correlation(derivatives: np.ndarray) -> np.ndarray:
    r"""Absolute Pearson correlation between time derivatives.

    .. math:: |r_{ij}| = \frac{|\sum_t (\dot x_i - \bar{\dot x}_i)(\dot x_j - \bar{\dot x}_j)|}
        {(T - 1)\, s_i s_j}

    Parameters
    ----------
    derivatives
        dx/dt, shape (T, N).

    Returns
    -------
    Shape (N, N); NaN for a species whose derivative is constant.

    Notes
    -----
    Yang 2020, Table II.

    Examples
    --------
    >>> correlation(np.array([[1.0, -2.0], [3.0, -6.0], [2.0, -4.0]]))
    array([[1., 1.],
           [1., 1.]])
    """
    centred = derivatives - derivatives.mean(axis=0)
    size = np.linalg.norm(centred, axis=0)
    still = size <= 1e-12 * np.linalg.norm(derivatives, axis=0).max(initial=0.0)
    scaled = centred / np.where(still, np.nan, size)
    return np.abs(np.clip(scaled.T @ scaled, -1, 1))


def two_groups(matrix: np.ndarray) -> tuple[np.ndarray, ...]:
    """The two groups of average-linkage clustering with the distance 1 - |r|.

    Parameters
    ----------
    matrix
        |r|, shape (N, N).

    Returns
    -------
    Positions of each group; species without a correlation are in none. A single group if fewer
    than two species have one.

    Examples
    --------
    >>> two_groups(np.array([[1, 0.9, 0.2], [0.9, 1, 0.3], [0.2, 0.3, 1]]))
    (array([0, 1]), array([2]))
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    moving = np.flatnonzero(np.isfinite(np.diagonal(matrix)))
    if len(moving) < 2:  # noqa: PLR2004
        return (moving,)
    distance = 1 - matrix[np.ix_(moving, moving)]
    np.fill_diagonal(distance, 0.0)
    labels = fcluster(linkage(squareform(distance, checks=False), "average"), 2, "maxclust")
    return tuple(moving[labels == label] for label in range(1, labels.max() + 1))


def named(groups: Sequence[np.ndarray], species: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of positions as groups of names."""
    return tuple(tuple(species[i] for i in group) for group in groups)
