"""The distance of moments from those of a network, as a function of its rates."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import sympy as sp

from ratelaw.errors import DataError
from ratelaw.learn.equations.averages.flow import VectorField
from ratelaw.learn.equations.averages.regression import Regression
from ratelaw.learn.equations.least_squares import orthogonal_to
from ratelaw.learn.rates.criterion import Criterion, Estimate
from ratelaw.learn.rates.rate_problem import RateProblem
from ratelaw.learn.rates.rates import Rates
from ratelaw.network import Network

SETTLED = 1e-10
"""Change of the sum of squares, relative, at which starting values have been found."""
FEWEST = 1e-3
"""Of the largest effect on the data: that of constants that regression puts at 0, where a search
begins."""


@dataclass(frozen=True, eq=False)
class MomentCriterion(Criterion):
    r"""Hansen's J of candidate reactions.

    .. math:: J(k) = (z - \hat z(k))^T \Sigma^{-1} (z - \hat z(k))
    """

    problem: RateProblem

    @property
    def candidates(self) -> Network:
        return self.problem.candidates

    @property
    def observations(self) -> int:
        return self.regression.trials

    @cached_property
    def regression(self) -> Regression:
        """Through the moment equations, which are linear in the constants."""
        equations = self.problem.equations
        columns = tuple(
            tuple(sp.diff(rate, constant) for rate in equations.rates)
            for constant in self.problem.constants
        )
        return Regression(VectorField(equations.moments, columns), self.problem.observations)

    @cached_property
    def start(self) -> np.ndarray:
        from scipy.optimize import nnls

        design, target = self.regression.integral_problem
        scale = self.regression.column_scale
        effects = nnls(design / scale, target)[0]
        if not effects.any():
            return np.ones(effects.size)
        return np.maximum(effects, FEWEST * effects.max()) / scale

    def design(self, estimate: Estimate) -> np.ndarray:  # noqa: ARG002
        return self.regression.integral_problem[0]

    def parts(self, fitted: np.ndarray, constants: np.ndarray) -> "list[_Part]":
        return [_Part(self.regression, fitted, constants)]

    def scatter(self, estimate: Estimate) -> np.ndarray:
        """Where moments are weighed by the network, that of the sample may be another."""
        from scipy.linalg import block_diag

        blocks = [
            np.eye(len(data.whitener))
            if data.scatter is None or np.isfinite(data.weighed_by)
            else data.whitener @ data.scatter @ data.whitener.T
            for data in self.problem.observations
        ]
        (part,) = self.parts(np.ones(estimate.fitted.size, dtype=bool), estimate.constants)
        slopes = part.slopes(estimate.constants)
        return slopes.T @ block_diag(*blocks) @ slopes

    def rates(self, estimate: Estimate) -> Rates:
        return self._rates(
            estimate.constants, estimate.covariance, estimate.present, estimate.deviance
        )

    def all_free(self, estimate: Estimate) -> Rates:
        """Not even held at zero or above."""
        everything = np.ones(estimate.constants.size, dtype=bool)
        free = self.regression.fit(everything, estimate.constants)
        if not np.isfinite(free.chi_square):
            raise DataError("no rates reproduce these moments: are the candidates complete?")
        return self._rates(free.theta, free.covariance, everything, free.chi_square)

    def _rates(
        self, constants: np.ndarray, covariance: np.ndarray, present: np.ndarray, distance: float
    ) -> Rates:
        count = int(present.sum())
        freedom = self.regression.degrees_of_freedom - count
        return Rates(
            candidates=self.candidates,
            constants=constants,
            covariance=covariance * self._wider(count),
            present=present,
            chi_square=distance,
            degrees_of_freedom=freedom,
            fit_probability=self._probability(distance, freedom),
        )

    def _probability(self, distance: float, freedom: int) -> float | None:
        r"""Of a larger J, where the candidates are right and weights come from a sample.

        In one data set J is then distributed as :math:`d \frac{m - 2}{m} F(d, m)`, m = N - p: its
        mean is d and its variance 2 d v, v = (d + m - 2) / (m - 4). A chi-square with d / v degrees
        of freedom, times v, has both.
        """
        from scipy.stats import chi2

        if freedom <= 0:
            return None
        sizes, trials = self._blocks
        shares = freedom * sizes / sizes.sum()
        spare = np.maximum(trials - sizes, 5.0)
        excess = float(sizes @ (1 + (shares + 2) / (spare - 4)) / sizes.sum())
        return float(chi2.sf(distance / excess, freedom / excess))

    def _wider(self, count: int) -> float:
        """By which a covariance grows since the weights come from a sample (Percival 2014, Eq. 18).

        Weighted over the data sets by their moments.
        """
        sizes, trials = self._blocks
        spare = np.maximum(trials - sizes, 5.0)
        a = 2 / (spare - 1) / (spare - 4)
        b = (1 - 1 / (spare - 1)) / (spare - 4)
        share = count * sizes / sizes.sum()
        return float(sizes @ ((1 + b * (sizes - share)) / (1 + a + b * (share + 1))) / sizes.sum())

    @cached_property
    def _blocks(self) -> tuple[np.ndarray, np.ndarray]:
        """Of each data set: the moments that are weighed, and the trials that the weights use."""
        data = self.problem.observations
        return (
            np.array([len(part.whitener) for part in data], dtype=float),
            np.array([part.weighed_by for part in data]),
        )


@dataclass(frozen=True, eq=False)
class _Part:
    """-J/2 as a function of the fitted constants, at its maximum over free starting values."""

    regression: Regression
    fitted: np.ndarray
    constants: np.ndarray

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        residuals, slopes = self._solved(theta.tobytes())
        return -0.5 * float(residuals @ residuals), -slopes.T @ residuals

    def information(self, theta: np.ndarray) -> np.ndarray:
        slopes = self.slopes(theta)
        return slopes.T @ slopes

    def slopes(self, theta: np.ndarray) -> np.ndarray:
        """Of the whitened residuals, shape (K, P)."""
        return self._solved(theta.tobytes())[1]

    @cached_property
    def _solved(self) -> Callable[[bytes], tuple[np.ndarray, np.ndarray]]:
        return lru_cache(maxsize=2)(self._solve)

    def _solve(self, theta: bytes) -> tuple[np.ndarray, np.ndarray]:
        full = self.constants.copy()
        full[self.fitted] = np.frombuffer(theta)
        shifts = np.zeros(self.regression.free_starts)
        before = np.inf
        while True:
            residuals, slopes, of_starts = self.regression.solve(full, shifts)
            now = float(residuals @ residuals)
            if not shifts.size or not before - now > SETTLED * now:
                break
            before = now
            shifts = shifts - np.linalg.lstsq(of_starts, residuals, rcond=None)[0]
        return residuals, orthogonal_to(slopes[:, self.fitted], of_starts)
