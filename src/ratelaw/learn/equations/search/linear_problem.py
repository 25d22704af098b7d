"""Least squares as normal equations, some coefficients not negative."""

from dataclasses import dataclass

import numpy as np

from ratelaw.learn.equations.least_squares import unit_diagonal

RIDGE = 1e-12
"""Added to columns of length 1, so that they may be spanned by each other."""
CANCELLING = 1e-5
"""Weight of the sum of coefficients beside columns of length 1."""
NEGLIGIBLE = 1e-13
"""Of the largest pivot: a column of which less is left is spanned by the others."""


@dataclass(frozen=True)
class LinearProblem:
    r"""A sum of squares of C coefficients.

    .. math:: \chi^2(\theta) = \theta^T G \theta - 2 b^T \theta + s
    """

    gram: np.ndarray
    side: np.ndarray
    square: float

    def inflated(self, factor: float) -> "LinearProblem":
        """With variances larger by a factor."""
        return LinearProblem(self.gram / factor, self.side / factor, self.square / factor)

    def mixed(self, mixing: np.ndarray) -> "LinearProblem":
        """Of other coefficients, of which these (C,) are sums: `mixing` is (C, D)."""
        return LinearProblem(mixing.T @ self.gram @ mixing, self.side @ mixing, self.square)

    def scaled(self) -> tuple["LinearProblem", np.ndarray]:
        """With columns whose residuals have unit length, and their lengths."""
        gram, size = unit_diagonal(self.gram)
        return LinearProblem(gram, self.side / size, self.square), size

    def held(self, theta: np.ndarray, weight: float) -> "LinearProblem":
        """With changes from theta weighed by this share of each column's length."""
        return self._toward(theta, weight * np.diagonal(self.gram))

    def anchored(self, theta: np.ndarray) -> "LinearProblem":
        """With a change by its own size, of each of theta (C,) that is not 0, for a cost of 1."""
        present = theta != 0
        weights = np.zeros(len(theta))
        weights[present] = 1 / np.square(theta[present])
        return self._toward(theta, weights)

    def _toward(self, theta: np.ndarray, weights: np.ndarray) -> "LinearProblem":
        return LinearProblem(
            self.gram + np.diag(weights),
            self.side + weights * theta,
            self.square + float(weights @ np.square(theta)),
        )

    def solved(self, active: np.ndarray) -> np.ndarray:
        """Coefficients (C,) of a subset, whatever their sign; 0 of the others."""
        scaled, size = self.scaled()
        theta = np.zeros(len(active))
        gram = scaled.gram[np.ix_(active, active)] + RIDGE * np.eye(int(active.sum()))
        theta[active] = np.linalg.solve(gram, scaled.side[active])
        return theta / size

    def misfit(self, active: np.ndarray) -> float:
        """The least of a subset."""
        return self.square - float(self.side @ self.solved(active))


def not_negative(problem: LinearProblem, positive: np.ndarray) -> np.ndarray:
    """The least-squares coefficients (C,), those that are `positive` (C,) not below 0."""
    scaled, size = problem.scaled()
    return bounded(*factored(scaled), positive) / size


def bounded(rows: np.ndarray, right: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """The same of rows (R, C) and a right-hand side (R,), columns of length 1.

    Where columns may cancel, the smallest: as none is below 0, their sum is a norm.
    """
    from scipy.optimize import lsq_linear, nnls

    if not positive.size:  # SciPy's routine ends the process
        return np.empty(0)
    if positive.all():
        sums = np.full(len(positive), CANCELLING)
        rows, right = np.vstack([rows, sums]), np.append(right, 0.0)
        return np.asarray(nnls(rows, right, maxiter=100 * len(positive))[0])
    return np.asarray(lsq_linear(rows, right, (np.where(positive, 0.0, -np.inf), np.inf)).x)


def without(products: np.ndarray, places: slice) -> LinearProblem:
    """A linear problem, its last column the target, with the columns at some places fitted."""
    across = products[places]
    inner = across[:, places]
    inner = inner + 1e-10 * np.trace(inner) * np.eye(len(inner))
    left = products - across.T @ np.linalg.solve(inner, across) if len(inner) else products
    kept = np.delete(np.delete(left, places, axis=0), places, axis=1)
    return LinearProblem(kept[:-1, :-1], kept[:-1, -1], float(kept[-1, -1]))


def factored(problem: LinearProblem) -> tuple[np.ndarray, np.ndarray]:
    """A and y with A^T A the matrix and A^T y the side, as few rows as its rank."""
    from scipy.linalg import solve_triangular
    from scipy.linalg.lapack import dpstrf

    factor, pivots, rank, _ = dpstrf(problem.gram, tol=NEGLIGIBLE)
    order = pivots - 1
    rows = np.zeros((rank, len(order)))
    rows[:, order] = np.triu(factor)[:rank]
    first = np.triu(factor)[:rank, :rank]
    return rows, solve_triangular(first, problem.side[order[:rank]], trans="T")
