"""Whether a reaction could be absent after all: likelihood ratios at the boundary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import RatelawError
from ratelaw.learn.rates.criterion import Criterion
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.uncertainty.refit import refit

if TYPE_CHECKING:
    from ratelaw.learn.rates.fit_rates import Data


@dataclass(frozen=True)
class Absence:
    """What leaving one reaction out costs.

    Attributes
    ----------
    reaction
        As text.
    rise
        Of the least deviance without it: the likelihood ratio, or the difference of J. Where there
        are priors they hold the other constants, but only the data count.
    probability
        Of a larger rise, were the reaction not there.

    Examples
    --------
    >>> Absence("A --> 0", 2.71, 0.05).reaction
    'A --> 0'
    """

    reaction: str
    rise: float
    probability: float


def absence(
    rates: Rates, data: "Data | Sequence[Data]", method: CriterionMethod | None = None
) -> tuple[Absence, ...]:
    r"""Test each reaction that is present against its absence.

    .. math:: \min_{k \ge 0,\, k_j = 0} D - \min_{k \ge 0} D
        \sim \tfrac12 \chi^2_0 + \tfrac12 \chi^2_1

    Half of the time a reaction that is not there has its best constant at 0, where nothing rises: a
    chi-square alone would give twice the probability.

    Parameters
    ----------
    rates
        Which reactions are present.
    data, method
        From which they were estimated; the method of `fit_rates` unless told.

    Returns
    -------
    One for each reaction that is present, in their order. Where the others do not explain the data,
    the rise is infinite, or that of probabilities of 1e-300.

    Raises
    ------
    DataError
        If no reaction is present, or the method does not take the data.

    Notes
    -----
    Self and Liang 1987, case 5.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> rates = fit_rates(zoo.birth_death(), cells)
    >>> [found.probability < 1e-9 for found in absence(rates, cells)]
    [True, True]
    """
    from scipy.stats import chi2

    criterion, best = refit(rates, data, method)
    least = criterion.deviance(best.constants)
    found = []
    for j in np.flatnonzero(best.present).tolist():
        without = best.constants.copy()
        without[j] = 0.0
        rise = max(_least(criterion, without) - least, 0.0)
        found.append(
            Absence(str(criterion.candidates.reactions[j]), rise, float(chi2.sf(rise, 1)) / 2)
        )
    return tuple(found)


def _least(criterion: Criterion, start: np.ndarray) -> float:
    """The deviance of the data with the constants above 0; infinite where they explain nothing."""
    try:
        return criterion.deviance(criterion.fit(start > 0, start).constants)
    except RatelawError:
        return np.inf
