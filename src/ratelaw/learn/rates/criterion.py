"""What rate constants are judged by: a deviance, whichever data it is of."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.equations.least_squares import scaled_inverse
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.scoring import Objective, maximise, total
from ratelaw.network import Network

CERTAIN = 1e-12
"""Eigenvalues of a scaled information below this say nothing."""
ROUNDS = 6
"""Times that the parts are made anew."""


@dataclass(frozen=True)
class Quadratic:
    r"""The deviance around a point, for all M constants.

    .. math:: D(k') \approx D(k) - 2 g^T (k' - k) + (k' - k)^T I (k' - k)

    Attributes
    ----------
    constants
        k, shape (M,).
    deviance
        D(k): minus twice a log-likelihood, or a sum of squared whitened residuals.
    gradient
        g, shape (M,), of -D/2.
    information
        I, shape (M, M).
    """

    constants: np.ndarray
    deviance: float
    gradient: np.ndarray
    information: np.ndarray


@dataclass(frozen=True)
class Estimate(Quadratic):
    """The least deviance over the constants of some reactions, none below 0.

    Attributes
    ----------
    fitted
        Shape (M,): which were. The others keep the values that they were given; gradient and
        information are 0 of them.
    """

    fitted: np.ndarray

    @property
    def present(self) -> np.ndarray:
        """Shape (M,): which reactions happen."""
        return self.constants > 0

    @cached_property
    def covariance(self) -> np.ndarray:
        """The inverse of the information on fitted constants above 0; 0 elsewhere."""
        free = self.fitted & self.present
        full = np.zeros_like(self.information)
        inside = np.ix_(free, free)
        full[inside] = scaled_inverse(self.information[inside], CERTAIN)
        return full

    def bic(self, observations: int) -> float:
        """Schwarz's criterion: the deviance, and ln(observations) for each reaction present."""
        return self.deviance + int(self.present.sum()) * float(np.log(observations))


class Criterion(ABC):
    """The deviance of candidate reactions on data, as a function of their M constants.

    Differences of it are chi-square where the smaller model holds, whichever method it is of: so
    selection, profiles, likelihood ratios and discovery know nothing else of a method.
    """

    @property
    @abstractmethod
    def candidates(self) -> Network:
        """With constants k1, k2, ..., and the initial state of the first data set."""

    @property
    @abstractmethod
    def observations(self) -> int:
        """Independent ones: cells, trajectories."""

    @property
    @abstractmethod
    def start(self) -> np.ndarray:
        """Where a search over all constants may begin, shape (M,), above 0."""

    @property
    def saturated(self) -> float:
        """The log-likelihood of a model that reproduces the data; 0 where it is part of D."""
        return 0.0

    @abstractmethod
    def parts(self, fitted: np.ndarray, constants: np.ndarray) -> Sequence[Objective]:
        """Log-likelihoods, up to a constant, whose sum is -D/2, as functions of fitted constants.

        `constants` holds the others, and for the fitted ones a point to look around.
        """

    @property
    def needed(self) -> np.ndarray:
        """Shape (M,): which reactions happen, whatever the data say; none unless told."""
        return np.zeros(len(self.candidates.reactions), dtype=bool)

    @abstractmethod
    def design(self, estimate: Estimate) -> np.ndarray:
        """Shape (K, M): combinations of constants that change none of its rows are undetermined."""

    def rates(self, estimate: Estimate) -> Rates:
        """The estimate with how well it fits: a log-likelihood unless told otherwise."""
        return Rates(
            candidates=self.candidates,
            constants=estimate.constants,
            covariance=estimate.covariance,
            present=estimate.present,
            chi_square=None,
            degrees_of_freedom=None,
            log_likelihood=-estimate.deviance / 2,
        )

    def all_free(self, estimate: Estimate) -> Rates:
        """The rates before any reaction is removed."""
        return self.rates(estimate)

    def fit(self, fitted: np.ndarray, start: np.ndarray) -> Estimate:
        """The least deviance over fitted constants >= 0; the others keep the values of `start`.

        Raises
        ------
        DataError
            If no constants of these reactions explain the data.
        SolverError
            If the search does not end.
        """
        lower, upper = self.bounds
        within = lower[fitted], upper[fitted]
        constants = self.beginning(fitted, np.where(fitted, np.clip(start, lower, upper), start))
        for _ in range(ROUNDS):
            parts = self.parts(fitted, constants)
            best = maximise(parts, constants[fitted], within)
            constants = constants.copy()
            constants[fitted] = best.theta
            shortcoming = self.shortcoming(parts, best.theta)
            if not shortcoming:
                break
        else:
            raise SolverError(f"{shortcoming}, in {ROUNDS} rounds")
        gradient, information = np.zeros(fitted.size), np.zeros((fitted.size,) * 2)
        gradient[fitted] = best.gradient
        information[np.ix_(fitted, fitted)] = best.information
        return Estimate(constants, -2 * best.value, gradient, information, fitted)

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the largest values of fitted constants, each of shape (M,)."""
        size = len(self.candidates.reactions)
        return np.zeros(size), np.full(size, np.inf)

    def beginning(self, fitted: np.ndarray, start: np.ndarray) -> np.ndarray:  # noqa: ARG002
        """Where a search over fitted constants begins: at `start`, if the data are possible there.

        Raises
        ------
        DataError
            If no constants of these reactions explain the data.
        """
        return start

    def shortcoming(self, parts: Sequence[Any], theta: np.ndarray) -> str:  # noqa: ARG002
        """What is wrong with the parts at theta, for they are then made anew; mostly nothing."""
        return ""

    def scatter(self, estimate: Estimate) -> np.ndarray:
        """The covariance of the gradient of -D/2, shape (M, M), as the data tell it."""
        return estimate.information

    def deviance(self, constants: np.ndarray) -> float:
        """Of the data alone, at constants that are not fitted."""
        value, _ = total(self.parts(np.zeros(constants.size, dtype=bool), constants), np.empty(0))
        return -2 * value

    def expand(self, constants: np.ndarray) -> Quadratic:
        """The deviance around a point, to second order."""
        parts = self.parts(np.ones(constants.size, dtype=bool), constants)
        value, gradient = total(parts, constants)
        information = np.sum([part.information(constants) for part in parts], axis=0)
        return Quadratic(constants, -2 * value, gradient, information)
