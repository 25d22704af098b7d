"""Constants that the data and priors leave possible: draws of their posterior."""

from dataclasses import dataclass

import numpy as np

from ratelaw.learn.rates.priors import Prior
from ratelaw.network import Network


@dataclass(frozen=True)
class Posterior:
    """Draws of the posterior distribution of rate constants, by several chains.

    Attributes
    ----------
    candidates
        With constants k1, k2, ....
    constants
        Shape (chains, draws, M); 0 where a reaction is absent.
    present
        Shape (M,): which are drawn.
    prior
        Of each constant; None where a reaction is absent.
    effective_size, r_hat
        Shape (M,): how many independent draws they are worth, and Gelman and Rubin's ratio of
        halves of chains, near 1 where they agree; NaN where a reaction is absent.
    divergences
        Steps that went astray: where there are any, parts of the posterior may be missing.

    Examples
    --------
    >>> from ratelaw import zoo
    >>> chains = np.array([[[9.0, 0.5], [11.0, 0.5]], [[10.0, 0.4], [10.0, 0.6]]])
    >>> known, nothing = np.array([True, True]), np.full(2, np.nan)
    >>> Posterior(zoo.birth_death(), chains, known, (None, None), nothing, nothing, 0).mean
    array([10. ,  0.5])
    """

    candidates: Network
    constants: np.ndarray
    present: np.ndarray
    prior: tuple[Prior | None, ...]
    effective_size: np.ndarray
    r_hat: np.ndarray
    divergences: int

    @property
    def pooled(self) -> np.ndarray:
        """Of all chains, shape (chains * draws, M)."""
        return self.constants.reshape(-1, self.present.size)

    @property
    def mean(self) -> np.ndarray:
        """Shape (M,)."""
        return self.pooled.mean(axis=0)

    @property
    def covariance(self) -> np.ndarray:
        """Shape (M, M)."""
        return np.cov(self.pooled, rowvar=False).reshape((self.present.size,) * 2)

    def intervals(self, level: float = 0.95) -> np.ndarray:
        """Between percentiles of equal tails, shape (M, 2)."""
        tail = (1 - level) / 2
        return np.quantile(self.pooled, [tail, 1 - tail], axis=0).T

    def draws(self, count: int, seed: int) -> np.ndarray:
        """Constants taken at random, shape (count, M)."""
        return np.random.default_rng(seed).choice(self.pooled, size=count)

    def __str__(self) -> str:
        names = [str(reaction) for reaction in self.candidates.reactions]
        width = max(map(len, names))
        deviations = np.sqrt(np.diagonal(self.covariance))
        intervals = self.intervals()
        rows = [
            f"{names[j]:<{width}}  k{j + 1} = {self.mean[j]:.6g} ± {deviations[j]:.2g}  "
            f"[{intervals[j, 0]:.5g}, {intervals[j, 1]:.5g}]  "
            f"worth {self.effective_size[j]:.0f} draws, R-hat {self.r_hat[j]:.3f}, {self.prior[j]}"
            for j in np.flatnonzero(self.present)
        ]
        chains, draws, _ = self.constants.shape
        astray = f", {self.divergences} divergences" if self.divergences else ""
        return "\n".join([*rows, f"[95% of {draws} draws by each of {chains} chains{astray}]"])
