"""Losses: what a good fit is, which path over sparsity it gives, and how sure its numbers are."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.equations.averages.regression import (
    Estimate,
    Function,
    Regression,
    linearised,
)
from ratelaw.learn.equations.averages.screening import flipped
from ratelaw.learn.equations.error_laws import ErrorLaw, HyperbolicLaw, NormalLaw
from ratelaw.learn.equations.least_squares import unit_columns


class Loss(ABC):
    """How the distance of a course from the data is measured."""

    @abstractmethod
    def path(self, regression: Regression) -> Iterator[Estimate]:
        """Least-squares fits of subsets, from the whole library to sparse ones."""

    @abstractmethod
    def refine(self, regression: Regression, estimate: Estimate) -> tuple[np.ndarray, np.ndarray]:
        """Theta (C,) that minimises this loss on the subset, and its covariance (C, C)."""

    @property
    @abstractmethod
    def law(self) -> ErrorLaw:
        """The law of errors under which fits to `Experiments` are the likeliest."""


@dataclass(frozen=True)
class SquaredLoss(Loss):
    r"""Squared residuals, weighted by the inverse of their full covariance over all times.

    .. math:: L = (y - \hat y)^T \Sigma^{-1} (y - \hat y)

    The efficient choice where the errors come with the data. Its path is backward elimination: the
    term that the linearised fit misses least goes first.

    Examples
    --------
    >>> SquaredLoss()
    SquaredLoss()
    """

    def path(self, regression: Regression) -> Iterator[Estimate]:
        estimate = regression.fit(np.ones(regression.unknowns, dtype=bool))
        yield estimate
        while estimate.active.any():
            smaller = [
                flipped(estimate.active, c) for c in np.flatnonzero(estimate.active).tolist()
            ]
            cheapest = min(smaller, key=lambda active: linearised(estimate, active))
            estimate = regression.fit(cheapest, estimate.theta)
            yield estimate

    def refine(
        self,
        regression: Regression,  # noqa: ARG002
        estimate: Estimate,
    ) -> tuple[np.ndarray, np.ndarray]:
        return estimate.theta, estimate.covariance

    @property
    def law(self) -> ErrorLaw:
        return NormalLaw()


@dataclass(frozen=True)
class AbsoluteLoss(Loss):
    r"""Absolute residuals: the loss of the ODENet papers, which minds outliers little.

    .. math:: L = |y - \hat y|_1 + \epsilon |\theta|_1

    Of moments, each variable in units of its range and theta standardised. The path lowers epsilon
    from `strongest` to `weakest`; on each subset that survives, theta is refitted without the
    penalty, which would bias it. The absolute value is smoothed within `smoothing` of zero.

    Of `Experiments`, subsets are searched and priced as by squares, without a penalty on theta, and
    each is fitted by

    .. math:: L = \sum_i 2 a (\sqrt{u_i^2 + \delta^2} - \delta), \qquad
        u_i = \frac{v_i - \hat v_i}{\sigma_i},

    twice the negative log-likelihood of errors by Laplace's law with a rounded tip, delta the
    `rounding` and a such that the variance of u is 1. Where no standard deviations are given, they
    are the likeliest of this law, and `Fit.bic` compares with that of `SquaredLoss`.

    Parameters
    ----------
    strongest, weakest, steps
        The geometric sequence of penalties epsilon, of moments.
    smoothing
        Width of the smooth tip of moments, in units of a variable's range.
    rounding
        Width > 0 of the smooth tip of `Experiments`, in standard deviations. With a small one
        errors of coefficients are larger by a fifth where there are no outliers.

    Raises
    ------
    DataError
        If the rounding is not > 0.

    Notes
    -----
    Yang 2020, Eq. (2). The covariance of moments is that of least absolute deviations with
    correlated normal errors: Cov(sign a, sign b) = (2/pi) arcsin(corr). That of `Experiments` is of
    Gauss and Newton, by the factor of Huber 1981, Section 7.6, for errors of any symmetric law.

    Examples
    --------
    >>> AbsoluteLoss(steps=3).penalties
    array([1.e+00, 1.e-02, 1.e-04])
    """

    strongest: float = 1.0
    weakest: float = 1e-4
    steps: int = 9
    smoothing: float = 1e-4
    rounding: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.rounding < np.inf:
            raise DataError(f"rounding={self.rounding}: choose a number above 0, such as 0.5")

    @property
    def penalties(self) -> np.ndarray:
        """The values of epsilon along the path."""
        return np.geomspace(self.strongest, self.weakest, self.steps)

    def path(self, regression: Regression) -> Iterator[Estimate]:
        everything = np.ones(regression.unknowns, dtype=bool)
        yield regression.fit(everything)
        plain = _unweighted(regression)
        start = None
        for penalty in self.penalties[::-1]:
            shrunk = plain.fit(everything, start, minimise=self._minimiser(penalty))
            start = shrunk.theta
            weight = np.abs(shrunk.theta) * plain.column_scale
            yield regression.fit(weight > 10 * self.smoothing, shrunk.theta)

    def refine(self, regression: Regression, estimate: Estimate) -> tuple[np.ndarray, np.ndarray]:
        plain = _unweighted(regression)
        fitted = plain.fit(estimate.active, estimate.theta, minimise=self._minimiser(0.0))
        columns, scale = unit_columns(fitted.jacobian[:, fitted.active])
        blocks = [
            np.linalg.pinv(weighted.whitener) * np.diagonal(unweighted.whitener)[:, None]
            for weighted, unweighted in zip(
                regression.observations, plain.observations, strict=True
            )
        ]
        bread = np.zeros((columns.shape[1],) * 2)
        meat = np.zeros_like(bread)
        row = 0
        for block in blocks:
            errors = block @ block.T
            deviation = np.sqrt(np.diagonal(errors))
            noisy = np.flatnonzero(deviation > 0)
            part = columns[row : row + len(block)][noisy]
            correlation = errors[np.ix_(noisy, noisy)] / np.outer(
                deviation[noisy], deviation[noisy]
            )
            meat += part.T @ (2 / np.pi * np.arcsin(np.clip(correlation, -1, 1))) @ part
            bread += part.T @ (np.sqrt(2 / np.pi) / deviation[noisy, None] * part)
            row += len(block)
        inverse = np.linalg.pinv(bread)
        covariance = np.zeros((regression.unknowns,) * 2)
        covariance[np.ix_(fitted.active, fitted.active)] = (
            inverse @ meat @ inverse / np.outer(scale, scale)
        )
        return fitted.theta, covariance

    @property
    def law(self) -> ErrorLaw:
        return HyperbolicLaw(self.rounding)

    def _minimiser(self, penalty: float) -> "_SmoothedAbsolute":
        return _SmoothedAbsolute(penalty, self.smoothing)


@dataclass(frozen=True)
class _SmoothedAbsolute:
    """Minimises sum |r| + penalty * sum |x[:penalised]| with the tip of |.| rounded."""

    penalty: float
    smoothing: float

    def __call__(
        self, residuals: Function, jacobian: Function, start: np.ndarray, penalised: int
    ) -> np.ndarray:
        from scipy.optimize import least_squares

        rows = self.penalty * np.eye(penalised, start.size)
        return least_squares(
            lambda x: np.concatenate([residuals(x), rows @ x]),
            start,
            jac=lambda x: np.vstack([jacobian(x), rows]),
            loss="soft_l1",
            f_scale=self.smoothing,
            x_scale="jac",
            max_nfev=100,
        ).x


def _unweighted(regression: Regression) -> Regression:
    """The same problem with residuals in units of each variable's range."""
    return replace(
        regression,
        observations=tuple(
            replace(data, whitener=np.diag(np.tile(1 / data.ranges, len(data.times))))
            for data in regression.observations
        ),
    )
