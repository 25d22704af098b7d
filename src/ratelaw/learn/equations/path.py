"""From a model to ever fewer terms: what each of them is worth."""

from dataclasses import dataclass, replace

import numpy as np

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.refit import Refit, refit


@dataclass(frozen=True)
class Sparser:
    """A model on the way to none.

    Attributes
    ----------
    terms
        Those that are left.
    removed
        The one that went last; empty at the start.
    deviance, score
        Twice the negative log-likelihood, less a constant, and with the price of the terms;
        infinite where it cannot be simulated.
    """

    terms: tuple[str, ...]
    removed: str
    deviance: float
    score: float


def sparsity_path(fit: Fit, data: Experiments) -> tuple[Sparser, ...]:
    """Remove the least certain term, refit, and so on to the last: largest model first.

    Examples
    --------
    >>> from ratelaw import Network, ODENet, ReactionLibrary
    >>> from ratelaw.learn.data.examples import pinene
    >>> data = Experiments.of(pinene(), exact_start=True)
    >>> fit = ODENet(ReactionLibrary(Network.parse("pinene --> dipentene, 1"))).fit(data)
    >>> [model.removed for model in sparsity_path(fit, data)]
    ['', 'pinene --> dipentene']
    """
    found, removed = [], ""
    while True:
        again = refit(fit, data)
        found.append(_measured(fit, again, removed))
        places = np.flatnonzero(fit.selected)
        if not places.size:
            return tuple(found)
        errors = again.standard_errors[: len(places)]
        certain = np.abs(again.solution.point.theta) / np.maximum(errors, 1e-300)
        least = places[int(np.argmin(np.nan_to_num(certain)))]
        removed = str(fit.columns[least])
        values = np.zeros_like(fit.values)
        values[places] = again.solution.point.theta
        selected = fit.selected.copy()
        selected[least], values[least] = False, 0.0
        fit = replace(fit, selected=selected, values=values)


def _measured(fit: Fit, again: Refit, removed: str) -> Sparser:
    missed = again.solution.deviance
    terms = tuple(map(str, again.solution.problem.field.terms))
    return Sparser(terms, removed, missed, missed + fit.price(again.data.values))
