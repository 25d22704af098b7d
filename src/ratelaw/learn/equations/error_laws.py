"""Laws of errors in units of their standard deviation: what a miss costs."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

FARTHEST = 100.0
"""Of the logarithm of a density: what is less does not count."""
NARROW = 0.3
"""Rounding below which so few errors are at the tip that they do not say how dense they are."""


class ErrorLaw(ABC):
    """A symmetric density of errors, of variance 1.

    Attributes
    ----------
    done
        A relative gain of the costs after which a fit is near enough to the best.
    """

    done: ClassVar[float]

    def cost(self, missed: np.ndarray) -> np.ndarray:
        """Twice the negative log-density of errors, 0 where there is none."""
        return np.square(self.root(missed)[0])

    @abstractmethod
    def root(self, missed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The roots of the costs with the signs of the errors, and their slopes."""

    @abstractmethod
    def weight(self, missed: np.ndarray) -> np.ndarray:
        """The weights with which squares have the slope of the costs."""

    @abstractmethod
    def size(self, missed: np.ndarray) -> float:
        """The likeliest standard deviation of errors, shape (n,)."""

    @property
    @abstractmethod
    def peak(self) -> float:
        """What a value adds to the deviance beside its cost and that of normal errors."""

    @abstractmethod
    def variance_factor(self, missed: np.ndarray) -> float:
        """By what to multiply the covariance of least squares."""

    @abstractmethod
    def rise_factor(self, missed: np.ndarray) -> float:
        """By what a rise of the costs exceeds one that is chi-square."""

    @abstractmethod
    def as_chi_square(self, missed: np.ndarray, values: int) -> tuple[float, int]:
        """What so many values missed, as a sum of squares, and of how many normal numbers."""

    @abstractmethod
    def quantile(self, level: float) -> float:
        """Half the width of the interval that holds an error with this probability."""


@dataclass(frozen=True)
class NormalLaw(ErrorLaw):
    r"""The normal distribution: costs are squares.

    .. math:: -2 \ln p(u) = u^2 + \text{constant}

    Examples
    --------
    >>> NormalLaw().size(np.array([3.0, -4.0, 0.0, 0.0]))
    2.5
    """

    done: ClassVar[float] = 1e-6  # the last steps gain a hundred times less, each

    def root(self, missed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return missed, np.ones_like(missed)

    def weight(self, missed: np.ndarray) -> np.ndarray:
        return np.ones_like(missed)

    def size(self, missed: np.ndarray) -> float:
        return float(np.sqrt(np.square(missed).sum() / max(missed.size, 1)))

    @property
    def peak(self) -> float:
        return 0.0

    def variance_factor(self, missed: np.ndarray) -> float:  # noqa: ARG002
        return 1.0

    def rise_factor(self, missed: np.ndarray) -> float:  # noqa: ARG002
        return 1.0

    def as_chi_square(self, missed: np.ndarray, values: int) -> tuple[float, int]:
        return float(missed @ missed), values

    def quantile(self, level: float) -> float:
        from scipy.stats import norm

        return float(norm.isf((1 - level) / 2))


@dataclass(frozen=True)
class HyperbolicLaw(ErrorLaw):
    r"""Laplace's distribution with a rounded tip: costs grow as absolute values.

    .. math:: p(u) = \frac{e^{-a \sqrt{u^2 + \delta^2}}}{2 \delta K_1(a \delta)}, \qquad
        -2 \ln \frac{p(u)}{p(0)} = 2 a (\sqrt{u^2 + \delta^2} - \delta)

    with a such that the variance is 1: the square root of 2 where delta is small.

    Parameters
    ----------
    rounding
        delta > 0, in standard deviations.

    Notes
    -----
    Laplace 1774; Barndorff-Nielsen 1977. Least squares of the roots of the costs
    reweights squares: its slopes are exact, and its weights lie between those of Newton and those
    of the usual reweighting. Factors are those of Huber 1981, Section 7.6, so that errors need not
    follow the law: with u over all values,

    .. math:: \frac{\overline{\psi^2}}{\overline{\psi'}^2}, \qquad
        \frac{\overline{\psi^2}}{\overline{\psi'}}, \qquad
        \psi(u) = \frac{a u}{\sqrt{u^2 + \delta^2}}

    Examples
    --------
    >>> law = HyperbolicLaw(1e-4)
    >>> law.cost(np.array([1.0, 10.0])).round(2)
    array([ 2.83, 28.28])
    """

    rounding: float
    done: ClassVar[float] = 1e-10  # the last steps gain ten times less, each

    @cached_property
    def steepness(self) -> float:
        """The slope a of -ln p far away."""
        from scipy.optimize import brentq
        from scipy.special import kve

        delta = self.rounding

        def excess(slope: float) -> float:
            return float(delta / slope * kve(2, slope * delta) / kve(1, slope * delta)) - 1

        return float(brentq(excess, 1.0, 2 + 2 * delta, xtol=1e-14))

    def root(self, missed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        far = np.hypot(missed, self.rounding)
        share = np.sqrt(2 * self.steepness / (far + self.rounding))
        return missed * share, self.steepness / (far * share)

    def weight(self, missed: np.ndarray) -> np.ndarray:
        return self.steepness / np.hypot(missed, self.rounding)

    def size(self, missed: np.ndarray) -> float:
        from scipy.optimize import brentq

        mean = float(np.abs(missed).sum() / max(missed.size, 1))
        if mean == 0:
            return 0.0

        def excess(size: float) -> float:
            scaled = missed / size
            return float((self._pull(scaled) * scaled).mean()) - 1

        largest = self.steepness * mean
        return float(brentq(excess, largest / (1 + self.steepness * self.rounding), largest))

    @cached_property
    def peak(self) -> float:
        from scipy.special import kve

        width = 2 * self.rounding * float(kve(1, self.steepness * self.rounding))
        return 2 * float(np.log(width)) - float(np.log(2 * np.pi))

    def variance_factor(self, missed: np.ndarray) -> float:
        return self.rise_factor(missed) / self._bend(missed)

    def rise_factor(self, missed: np.ndarray) -> float:
        return float(np.square(self._pull(missed)).mean()) / self._bend(missed)

    def as_chi_square(self, missed: np.ndarray, values: int) -> tuple[float, int]:
        unit = 2 / self._spread
        return unit * float(self._pull(missed) @ missed), round(unit * values)

    def quantile(self, level: float) -> float:
        from scipy.stats import genhyperbolic

        sharpness = self.steepness * self.rounding
        return float(genhyperbolic.isf((1 - level) / 2, 1, sharpness, 0, scale=self.rounding))

    @cached_property
    def _spread(self) -> float:
        """The variance of psi(u) u, whose mean is 1; with u = delta sinh t all is smooth."""
        from scipy.integrate import quad

        sharpness = self.steepness * self.rounding
        last = float(np.arccosh(1 + FARTHEST / sharpness))

        def density(t: float) -> float:
            return float(np.cosh(t) * np.exp(sharpness * (1 - np.cosh(t))))

        def square(t: float) -> float:
            return float(np.square(sharpness * np.sinh(t) * np.tanh(t) - 1)) * density(t)

        return float(quad(square, 0, last)[0] / quad(density, 0, last)[0])

    def _pull(self, missed: np.ndarray) -> np.ndarray:
        """psi: half the slope of the cost."""
        return self.steepness * missed / np.hypot(missed, self.rounding)

    def _bend(self, missed: np.ndarray) -> float:
        """The mean slope of psi, over no less than `NARROW` around 0."""
        width = max(self.rounding, NARROW)
        return float((self.steepness * width**2 / np.hypot(missed, width) ** 3).mean())
