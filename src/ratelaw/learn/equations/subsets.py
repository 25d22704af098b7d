"""Which terms of many: exchanges in a linear problem, some coefficients not negative."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.special import gammaln

from ratelaw.learn.equations.linear_problem import LinearProblem, not_negative

COLLINEAR = 1e-8
"""A column of which no more than this is left beside others is spanned by them."""
ROUNDS = 200
WIDTH = 12
"""Subsets whose neighbours are tried, at the end of a search."""
ADDITIONS = 5
"""Columns whose addition is tried."""
MERGED = 2
"""Most columns for which a single other one is tried."""


def price(count: int, candidates: int, values: int) -> float:
    r"""What a model of so many terms must gain: the extended Bayesian information criterion.

    .. math:: k \ln n + 2 \ln \binom{C}{k}

    Notes
    -----
    Chen and Chen 2008, gamma = 1: among many candidates some fit noise well.

    Examples
    --------
    >>> round(price(1, 100, 1000), 2)
    16.12
    """
    choices = gammaln(candidates + 1) - gammaln(count + 1) - gammaln(candidates - count + 1)
    return float(count * np.log(values) + 2 * choices)


@dataclass
class SubsetSearch:
    """Subsets of the columns of a problem, by misfit and price; columns of length 1.

    Attributes
    ----------
    problem
        Scaled, C columns.
    positive
        Whose coefficient must be >= 0, shape (C,).
    values
        Values behind the problem.
    needed
        Columns of which every subset has at least one, by sets.
    costs
        Of the subsets seen.
    """

    problem: LinearProblem
    positive: np.ndarray
    values: int
    needed: Sequence[frozenset[int]]
    costs: dict[frozenset[int], float] = field(default_factory=dict)

    def ranked(self, keep: int) -> list[tuple[float, np.ndarray]]:
        """The best subsets seen, as costs and masks, none with more columns than a better one."""
        least: list[frozenset[int]] = []
        for subset in sorted(self.costs, key=lambda subset: self.costs[subset]):
            if len(least) == keep or self.costs[subset] == np.inf:
                break
            if not any(better <= subset for better in least):
                least.append(subset)
        return [(self.costs[subset], self._mask(subset)) for subset in least]

    def improve(self, *starts: np.ndarray) -> None:
        """Move from the best subsets to their neighbours until the best have no unseen ones."""
        for start in starts:
            self._remember(self._kept(np.flatnonzero(start).tolist()))
        expanded: set[frozenset[int]] = set()
        for _ in range(ROUNDS):
            best = sorted(self.costs, key=lambda subset: self.costs[subset])[:WIDTH]
            fresh = [subset for subset in best if subset not in expanded]
            if not fresh:
                break
            expanded.add(fresh[0])
            for move in self._moves(sorted(fresh[0])):
                self._remember(self._kept(move))

    def _moves(self, chosen: list[int]) -> list[list[int]]:
        """The best additions; the removals; for one or two columns the best other one instead."""
        moves = [[*chosen, c] for c in self._best(chosen, ADDITIONS)]
        for out in range(1, 1 + min(MERGED, len(chosen))):
            for removed in combinations(chosen, out):
                others = [c for c in chosen if c not in removed]
                moves.append(others)
                moves += [[*others, c] for c in self._best(others, 2) if c not in removed]
        return moves or [chosen]

    def _best(self, chosen: list[int], count: int) -> list[int]:
        """The columns whose addition gains most."""
        gains = self._gains(chosen)
        order = np.argsort(-gains)[:count]
        return [int(c) for c in order if gains[c] > 0]

    def solve(self, chosen: list[int]) -> tuple[np.ndarray, float]:
        """Coefficients of some columns, whatever their sign, and the misfit."""
        if not chosen:
            return np.empty(0), self.problem.square
        gram, side = self.problem.gram[np.ix_(chosen, chosen)], self.problem.side[chosen]
        theta = np.linalg.solve(gram + 1e-12 * np.eye(len(chosen)), side)
        return theta, float(self.problem.square - side @ theta)

    def _mask(self, chosen: "list[int] | frozenset[int]") -> np.ndarray:
        mask = np.zeros(len(self.problem.side), dtype=bool)
        mask[list(chosen)] = True
        return mask

    def _kept(self, chosen: list[int]) -> list[int]:
        """Without what would be negative, worst first."""
        chosen = list(chosen)
        while chosen:
            theta, _ = self.solve(chosen)
            bad = np.where(self.positive[chosen], theta, 0.0)
            if bad.min() >= 0:
                break
            del chosen[int(bad.argmin())]
        return chosen

    def _remember(self, chosen: list[int]) -> float:
        key = frozenset(chosen)
        if key not in self.costs:
            _, misfit = self.solve(chosen)
            cost = misfit + price(len(chosen), len(self.problem.side), self.values)
            self.costs[key] = cost if all(key & some for some in self.needed) else np.inf
        return self.costs[key]

    def _gains(self, chosen: list[int]) -> np.ndarray:
        """By how much each column would lower the misfit, shape (C,); 0 where it must not."""
        theta, _ = self.solve(chosen)
        across = self.problem.gram[:, chosen]
        left = np.diagonal(self.problem.gram).copy()
        if chosen:
            inner = self.problem.gram[np.ix_(chosen, chosen)] + 1e-12 * np.eye(len(chosen))
            left -= np.einsum("ck,kc->c", across, np.linalg.solve(inner, across.T))
        along = self.problem.side - across @ theta
        usable = left > COLLINEAR
        usable[chosen] = False
        usable &= ~self.positive | (along > 0)
        return np.where(usable, along**2 / np.where(usable, left, 1.0), 0.0)


def search(
    problem: LinearProblem,
    positive: np.ndarray,
    values: int,
    *,
    keep: int,
    start: np.ndarray,
    needed: Sequence[frozenset[int]] = (),
) -> list[tuple[float, np.ndarray]]:
    """The best subsets found: from a start, from nothing, and without a term of the best.

    What the whole library would use in place of a term may be several others at once.

    Parameters
    ----------
    needed
        Columns of which every subset has at least one, by sets.

    Returns
    -------
    Costs and masks.
    """
    scaled, _ = problem.scaled()
    found = SubsetSearch(scaled, positive, values, needed)
    none = np.zeros(len(positive), dtype=bool)
    found.improve(start, none, used(scaled, positive, ~none))
    for _, best in found.ranked(1):
        for term in np.flatnonzero(best):
            others = np.arange(len(positive)) != term
            found.improve(used(scaled, positive, others))
    return found.ranked(keep)


def used(
    problem: LinearProblem, positive: np.ndarray, among: np.ndarray | None = None
) -> np.ndarray:
    """The columns that least squares uses; free ones may be negative."""
    chosen = np.arange(len(positive)) if among is None else np.flatnonzero(among)
    part = LinearProblem(problem.gram[np.ix_(chosen, chosen)], problem.side[chosen], problem.square)
    theta = np.zeros(len(positive))
    theta[chosen] = not_negative(part, positive[chosen])
    return np.abs(theta) > 1e-9 * np.abs(theta).max(initial=0.0)
