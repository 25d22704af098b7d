"""How measurements scatter about the truth, where no standard deviations are given."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ratelaw.errors import DataError

SMALLEST = 1e-3
"""Of an observable's largest value: what grows with the value is no smaller than there."""
LEAST = 1e-4
"""Of a value: below this share of it the logarithm of what is predicted goes on as its tangent."""
SHARES = np.geomspace(1e-6, 0.5, 14)
"""Constant parts that are tried, in units of the largest value."""


@dataclass(frozen=True)
class NoiseModel(ABC):
    """How the standard deviation of a value follows from what it should be.

    Parameters
    ----------
    common
        Whether all observables share one sigma; else each has its own.

    Attributes
    ----------
    grows
        Whether larger values may scatter more.
    """

    common: bool = False
    grows: ClassVar[bool] = True

    @abstractmethod
    def shapes(self, predicted: np.ndarray, values: np.ndarray, largest: float) -> list[np.ndarray]:
        """Standard deviations of an observable up to a factor, in every form that is possible.

        Parameters
        ----------
        predicted, values
            What the observable should be, and what was measured (NaN: nothing), of one shape.
        largest
            Its largest value.
        """

    def missed(self, predicted: np.ndarray, values: np.ndarray) -> np.ndarray:
        """By how much values are missed, in their units and, over a deviation, normal."""
        return predicted - values

    def slope(self, predicted: np.ndarray, values: np.ndarray) -> np.ndarray:  # noqa: ARG002
        """The derivative of `missed` to what is predicted."""
        return np.ones_like(predicted)

    def middle(self, values: np.ndarray) -> np.ndarray:
        """The best estimate from replicates (R, ...), NaN where nothing was measured."""
        seen = np.isfinite(values)
        count = seen.sum(axis=0)
        total = np.where(seen, values, 0.0).sum(axis=0)
        return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)

    def interval(
        self, middle: np.ndarray, deviation: np.ndarray, reach: float | np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Ends so many deviations below and above a middle."""
        return middle - reach * deviation, middle + reach * deviation

    def check(self, values: np.ndarray, observables: Sequence[str], where: str) -> None:
        """Refuse values (T, K) that cannot have been measured with such noise.

        Raises
        ------
        DataError
            Naming the observable and the value.
        """
        for row, column in np.argwhere(np.isinf(values))[:1]:
            raise DataError(f"{where}: {observables[column]} is {values[row, column]:g}")


@dataclass(frozen=True)
class AdditiveNoise(NoiseModel):
    r"""The same standard deviation for all values of an observable.

    .. math:: v = y + \sigma_k \epsilon

    Examples
    --------
    >>> AdditiveNoise().shapes(np.array([1.0, 5.0]), np.array([1.1, 4.9]), 5.0)
    [array([1., 1.])]
    """

    grows: ClassVar[bool] = False

    def shapes(
        self,
        predicted: np.ndarray,
        values: np.ndarray,  # noqa: ARG002
        largest: float,  # noqa: ARG002
    ) -> list[np.ndarray]:
        return [np.ones_like(predicted)]


@dataclass(frozen=True)
class ProportionalNoise(NoiseModel):
    r"""A standard deviation in proportion to the value.

    .. math:: v = y\,(1 + \sigma_k \epsilon)

    Examples
    --------
    >>> ProportionalNoise().shapes(np.array([1.0, -5.0]), np.array([1.1, -4.9]), 5.0)
    [array([1., 5.])]
    """

    def shapes(
        self,
        predicted: np.ndarray,
        values: np.ndarray,  # noqa: ARG002
        largest: float,
    ) -> list[np.ndarray]:
        return [np.maximum(np.abs(predicted), SMALLEST * largest)]


@dataclass(frozen=True)
class MixedNoise(NoiseModel):
    r"""A constant and a proportional part, both estimated.

    .. math:: v = y + \sqrt{a_k^2 + b_k^2 y^2}\, \epsilon

    Examples
    --------
    >>> len(MixedNoise().shapes(np.array([1.0, 5.0]), np.array([1.1, 4.9]), 5.0))
    16
    """

    def shapes(self, predicted: np.ndarray, values: np.ndarray, largest: float) -> list[np.ndarray]:
        mixed = [np.hypot(predicted, share * largest) for share in SHARES]
        constant = AdditiveNoise().shapes(predicted, values, largest)
        return [*constant, *mixed, *ProportionalNoise().shapes(predicted, values, largest)]


@dataclass(frozen=True)
class LogNormalNoise(NoiseModel):
    r"""Errors that multiply: the logarithm of a value is normal about that of the truth.

    .. math:: \ln v = \ln y + \sigma_k \epsilon

    Residuals and deviations are kept in units of the value, v ln(y / v) and sigma v, so that they
    compare with those of other noise.

    Examples
    --------
    >>> float(LogNormalNoise().missed(np.array(2.0), np.array(1.0)).round(4))
    0.6931
    """

    def shapes(
        self,
        predicted: np.ndarray,
        values: np.ndarray,
        largest: float,
    ) -> list[np.ndarray]:
        known = np.where(np.isfinite(values), values, predicted)
        return [np.maximum(np.abs(known), LEAST * SMALLEST * largest)]

    def missed(self, predicted: np.ndarray, values: np.ndarray) -> np.ndarray:
        ratio = predicted / values
        log = np.log(np.maximum(ratio, LEAST)) + np.minimum(ratio - LEAST, 0.0) / LEAST
        return values * log

    def slope(self, predicted: np.ndarray, values: np.ndarray) -> np.ndarray:
        return 1 / np.maximum(predicted / values, LEAST)

    def middle(self, values: np.ndarray) -> np.ndarray:
        return np.exp(super().middle(np.log(values)))

    def interval(
        self, middle: np.ndarray, deviation: np.ndarray, reach: float | np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        share = np.divide(deviation, middle, out=np.zeros_like(middle), where=middle > 0)
        return middle * np.exp(-reach * share), middle * np.exp(reach * share)

    def check(self, values: np.ndarray, observables: Sequence[str], where: str) -> None:
        super().check(values, observables, where)
        for row, column in np.argwhere(values <= 0)[:1]:
            raise DataError(
                f"{where}: {observables[column]} is {values[row, column]:g}, and log-normal noise "
                f"leaves values above 0: choose other noise, or an exact start if it is one"
            )
