"""Coefficients of the ratios, fitted through the slow equations to all species at once."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ratelaw.errors import DataError, SolverError
from ratelaw.learn.equations.least_squares import gauss_newton_covariance
from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.reduce.elimination import Branch
from ratelaw.reduce.rational_flow import RTOL, RationalFlow
from ratelaw.reduce.rational_form import RationalForm
from ratelaw.reduce.rational_regression import fit_ratios
from ratelaw.reduce.rational_selection import Course, spans
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.reduce.slow_manifold import tangent
from ratelaw.reduce.splitting import Splitting, holding, named_rows

UNREACHABLE = 1e6
"""Residual of a course that cannot be solved: far beyond any that is worth a step."""
REWEIGHTINGS = 3


@dataclass(frozen=True)
class Solution:
    """A fit of one form: coefficients, lags of the fast species, course of the first data set."""

    form: RationalForm
    reduced: ReducedNetwork
    coefficients: np.ndarray
    covariance: np.ndarray
    lags: np.ndarray
    lag_errors: np.ndarray
    course: np.ndarray
    misfit: np.ndarray


@dataclass(frozen=True)
class RationalProblem:
    """Data after the transient, and what is known of the network.

    Attributes
    ----------
    network
        The full network.
    slow, fast
        Its species; data are slow species first.
    courses
        The data sets.
    noise
        Standard deviations, shape (slow + F,), concentrations.
    """

    network: Network
    slow: tuple[str, ...]
    fast: tuple[str, ...]
    courses: tuple[Course, ...]
    noise: np.ndarray

    def fit(self, form: RationalForm) -> Solution:
        """Fit a form; terms that come out insignificant are removed and the rest fitted again.

        A coefficient is insignificant where its square is below its variance times the logarithm of
        the number of values: the Bayesian information criterion's price of a term.
        """
        start = self._ratios(form)
        while True:
            solution = self._solved(*start)
            variances = np.diagonal(solution.covariance)
            values = sum(course.fast.size for course in self.courses)
            worth = solution.coefficients**2 / variances
            if len(worth) == 1 or worth.min() >= np.log(values):
                return solution
            row, monomial = solution.form.free[int(worth.argmin())]
            active = solution.form.active.copy()
            active[row, monomial] = False
            start = self._ratios(replace(solution.form, active=active))

    def _ratios(self, form: RationalForm) -> tuple[RationalForm, np.ndarray]:
        """Coefficients from the measured slow species, each fast one weighed by what is missed."""
        columns = [self.slow.index(name) for name in form.slow]
        slow = np.concatenate([course.smooth for course in self.courses])[:, columns]
        fast = np.concatenate([course.fast for course in self.courses])
        noise = self.noise[len(self.slow) :]
        weights = spans(fast)
        for _ in range(REWEIGHTINGS):
            ratios = fit_ratios(form, slow, fast, weights)
            missed = np.sqrt(np.square(ratios.residuals).mean(axis=0)) * weights
            weights = np.maximum(noise, missed)
        _require_denominator(ratios.form, ratios.coefficients, slow)
        return ratios.form, ratios.coefficients

    def _reduced(self, form: RationalForm, coefficients: np.ndarray) -> ReducedNetwork:
        network = self.network
        (variables,) = named_rows(network, holding(network, self.fast))
        splitting = Splitting(network, {}, variables, self.slow, np.zeros(1))
        values = dict(zip(form.names, coefficients.tolist(), strict=True))
        middle = self.courses[0].slow[len(self.courses[0].slow) // 2]
        typical = network.values | dict(zip(map(symbol, self.slow), middle.tolist(), strict=True))
        typical |= {symbol(name): value for name, value in values.items()}
        ratios = {symbol(name): ratio for name, ratio in form.ratios.items()}
        return tangent(splitting, Branch(ratios, (), ()), typical, values)

    def _solved(self, form: RationalForm, coefficients: np.ndarray) -> Solution:
        from scipy.optimize import least_squares

        reduced = self._reduced(form, coefficients)
        misfit = _Misfit(self, reduced, form)
        x = misfit.start(coefficients)
        terms, count = len(coefficients), misfit.shared
        weights = misfit.weights(x)
        found = least_squares(
            lambda x: misfit.residuals(x, weights),
            x,
            jac=lambda x: misfit.slopes(x, weights),
            bounds=(np.where(np.arange(len(x)) < terms, 0.0, -np.inf), np.inf),
            x_scale="jac",
            xtol=1e-10,
            ftol=1e-10,
        )
        rest = misfit.missed(found.x)
        covariance = gauss_newton_covariance(found.jac) * _correlation_length(rest / weights)
        unseen = ~found.jac.any(axis=0)
        covariance[unseen, unseen] = np.inf
        return Solution(
            form=form,
            reduced=reduced.with_parameters(dict(zip(form.names, found.x[:terms], strict=True))),
            coefficients=found.x[:terms],
            covariance=covariance[:terms, :terms],
            lags=found.x[terms:count],
            lag_errors=np.sqrt(np.diagonal(covariance))[terms:count],
            course=misfit.courses(found.x)[0][0],
            misfit=np.sqrt(np.square(rest).mean(axis=0)),
        )


class _Misfit:
    """What courses of one form miss, as functions of x: coefficients, lags, then initial states."""

    def __init__(
        self, problem: RationalProblem, reduced: ReducedNetwork, form: RationalForm
    ) -> None:
        self.flow = RationalFlow(reduced, form)
        self.measured = problem.courses
        self.order = [problem.slow.index(name) for name in reduced.network.species]
        self.data = [np.hstack([c.slow[:, self.order], c.fast]) for c in problem.courses]
        own, fast = problem.noise[: len(self.order)], problem.noise[len(self.order) :]
        self.noise = np.concatenate([own[self.order], fast])
        self.lags = len(problem.fast)
        self.shared = len(form.names) + self.lags
        self._solved = lru_cache(maxsize=1)(self._solve)

    def start(self, coefficients: np.ndarray) -> np.ndarray:
        """No lags, and what was measured first."""
        first = [course.smooth[0, self.order] for course in self.measured]
        return np.concatenate([coefficients, np.zeros(self.lags), *first])

    def courses(self, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of every data set, with its derivatives."""
        return self._solved(x.tobytes())

    def missed(self, x: np.ndarray) -> np.ndarray:
        """Rows of all data sets, one below the other."""
        pairs = zip(self.courses(x), self.data, strict=True)
        return np.concatenate([course - values for (course, _), values in pairs])

    def weights(self, x: np.ndarray) -> np.ndarray:
        """Deviations by species: the noise, what the start misses, or the solver's tolerance."""
        solvable = RTOL * np.abs(np.concatenate(self.data)).max()
        first_missed = np.sqrt(np.square(self.missed(x)).mean(axis=0))
        return np.maximum(np.maximum(self.noise, first_missed), solvable)

    def residuals(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """What is missed, over its deviation."""
        try:
            return (self.missed(x) / weights).ravel()
        except SolverError:
            return np.full(sum(values.size for values in self.data), UNREACHABLE)

    def slopes(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The derivatives of `residuals`."""
        blocks = []
        for i, (_, derivative) in enumerate(self.courses(x)):
            block = np.zeros((*derivative.shape[:2], len(x)))
            own = self.shared + len(self.order) * i
            block[..., : self.shared] = derivative[..., : self.shared]
            block[..., own : own + len(self.order)] = derivative[..., self.shared :]
            blocks.append(block / weights[:, None])
        return np.concatenate(blocks).reshape(-1, len(x))

    def _solve(self, point: bytes) -> list[tuple[np.ndarray, np.ndarray]]:
        x = np.frombuffer(point)
        starts = x[self.shared :].reshape(-1, len(self.order))
        return [
            self.flow.solve(course.times, start, x[: self.shared])
            for course, start in zip(self.measured, starts, strict=True)
        ]


def _correlation_length(residuals: np.ndarray) -> float:
    """By how much correlated residuals widen variances: 1 + 2 sum of their autocorrelation.

    The sum ends where the correlation has faded into noise (Sokal 1997).
    """
    centred = residuals - residuals.mean(axis=0)
    total, size = 1.0, np.square(centred).sum()
    for lag in range(1, len(centred) // 4):
        correlation = (centred[lag:] * centred[:-lag]).sum() / size
        if correlation < 2 / np.sqrt(residuals.size):
            break
        total += 2 * correlation
    return float(total)


def _require_denominator(form: RationalForm, coefficients: np.ndarray, slow: np.ndarray) -> None:
    denominator = form.basis(slow) @ form.table(coefficients)[-1]
    lowest = int(denominator.argmin())
    if denominator[lowest] <= 1e-9 * denominator.max():
        where = ", ".join(f"{n} = {z:.3g}" for n, z in zip(form.slow, slow[lowest], strict=True))
        raise DataError(
            f"the learned denominator vanishes inside the data, at {where}: use data that stay "
            f"away from there, or another degree"
        )
