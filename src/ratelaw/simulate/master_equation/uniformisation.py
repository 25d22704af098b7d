"""Propagation of a Markov jump process by uniformisation."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy import sparse


class Uniformised:
    r"""A jump process seen at the events of a Poisson process that is faster than all its jumps.

    .. math:: p(t + h) = \sum_k e^{-\Lambda h} \frac{(\Lambda h)^k}{k!} P^k p(t),
              \qquad P = I + Q/\Lambda, \quad \Lambda = \max_n \sum_j \Phi_j(n)

    Every term is >= 0, so that a truncated sum is a lower bound of each probability and misses
    exactly the tail of the Poisson weights (Jensen 1953; Grassmann 1977).

    Parameters
    ----------
    jumps
        Target, origin and rate of every jump, each of shape (jumps,).
    states
        The number of states; those that nothing leaves are absorbing.
    """

    def __init__(self, jumps: tuple[np.ndarray, np.ndarray, np.ndarray], states: int) -> None:
        from scipy import sparse

        target, origin, rate = jumps
        leaving = np.bincount(origin, weights=rate, minlength=states)
        self.rate = float(leaving.max())
        scale = self.rate or 1.0
        diagonal = np.arange(states)
        self._step: sparse.csr_array = sparse.csr_array(
            (
                np.concatenate([rate / scale, 1 - leaving / scale]),
                (np.concatenate([target, diagonal]), np.concatenate([origin, diagonal])),
            ),
            shape=(states, states),
        )

    @property
    def nonzeros(self) -> int:
        """Multiplications in one step."""
        return self._step.nnz

    def propagate(self, probability: np.ndarray, duration: float, tail: float) -> np.ndarray:
        """Probabilities after `duration`, shape (states,); at most `tail` of them is missing."""
        from scipy import stats

        events = stats.poisson(self.rate * duration)
        weights = events.pmf(np.arange(int(events.isf(tail)) + 1))
        result = weights[0] * probability
        for weight in weights[1:]:
            probability = self._step @ probability
            result += weight * probability
        return result
