"""What is observed of a cell, given how many molecules it holds: stated models of measurement."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratelaw.arguments import expect_number
from ratelaw.errors import DataError


class CountingModel(ABC):
    """A model of the noise of counting."""

    whole: bool = True
    """Whether what is observed are whole numbers."""

    @abstractmethod
    def chances(self, observed: np.ndarray, states: np.ndarray) -> np.ndarray:
        """The chance, or density, of what is observed in each state.

        Parameters
        ----------
        observed, states
            Shapes (K, species) and (S, species).

        Returns
        -------
        Shape (K, S).
        """

    @abstractmethod
    def draw(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """What is observed of cells in these states, shape (cells, species)."""

    def check(self, observed: np.ndarray, species: Sequence[str]) -> None:
        """Refuse what cannot have been observed, shape (rows, species).

        Raises
        ------
        DataError
            Naming row and species of what is not finite or, where molecules are counted, negative
            or not whole.
        """
        good = np.isfinite(observed)
        if self.whole:
            good &= (observed >= 0) & (observed == np.rint(observed))
        for row, column in np.argwhere(~good)[:1]:
            raise DataError(
                f"row {row + 1}: {species[column]} = {observed[row, column]:g} is no number of "
                f"molecules"
            )


@dataclass(frozen=True)
class ExactCounts(CountingModel):
    """Every molecule is counted.

    Examples
    --------
    >>> ExactCounts().chances(np.array([[3]]), np.array([[2], [3]]))
    array([[0., 1.]])
    """

    def chances(self, observed: np.ndarray, states: np.ndarray) -> np.ndarray:
        return np.logical_and.reduce(
            [observed[:, None, i] == states[None, :, i] for i in range(states.shape[1])]
        ).astype(float)

    def draw(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:  # noqa: ARG002
        return states


@dataclass(frozen=True)
class BinomialCapture(CountingModel):
    r"""Every molecule is counted with a probability, independently of the others.

    .. math:: P(y \mid n) = \prod_i \binom{n_i}{y_i} q^{y_i} (1 - q)^{n_i - y_i}

    Parameters
    ----------
    probability
        q, above 0 and at most 1.

    Raises
    ------
    DataError
        If it is not.

    Examples
    --------
    >>> BinomialCapture(0.5).chances(np.array([[1]]), np.array([[1], [2]]))
    array([[0.5, 0.5]])
    """

    probability: float

    def __post_init__(self) -> None:
        expect_number("probability", self.probability, "0.5")
        if not 0 < self.probability <= 1:
            raise DataError(f"BinomialCapture({self.probability}): use above 0 and at most 1")

    def chances(self, observed: np.ndarray, states: np.ndarray) -> np.ndarray:
        from scipy.stats import binom

        logs = binom.logpmf(observed[:, None], states[None], self.probability).sum(axis=2)
        return np.exp(logs)

    def draw(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        return generator.binomial(states, self.probability)


@dataclass(frozen=True)
class NormalNoise(CountingModel):
    r"""A normal error is added to every count.

    .. math:: p(y \mid n) = \prod_i \mathcal N(y_i; n_i, \sigma^2)

    Parameters
    ----------
    deviation
        sigma, in molecules, above 0.

    Raises
    ------
    DataError
        If it is not.

    Examples
    --------
    >>> NormalNoise(1.0).chances(np.array([[2.5]]), np.array([[2], [3]])).round(3)
    array([[0.352, 0.352]])
    """

    deviation: float
    whole = False

    def __post_init__(self) -> None:
        expect_number("deviation", self.deviation, "0.1")
        if not 0 < self.deviation < np.inf:
            raise DataError(f"NormalNoise({self.deviation}): use a finite number above 0")

    def chances(self, observed: np.ndarray, states: np.ndarray) -> np.ndarray:
        from scipy.stats import norm

        logs = norm.logpdf(observed[:, None], states[None], self.deviation).sum(axis=2)
        return np.exp(logs)

    def draw(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        return generator.normal(states, self.deviation)
