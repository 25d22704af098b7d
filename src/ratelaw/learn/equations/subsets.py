"""Which terms of many: exchanges in a linear problem, some coefficients not negative."""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammaln

from ratelaw.learn.equations.matching import LinearProblem

COLLINEAR = 1e-8
"""A column of which no more than this is left beside others is spanned by them."""
ROUNDS = 200


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
    costs
        Of the subsets seen.
    """

    problem: LinearProblem
    positive: np.ndarray
    values: int
    costs: dict[frozenset[int], float] = field(default_factory=dict)

    def ranked(self, keep: int) -> list[np.ndarray]:
        """The best subsets seen, as masks."""
        best = sorted(self.costs, key=lambda subset: self.costs[subset])[:keep]
        return [self._mask(subset) for subset in best]

    def improve(self, start: np.ndarray) -> np.ndarray:
        """Add, remove and exchange columns one by one until nothing helps."""
        chosen: list[int] = np.flatnonzero(start).tolist()
        theta, _ = self.solve(chosen)
        chosen = self._kept(chosen, theta)
        cost = self._remember(chosen)
        for _ in range(ROUNDS):
            best = min(
                (self._best_addition(chosen), self._best_removal(chosen)), key=lambda move: move[0]
            )
            exchange = self._best_exchange(chosen)
            if exchange[0] < best[0]:
                best = exchange
            if not best[0] < cost - 1e-9 * abs(cost):
                break
            chosen = best[1]
            theta, _ = self.solve(chosen)
            chosen = self._kept(chosen, theta)
            found = self._remember(chosen)
            if found >= cost:
                break
            cost = found
        return self._mask(chosen)

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

    def _kept(self, chosen: list[int], theta: np.ndarray) -> list[int]:
        """Without what would be negative, worst first."""
        chosen = list(chosen)
        while chosen:
            bad = np.where(self.positive[chosen], theta, 0.0)
            if bad.min() >= 0:
                break
            del chosen[int(bad.argmin())]
            theta, _ = self.solve(chosen)
        return chosen

    def _remember(self, chosen: list[int]) -> float:
        _, misfit = self.solve(chosen)
        cost = misfit + self._price(len(chosen))
        self.costs[frozenset(int(c) for c in chosen)] = cost
        return cost

    def _price(self, count: int) -> float:
        return price(count, len(self.problem.side), self.values)

    def _gains(self, chosen: list[int]) -> tuple[np.ndarray, float]:
        """By how much each column would lower the misfit; 0 where it must not."""
        theta, misfit = self.solve(chosen)
        across = self.problem.gram[:, chosen]
        left = np.diagonal(self.problem.gram).copy()
        if chosen:
            inner = self.problem.gram[np.ix_(chosen, chosen)] + 1e-12 * np.eye(len(chosen))
            solved = np.linalg.solve(inner, across.T)
            left -= np.einsum("ck,kc->c", across, solved)
        along = self.problem.side - across @ theta
        usable = left > COLLINEAR
        usable[chosen] = False
        usable &= ~self.positive | (along > 0)
        return np.where(usable, along**2 / np.where(usable, left, 1.0), 0.0), misfit

    def _best_addition(self, chosen: list[int]) -> tuple[float, list[int]]:
        gains, misfit = self._gains(chosen)
        c = int(gains.argmax())
        if gains[c] <= 0:
            return np.inf, chosen
        return misfit - gains[c] + self._price(len(chosen) + 1), [*chosen, c]

    def _best_removal(self, chosen: list[int]) -> tuple[float, list[int]]:
        smaller = [[*chosen[:i], *chosen[i + 1 :]] for i in range(len(chosen))]
        costs = [self._remember(self._kept(s, self.solve(s)[0])) for s in smaller]
        if not costs:
            return np.inf, chosen
        i = int(np.argmin(costs))
        return costs[i], smaller[i]

    def _best_exchange(self, chosen: list[int]) -> tuple[float, list[int]]:
        best: tuple[float, list[int]] = (np.inf, chosen)
        for i in range(len(chosen)):
            others = [*chosen[:i], *chosen[i + 1 :]]
            found = self._best_addition(others)
            if chosen[i] != found[1][-1] and found[0] < best[0]:
                best = found
        return best


def search(
    problem: LinearProblem, positive: np.ndarray, values: int, *, keep: int
) -> list[np.ndarray]:
    """The best subsets found from nothing and from the whole, as masks."""
    scaled, _ = problem.scaled()
    found = SubsetSearch(scaled, positive, values)
    found.improve(np.zeros(len(positive), dtype=bool))
    found.improve(_not_negative(scaled, positive))
    return found.ranked(keep)


def _not_negative(problem: LinearProblem, positive: np.ndarray) -> np.ndarray:
    """The columns that non-negative least squares uses; free ones may be negative."""
    from scipy.optimize import lsq_linear

    weights, vectors = np.linalg.eigh(problem.gram)
    kept = weights > 1e-10 * weights[-1]
    root = np.sqrt(weights[kept])
    rows = (vectors[:, kept] * root).T
    right = (vectors[:, kept].T @ problem.side) / root
    if positive.all():
        from scipy.optimize import nnls

        theta, _ = nnls(rows, right, maxiter=100 * len(positive))
    else:
        theta = lsq_linear(rows, right, (np.where(positive, 0.0, -np.inf), np.inf)).x
    return np.abs(theta) > 1e-9 * np.abs(theta).max(initial=0.0)
