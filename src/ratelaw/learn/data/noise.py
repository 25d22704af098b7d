"""How measurements scatter about the truth, where no standard deviations are given."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

SMALLEST = 1e-3
"""Of an observable's largest value: what grows with the value is no smaller than there."""
SHARES = np.geomspace(2e-3, 0.5, 9)
"""Constant parts that are tried, in units of the largest value."""


@dataclass(frozen=True)
class NoiseModel(ABC):
    """How the standard deviation of a value follows from what it should be.

    Parameters
    ----------
    common
        Whether all observables share one sigma; else each has its own.
    """

    common: bool = False

    @property
    @abstractmethod
    def grows(self) -> bool:
        """Whether larger values may scatter more."""

    @abstractmethod
    def shapes(self, predicted: np.ndarray, largest: float) -> list[np.ndarray]:
        """Standard deviations of an observable up to a factor, in every form that is possible."""


@dataclass(frozen=True)
class AdditiveNoise(NoiseModel):
    r"""The same standard deviation for all values of an observable.

    .. math:: v = y + \sigma_k \epsilon

    Examples
    --------
    >>> AdditiveNoise().shapes(np.array([1.0, 5.0]), 5.0)
    [array([1., 1.])]
    """

    @property
    def grows(self) -> bool:
        return False

    def shapes(self, predicted: np.ndarray, largest: float) -> list[np.ndarray]:  # noqa: ARG002
        return [np.ones_like(predicted)]


@dataclass(frozen=True)
class ProportionalNoise(NoiseModel):
    r"""A standard deviation in proportion to the value.

    .. math:: v = y\,(1 + \sigma_k \epsilon)

    Examples
    --------
    >>> ProportionalNoise().shapes(np.array([1.0, -5.0]), 5.0)
    [array([1., 5.])]
    """

    @property
    def grows(self) -> bool:
        return True

    def shapes(self, predicted: np.ndarray, largest: float) -> list[np.ndarray]:
        return [np.maximum(np.abs(predicted), SMALLEST * largest)]


@dataclass(frozen=True)
class MixedNoise(NoiseModel):
    r"""A constant and a proportional part, both estimated.

    .. math:: v = y + \sqrt{a_k^2 + b_k^2 y^2}\, \epsilon

    Examples
    --------
    >>> len(MixedNoise().shapes(np.array([1.0, 5.0]), 5.0))
    11
    """

    @property
    def grows(self) -> bool:
        return True

    def shapes(self, predicted: np.ndarray, largest: float) -> list[np.ndarray]:
        mixed = [np.hypot(predicted, share * largest) for share in SHARES]
        constant = AdditiveNoise().shapes(predicted, largest)
        return [*constant, *mixed, *ProportionalNoise().shapes(predicted, largest)]
