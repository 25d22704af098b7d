"""Terms left out of a model, as many at a time as it can spare, every step fitted anew."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ratelaw.learn.equations.inverse_problem import InverseProblem, Point
from ratelaw.learn.equations.search.all_terms import first_order, fit_logarithms

HOPELESS = 1000.0
"""A sum of squares, in units of what it must not exceed, that no long fit needs to bring lower."""


def eliminated(problem: InverseProblem, point: Point, price: Callable[[int], float]) -> Point:
    r"""The point, fitted, of the terms that cannot be left out.

    .. math:: \Delta_c = \theta_c^2 / (G^{-1})_{cc}

    is by how much, to first order, the sum of squares rises without term c. What it promises is not
    taken for true: data hardly depend on how fast a fast reaction is, but on whether there is one.
    Half of the terms are left out, those of the least rise; if a fit without them is not better,
    half as many, down to one; a term without which no fit is better stays.

    Parameters
    ----------
    problem, point
        A fit of many terms, all of them >= 0.
    price
        Of a model with so many terms, in units of the sum of squares.

    Notes
    -----
    The rise is that of optimal brain surgery (Hassibi and Stork 1993).
    """
    needed = np.zeros(len(point.theta), dtype=bool)
    cost = problem.misfit(point) + price(int(np.count_nonzero(point.theta)))
    share, rises = 2, _rises(problem, point)
    while True:
        open_ = np.flatnonzero((point.theta > 0) & ~needed)
        if not open_.size:
            return point
        removed = open_[np.argsort(rises[open_])][: max(1, open_.size // share)]
        fewer = replace(point, theta=point.theta.copy())
        fewer.theta[removed] = 0.0
        fewer = fit_logarithms(problem, fewer, enough=HOPELESS * cost)
        found = problem.misfit(fewer) + price(int(np.count_nonzero(fewer.theta)))
        if found < cost:
            point, cost, share, rises = fewer, found, 2, _rises(problem, fewer)
        elif removed.size == 1:
            needed[removed] = True
        else:
            share *= 2


def _rises(problem: InverseProblem, point: Point) -> np.ndarray:
    """By how much the sum of squares rises without each term, to first order, shape (C,)."""
    linear, size = first_order(problem, point).scaled()
    active = point.theta > 0
    gram = linear.gram[np.ix_(active, active)]
    inverse = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
    rises = np.zeros(len(active))
    rises[active] = np.square(point.theta * size)[active] / np.diagonal(inverse)
    return rises
