"""Which subsets of reactions are worth a fit: a beam search on a quadratic deviance."""

import numpy as np

from ratelaw.learn.equations.beam import Subset, beam_search
from ratelaw.learn.equations.search.linear_problem import LinearProblem
from ratelaw.learn.rates.criterion import Quadratic

RIDGE = 1e-9
"""Added to the information, scaled to a diagonal of 1, so that all its parts have an inverse."""


def promising(
    around: Quadratic,
    *,
    penalty: float,
    within: float,
    beam: int,
    needed: np.ndarray | None = None,
) -> list[tuple[float, np.ndarray]]:
    r"""Subsets whose predicted criterion is within reach of the best predicted, best first.

    .. math:: D_S = \min_{k_S} D(k), \qquad D_S + |S|\, penalty

    Those whose minimum has a negative constant are left out: without it they fit as well.

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
    needed
        Shape (M,): the reactions that every subset holds; none unless told.

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
    always = set() if needed is None else set(np.flatnonzero(needed).tolist())
    problem, scale = _about_zero(around).scaled()
    gram = problem.gram + RIDGE * np.eye(scale.size)

    def solved(subsets: list[Subset]) -> tuple[np.ndarray, np.ndarray]:
        """Subsets of one size and their scaled constants, each (.., size)."""
        which = np.array(subsets, dtype=int).reshape(len(subsets), -1)
        parts = gram[which[:, :, None], which[:, None, :]]
        return which, np.linalg.solve(parts, problem.side[which][..., None])[..., 0]

    def deviances(subsets: list[Subset]) -> np.ndarray:
        which, inside = solved(subsets)
        return problem.square - (problem.side[which] * inside).sum(axis=1)

    optional = [j for j in range(scale.size) if j not in always]

    def with_needed(chosen: Subset) -> Subset:
        return tuple(sorted((*always, *(optional[place] for place in chosen))))

    free = beam_search(len(optional), lambda level: deviances([*map(with_needed, level)]), beam)
    least = {with_needed(chosen): deviance for chosen, deviance in free.items()}
    found: list[tuple[float, np.ndarray]] = []
    for cost, subset in sorted((least[s] + penalty * len(s), s) for s in least):
        if found and cost >= found[0][0] + within:
            break
        (which,), (inside,) = solved([subset])
        if (inside > 0).all():
            constants = np.zeros(scale.size)
            constants[which] = inside / scale[which]
            found.append((cost, constants))
    return found


def _about_zero(around: Quadratic) -> LinearProblem:
    """The quadratic as a sum of squares of the constants themselves."""
    slope = around.information @ around.constants + around.gradient
    square = around.deviance + (slope + around.gradient) @ around.constants
    return LinearProblem(around.information, slope, square)
