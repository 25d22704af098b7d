"""Propagation of a Markov jump process by uniformisation."""

import numpy as np

LARGEST_STEP = 500
"""Jumps in one step of the series."""
OVERHEAD = 10_000
"""What a sparse step costs beside its multiplications, in multiplications."""
DENSE_GAIN = 10
"""How many multiplications of a dense product take the time of a sparse one."""
SMALLEST_TAIL = 1e-15
"""That differs from 0 once it is taken from 1."""


class JumpProcess:
    r"""A Markov jump process, watched at the events of a Poisson process faster than its jumps.

    .. math:: p(t + h) = \sum_k e^{-\Lambda h} \frac{(\Lambda h)^k}{k!} P^k p(t),
              \qquad P = I + Q/\Lambda, \quad \Lambda = \max_n \sum_j \Phi_j(n)

    No term is negative, so nothing cancels, and a truncated sum is a lower bound of every
    probability. Where the state space is small and the time long, the transition matrix is formed
    by squaring instead, its columns kept stochastic.

    Parameters
    ----------
    target, origin, rate
        Every jump, each of shape (jumps,).
    states
        The number of states; those that nothing leaves are absorbing.

    Notes
    -----
    Jensen 1953; Grassmann 1977.
    """

    def __init__(
        self, target: np.ndarray, origin: np.ndarray, rate: np.ndarray, states: int
    ) -> None:
        from scipy.sparse import csr_array

        leaving = np.bincount(origin, weights=rate, minlength=states)
        self.fastest = leaving.max(initial=0.0) or 1.0
        here = np.arange(states)
        values = np.concatenate([rate, self.fastest - leaving]) / self.fastest
        places = (np.concatenate([target, here]), np.concatenate([origin, here]))
        self._step = csr_array((values, places), shape=(states, states))

    def step(self, duration: float) -> float:
        """The time to propagate at once: all of it where the transition matrix is formed."""
        dense = self._dense_work(duration) < self._sparse_work(duration)
        return duration if dense else min(duration, LARGEST_STEP / self.fastest)

    def work(self, duration: float) -> float:
        """About how many multiplications `propagate` needs."""
        return min(self._sparse_work(duration), self._dense_work(duration))

    def propagate(self, probability: np.ndarray, duration: float, tail: float) -> np.ndarray:
        """Probabilities after `duration`, shape (states,), at most `tail` of them missing."""
        if self._sparse_work(duration) <= self._dense_work(duration):
            return self._series(probability, duration, tail)
        squarings = self._squarings(duration)
        transition = self._series(np.eye(len(probability)), duration / 2**squarings, 1e-16)
        for _ in range(squarings):
            transition @= transition
            transition /= transition.sum(axis=0)
        return transition @ probability

    def _series(self, start: np.ndarray, duration: float, tail: float) -> np.ndarray:
        power, result = start, np.zeros_like(start)
        for weight in poisson_weights(self.fastest * duration, tail):
            result += weight * power
            power = self._step @ power
        return result

    def _sparse_work(self, duration: float) -> float:
        return self.fastest * duration * (self._step.nnz + OVERHEAD)

    def _dense_work(self, duration: float) -> float:
        return self._step.shape[0] ** 3 * (self._squarings(duration) + 1) / DENSE_GAIN

    def _squarings(self, duration: float) -> int:
        return int(max(0.0, np.ceil(np.log2(self.fastest * duration))))


def poisson_weights(mean: float, tail: float) -> np.ndarray:
    """Poisson probabilities of 0, 1, ... until at most `tail` is left."""
    from scipy.special import gammaln, pdtrc, pdtrik, xlogy

    last = max(0.0, np.ceil(pdtrik(1 - max(tail, SMALLEST_TAIL), mean)))
    while pdtrc(last, mean) > tail:
        last += 1
    counts = np.arange(last + 1)
    return np.exp(xlogy(counts, mean) - mean - gammaln(counts + 1))
