"""The parametric bootstrap: what would have been estimated from other data of the same kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError, RatelawError, SolverError
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.uncertainty.refit import as_chosen, posed
from ratelaw.learn.rates.uncertainty.resampling import resample
from ratelaw.network import Network

if TYPE_CHECKING:
    from ratelaw.learn.rates.fit_rates import Data

FEWEST = 2
"""Replicates of which a spread can be told."""


@dataclass(frozen=True)
class Bootstrap:
    """Rates estimated again from R data sets that the estimated network gave.

    Attributes
    ----------
    rates
        From the data themselves, of the reactions that are present.
    constants
        Shape (R, M); 0 where a reaction is absent. Replicates that could not be fitted are left
        out.
    distances, distance
        Twice the log-likelihood that each replicate, shape (R,), and the data lack to their own
        frequencies; of moments Hansen's J.
    failed
        How many replicates could not be fitted.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> found = bootstrap(fit_rates(zoo.birth_death(), cells), cells, replicates=20)
    >>> lower, upper = found.intervals()[0]
    >>> bool(lower < 10 < upper)
    True
    """

    rates: Rates
    constants: np.ndarray
    distances: np.ndarray
    distance: float
    failed: int

    @property
    def candidates(self) -> Network:
        """With constants k1, k2, ...."""
        return self.rates.candidates

    @property
    def bias(self) -> np.ndarray:
        """Mean of the replicates less the estimate, shape (M,)."""
        return self.constants.mean(axis=0) - self.rates.constants

    @property
    def covariance(self) -> np.ndarray:
        """Of the replicates, shape (M, M)."""
        return np.cov(self.constants, rowvar=False).reshape(self.rates.covariance.shape)

    @property
    def standard_errors(self) -> np.ndarray:
        """Of the constants, shape (M,); NaN where a reaction is absent."""
        return np.where(self.rates.present, self.constants.std(axis=0, ddof=1), np.nan)

    @property
    def fit_probability(self) -> float:
        """Of a distance as large as that of the data, if the network is right."""
        return float((1 + (self.distances >= self.distance).sum()) / (1 + self.distances.size))

    def intervals(self, level: float = 0.95) -> np.ndarray:
        """Percentiles of the replicates, shape (M, 2)."""
        tail = (1 - level) / 2
        return np.quantile(self.constants, [tail, 1 - tail], axis=0).T

    def draws(self, count: int, seed: int) -> np.ndarray:
        """Constants of replicates taken at random, shape (count, M)."""
        return np.random.default_rng(seed).choice(self.constants, size=count)

    def __str__(self) -> str:
        names = [str(reaction) for reaction in self.rates.candidates.reactions]
        width = max(map(len, names))
        spans = zip(
            names,
            self.rates.constants,
            self.standard_errors,
            self.bias,
            self.intervals(),
            strict=True,
        )
        rows = [
            f"{name:<{width}}  k{j} = {k:.6g} ± {error:.2g}, bias {bias:.2g}  [{low:.5g}, {up:.5g}]"
            for j, (name, k, error, bias, (low, up)) in enumerate(spans, start=1)
            if self.rates.present[j - 1]
        ]
        lost = f", {self.failed} more could not be fitted" if self.failed else ""
        return "\n".join(
            [
                *rows,
                f"[95% percentiles of {self.distances.size} replicates{lost}]",
                f"probability of a worse fit {self.fit_probability:.2g}",
            ]
        )


def bootstrap(
    rates: Rates,
    data: "Data | Sequence[Data]",
    method: CriterionMethod | None = None,
    *,
    replicates: int = 200,
    seed: int = 0,
) -> Bootstrap:
    r"""Estimate rates again from data that the estimated network gives.

    .. math:: \hat k \to y^* \sim p(y; \hat k) \to \hat k^*

    Parameters
    ----------
    rates
        Which reactions are present, and where to look for the minimum.
    data, method
        From which they were estimated, results of `simulate` or `Snapshots`; the method of
        `fit_rates` unless told. Replicates have the same initial states, times, numbers of cells or
        trajectories, model of counting and unseen states.
    replicates
        How many, from 2 on.
    seed
        Of all that is drawn.

    Returns
    -------
    The constants of the replicates, their spread, and how well the network fits.

    Raises
    ------
    DataError
        If no reaction is present, or such data cannot be drawn.
    SolverError
        If more replicates fail than are fitted.

    Notes
    -----
    Efron and Tibshirani 1993, Sections 6.5 and 13.3. Which reactions are present is not decided
    anew. Weights are estimated anew from each replicate of moments.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> found = bootstrap(fit_rates(zoo.birth_death(), cells), cells, replicates=10)
    >>> found.constants.shape
    (10, 2)
    """
    if replicates < FEWEST:
        raise DataError(f"replicates={replicates}: draw at least {FEWEST}")
    chosen, sets = as_chosen(data, method)
    criterion = posed(rates, (chosen, sets))
    best = criterion.fit(rates.present, rates.constants)
    values = dict(zip(criterion.candidates.parameters, best.constants.tolist(), strict=True))
    network = criterion.candidates.replace(parameters=values)
    seeds = np.random.default_rng(seed).integers(2**31, size=len(sets)).tolist()
    drawn = [resample(network, one, replicates, own) for one, own in zip(sets, seeds, strict=True)]
    constants, distances, errors = [], [], []
    for again in zip(*drawn, strict=True):
        try:
            posing = chosen.pose(rates.candidates, again)
            found = posing.fit(rates.present, best.constants)
        except RatelawError as error:
            errors.append(error)
            continue
        constants.append(found.constants)
        distances.append(found.deviance + 2 * posing.saturated)
    if len(errors) > replicates / 2:
        raise SolverError(f"{len(errors)} of {replicates} replicates fail: {errors[0]}")
    return Bootstrap(
        rates=criterion.rates(best),
        constants=np.array(constants),
        distances=np.array(distances),
        distance=best.deviance + 2 * criterion.saturated,
        failed=len(errors),
    )
