"""Standard errors that hold where the network is only nearly right."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.scoring import total
from ratelaw.learn.rates.uncertainty.refit import refit

if TYPE_CHECKING:
    from ratelaw.learn.rates.fit_rates import Data

STEP = 0.02
"""Of a standard error, to differentiate the gradient."""


def with_robust_errors(
    rates: Rates, data: "Data | Sequence[Data]", method: CriterionMethod | None = None
) -> Rates:
    r"""Replace the covariance of rates by the sandwich.

    .. math:: Cov = H^{-1} S H^{-1}, \qquad H = \tfrac12 \frac{\partial^2 D}{\partial k^2}

    S is the covariance of the gradient of -D/2: of a likelihood the sum of squared scores of the
    cells, or where they are few what is expected of it; of moments that of the covariance of the
    sample. If the network is right both are the information; if not, the usual standard errors are
    those of another experiment, these are still those of the constants that fit best.

    Parameters
    ----------
    rates
        Which reactions are present.
    data, method
        From which they were estimated; the method of `fit_rates` unless told.

    Returns
    -------
    The rates, with that covariance.

    Raises
    ------
    DataError
        If no reaction is present.
    SolverError
        If the deviance does not rise in all directions.

    Notes
    -----
    White 1982; Hansen 1982, Theorem 3.1. Weights are taken as they are; `Rates.covariance` has a
    factor for the errors of those that come from a sample.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> rates = fit_rates(zoo.birth_death(), cells)
    >>> ratio = with_robust_errors(rates, cells).standard_errors / rates.standard_errors
    >>> bool((abs(ratio - 1) < 0.1).all())  # the network is right
    True
    """
    criterion, best = refit(rates, data, method)
    usual = criterion.rates(best)
    free = best.present
    parts = criterion.parts(free, best.constants)
    steps = STEP * np.sqrt(np.diagonal(best.covariance)[free])
    theta = best.constants[free]
    slopes = [
        (total(parts, theta - row)[1] - total(parts, theta + row)[1]) / (2 * step)
        for row, step in zip(np.diag(steps), steps, strict=True)
    ]
    bend = (np.array(slopes) + np.array(slopes).T) / 2
    if np.linalg.eigvalsh(bend * np.outer(steps, steps))[0] <= 0:
        raise SolverError("the deviance does not rise in all directions from these rates")
    inverse = np.linalg.inv(bend)
    inside = np.ix_(free, free)
    wider = np.trace(usual.covariance[inside]) / np.trace(best.covariance[inside])
    covariance = np.zeros_like(best.covariance)
    covariance[inside] = wider * inverse @ criterion.scatter(best)[inside] @ inverse
    return replace(usual, covariance=covariance)
