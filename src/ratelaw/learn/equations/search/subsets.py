"""Which terms of many: exchanges in a linear problem, some coefficients not negative."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ratelaw.learn.equations.price import price
from ratelaw.learn.equations.search.linear_problem import RIDGE, LinearProblem, bounded, factored

USED = 1e-9
"""Of the largest coefficient: what is less is none."""
ROUNDS = 200
WIDTH = 12
"""Subsets whose neighbours are tried, at the end of a search."""
ADDITIONS, EXCHANGES = 5, 2
"""Columns whose addition is tried, and that of those in place of one or two others."""

LARGE = 30
"""Columns of a subset that is not thinned before exchanges are tried."""
MOST_ALIKE = 400
"""Columns among which what could stand for another is sought."""

Subset = tuple[int, ...]


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
    most
        Columns of a subset, at most.
    needed
        Columns of which every subset has at least one, by sets.
    costs
        Of the subsets seen, which are columns in order.
    best
        The `WIDTH` of least cost, in order.
    """

    problem: LinearProblem
    positive: np.ndarray
    values: int
    most: int
    needed: Sequence[frozenset[int]]
    costs: dict[Subset, float] = field(default_factory=dict)
    best: list[Subset] = field(default_factory=list)

    def ranked(self, keep: int) -> list[tuple[float, np.ndarray]]:
        """The best subsets seen, as costs and masks, none with more columns than a better one."""
        least: list[Subset] = []
        for subset in sorted(self.costs, key=self.costs.__getitem__):
            if len(least) == keep or self.costs[subset] == np.inf:
                break
            if not any(set(better) <= set(subset) for better in least):
                least.append(subset)
        return [(self.costs[subset], self._mask(subset)) for subset in least]

    def improve(self, *starts: np.ndarray) -> None:
        """Move from the best subsets to their neighbours until the best have no unseen ones."""
        from ratelaw.learn.equations.search.neighbours import neighbours, reduced

        gram, side = self.problem.gram, self.problem.side
        for start in starts:
            thin = self._thinned(np.flatnonzero(start))
            kept, gain = reduced(gram, side, self.positive, thin)
            self._remember(tuple(kept.tolist()), gain)
        expanded: set[Subset] = set()
        for _ in range(ROUNDS):
            fresh = next((subset for subset in self.best if subset not in expanded), None)
            if fresh is None:
                break
            expanded.add(fresh)
            chosen = np.array(fresh, dtype=np.int64)
            found = neighbours(gram, side, self.positive, chosen, ADDITIONS, EXCHANGES)
            for row, count, gain in zip(*(part.tolist() for part in found), strict=True):
                self._remember(tuple(row[:count]), gain)

    def _thinned(self, chosen: np.ndarray) -> np.ndarray:
        """A large subset without columns that hardly gain, the least one first."""
        while len(chosen) > LARGE:
            inverse = np.linalg.inv(
                self.problem.gram[np.ix_(chosen, chosen)] + RIDGE * np.eye(len(chosen))
            )
            theta = inverse @ self.problem.side[chosen]
            gains = np.square(theta) / np.diagonal(inverse)
            gains[self.positive[chosen] & (theta < 0)] = 0.0
            least = int(gains.argmin())
            if gains[least] > self._price(len(chosen)) - self._price(len(chosen) - 1):
                break
            chosen = np.delete(chosen, least)
        return chosen

    def alike(self, mask: np.ndarray, term: int, count: int) -> np.ndarray:
        """Columns of a subset but one, and those that gain most in its place, as a mask."""
        kept = mask & (np.arange(len(mask)) != term)
        gram, side = self.problem.gram, self.problem.side
        inner = gram[np.ix_(kept, kept)] + RIDGE * np.eye(int(kept.sum()))
        solved = np.linalg.solve(inner, np.column_stack([gram[kept], side[kept]]))
        left = np.diagonal(gram) - np.einsum("kc,kc->c", gram[kept], solved[:, :-1])
        along = side - solved[:, -1] @ gram[kept]
        along = np.where(self.positive, np.maximum(along, 0.0), along)
        gains = np.square(along) / np.maximum(left, RIDGE)
        gains[mask] = -1.0
        kept[np.argsort(-gains)[:count]] = True
        kept[term] = False
        return kept

    def _price(self, count: int) -> float:
        return price(count, len(self.problem.side), self.values)

    def _mask(self, subset: Subset) -> np.ndarray:
        mask = np.zeros(len(self.problem.side), dtype=bool)
        mask[list(subset)] = True
        return mask

    def _remember(self, subset: Subset, gain: float) -> None:
        if subset in self.costs:
            return
        allowed = len(subset) <= self.most
        if allowed and all(some.intersection(subset) for some in self.needed):
            cost = self.problem.square - gain + self._price(len(subset))
        else:
            cost = np.inf
        self.costs[subset] = cost
        if len(self.best) < WIDTH or cost < self.costs[self.best[-1]]:
            insort(self.best, subset, key=self.costs.__getitem__)
            del self.best[WIDTH:]


def best_subsets(
    problem: LinearProblem,
    positive: np.ndarray,
    values: int,
    *,
    keep: int,
    start: np.ndarray,
    most: int,
    needed: Sequence[frozenset[int]] = (),
) -> list[tuple[float, np.ndarray]]:
    """The best subsets found: from nothing, from a start, and without a term of the best.

    From nothing first: beside a subset of nearly all columns, whose neighbours are as good, few
    columns would not be looked at.
    What the whole library would use in place of a term may be several others at once.

    Parameters
    ----------
    start
        A subset to begin with, shape (C,).
    most
        Columns of a subset, at most.
    needed
        Columns of which every subset has at least one, by sets.

    Returns
    -------
    Costs and masks.
    """
    scaled, _ = problem.scaled()
    found = SubsetSearch(scaled, positive, values, most, needed)
    none, every = np.zeros(len(positive), dtype=bool), np.ones(len(positive), dtype=bool)
    rows, right = factored(scaled)

    def used(among: np.ndarray) -> np.ndarray:
        """The columns that least squares uses; free ones may be negative."""
        theta = np.zeros(len(positive))
        theta[among] = bounded(rows[:, among], right, positive[among])
        return np.abs(theta) > USED * np.abs(theta).max(initial=0.0)

    found.improve(none)
    found.improve(start, used(every))
    for _, best in found.ranked(1):
        for term in np.flatnonzero(best).tolist():
            found.improve(used(found.alike(best, term, MOST_ALIKE)))
    return found.ranked(keep)
