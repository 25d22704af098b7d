"""How measurements scatter about the truth."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np


class NoiseModel(ABC):
    """How the standard deviation of a value follows from what it should be."""

    common: bool
    """Whether all observables share one sigma."""

    @property
    @abstractmethod
    def grows(self) -> bool:
        """Whether larger values scatter more."""

    @abstractmethod
    def shape(self, predicted: np.ndarray, floor: np.ndarray) -> np.ndarray:
        """Standard deviations up to a factor for each observable, of the shape of `predicted`."""


@dataclass(frozen=True)
class AdditiveNoise(NoiseModel):
    r"""The same standard deviation for all values of an observable.

    .. math:: v = y + \sigma_k \epsilon

    Parameters
    ----------
    common
        Whether all observables share one sigma.
    """

    common: bool = False

    @property
    def grows(self) -> bool:
        return False

    def shape(self, predicted: np.ndarray, floor: np.ndarray) -> np.ndarray:  # noqa: ARG002
        return np.ones_like(predicted)


@dataclass(frozen=True)
class ProportionalNoise(NoiseModel):
    r"""A standard deviation in proportion to the value.

    .. math:: v = y\,(1 + \sigma_k \epsilon)

    Parameters
    ----------
    common
        Whether all observables share one sigma.
    """

    common: bool = False

    @property
    def grows(self) -> bool:
        return True

    def shape(self, predicted: np.ndarray, floor: np.ndarray) -> np.ndarray:
        return np.maximum(np.abs(predicted), floor)
