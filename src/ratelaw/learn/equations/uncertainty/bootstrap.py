"""Coefficients of data drawn anew: how they would scatter, were everything repeated."""

from dataclasses import dataclass, replace

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.refit import Refit, refit


@dataclass(frozen=True)
class BootstrapFit:
    """Coefficients and shape parameters of many data sets drawn anew.

    Attributes
    ----------
    names
        Of terms and shape parameters.
    draws
        Shape (replicates, unknowns).

    Examples
    --------
    >>> BootstrapFit(("A --> 0",), np.array([[1.0], [3.0]])).standard_errors
    array([1.41421356])
    """

    names: tuple[str, ...]
    draws: np.ndarray

    @property
    def standard_errors(self) -> np.ndarray:
        """Shape (unknowns,)."""
        return self.draws.std(axis=0, ddof=1)

    def intervals(self, level: float = 0.95) -> np.ndarray:
        """Percentiles that leave the same on either side, shape (unknowns, 2)."""
        tail = (1 - level) / 2
        return np.quantile(self.draws, [tail, 1 - tail], axis=0).T


def bootstrap_fit(
    fit: Fit, data: Experiments, *, replicates: int = 200, seed: int | None = None
) -> BootstrapFit:
    r"""Refit the selected terms to experiments drawn with replacement.

    With a single experiment its residuals are drawn instead, in units of their deviations and per
    degree of freedom, and put on the fitted course.

    Parameters
    ----------
    fit, data
        What was learned, and from what.
    replicates
        Data sets that are drawn, at least 2.
    seed
        The same seed draws the same.

    Raises
    ------
    DataError
        If fewer than two replicates are asked for.

    Notes
    -----
    Efron and Tibshirani 1993, Chapters 8 and 9. Few experiments are few things to draw from: with
    fewer than some ten, errors of the first kind are too small.

    Examples
    --------
    >>> from ratelaw import Network, ODENet, ReactionLibrary
    >>> from ratelaw.learn.data.examples import pinene
    >>> data = Experiments.of(pinene(), exact_start=True)
    >>> fit = ODENet(ReactionLibrary(Network.parse("pinene --> dipentene, 1"))).fit(data)
    >>> bootstrap_fit(fit, data, replicates=9, seed=1).draws.shape
    (9, 1)
    """
    if replicates < 2:  # noqa: PLR2004
        raise DataError(f"replicates={replicates}: a scatter needs at least 2")
    generator = np.random.default_rng(seed)
    again = refit(fit, data)
    draws = [
        refit(fit, _drawn(again, generator)).unknowns  # from the fit, so that none gets lost
        for _ in range(replicates)
    ]
    return BootstrapFit(again.names, np.array(draws))


def _drawn(again: Refit, generator: np.random.Generator) -> Experiments:
    data = again.data
    count = len(data.experiments)
    if count > 1:
        places = generator.integers(count, size=count)
        return replace(data, experiments=tuple(data.experiments[e] for e in places))
    return replace(data, experiments=(_with_other_errors(again, generator),))


def _with_other_errors(again: Refit, generator: np.random.Generator) -> Experiment:
    """The only experiment: its fitted course with its residuals in another order."""
    (part,), (deviation,) = again.data.experiments, again.solution.problem.deviations
    (course,) = again.solution.predicted
    seen = np.isfinite(part.values)
    spare = np.sqrt(again.data.values / again.degrees_of_freedom)
    residuals = -spare * again.solution.residuals
    values = part.values.copy()
    drawn = generator.choice(residuals - residuals.mean(), size=int(seen.sum()))
    values[seen] = again.data.noise.interval(course[seen], deviation[seen], drawn)[1]
    return replace(part, values=values)
