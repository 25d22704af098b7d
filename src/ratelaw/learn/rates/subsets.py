"""Which subsets of reactions are worth a fit: a beam search on a quadratic deviance."""

from collections.abc import Iterable

import numpy as np

from ratelaw.learn.rates.criterion import Quadratic

RIDGE = 1e-9
"""Added to the information, scaled to a diagonal of 1, so that all its parts have an inverse."""


def promising(
    around: Quadratic, *, penalty: float, within: float, beam: int
) -> list[tuple[float, np.ndarray]]:
    r"""Subsets whose predicted criterion is within reach of the best predicted, best first.

    .. math:: D_S = \min_{k_S} D(k), \qquad D_S + |S|\, penalty

    Subsets grow from the empty one and shrink from all reactions, keeping the `beam` best of each
    size: so the cost is the cube of the number of reactions, not 2 to its power. Those whose
    minimum has a negative constant are left out: without it they fit as well.

    Parameters
    ----------
    around
        The deviance of M reactions around some point.
    penalty
        What one more reaction must gain.
    within
        Distance from the best predicted.
    beam
        Subsets kept at each size.

    Returns
    -------
    Predicted criterion and constants, shape (M,), 0 where a reaction is not in the subset.

    Examples
    --------
    >>> around = Quadratic(np.array([3.0, 0.1]), 5.0, np.zeros(2), np.eye(2))
    >>> best = promising(around, penalty=1.0, within=3.0, beam=5)[0]
    >>> round(best[0], 6), best[1]
    (6.01, array([3., 0.]))
    """
    problem = _Scaled(around)
    size = around.constants.size
    found: list[tuple[float, tuple[float, ...]]] = []
    for first, moves in (((), _grown), (tuple(range(size)), _shrunk)):
        level = [first]
        while level:
            costs, constants = problem.minima(level)
            order = np.argsort(costs)[:beam].tolist()
            for place in order:
                if (constants[place][list(level[place])] > 0).all():
                    cost = float(costs[place]) + penalty * len(level[place])
                    found.append((cost, tuple(constants[place])))
            level = sorted({new for place in order for new in moves(level[place], size)})
    least = min(cost for cost, _ in found)
    ranked = sorted({(cost, constants) for cost, constants in found if cost < least + within})
    return [(cost, np.array(constants)) for cost, constants in ranked]


class _Scaled:
    """The quadratic with the information scaled to a diagonal of 1."""

    def __init__(self, around: Quadratic) -> None:
        diagonal = np.diagonal(around.information)
        scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
        self.information = around.information / np.outer(scale, scale)
        self.information += RIDGE * np.eye(scale.size)
        slope = around.information @ around.constants + around.gradient
        self.slope = slope / scale
        self.scale = scale
        self.at_zero = around.deviance + (slope + around.gradient) @ around.constants

    def minima(self, subsets: list[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray]:
        """Of subsets of one size: the least deviances, and the constants there, shape (.., M)."""
        which = np.array(subsets, dtype=int).reshape(len(subsets), -1)
        slopes = self.slope[which]
        parts = self.information[which[:, :, None], which[:, None, :]]
        solved = np.linalg.solve(parts, slopes[..., None])[..., 0]
        constants = np.zeros((len(subsets), self.scale.size))
        np.put_along_axis(constants, which, solved / self.scale[which], axis=1)
        return self.at_zero - (slopes * solved).sum(axis=1), constants


def _grown(subset: tuple[int, ...], size: int) -> Iterable[tuple[int, ...]]:
    return (tuple(sorted((*subset, j))) for j in range(size) if j not in subset)


def _shrunk(subset: tuple[int, ...], _size: int) -> Iterable[tuple[int, ...]]:
    return (subset[:j] + subset[j + 1 :] for j in range(len(subset)))
