"""What a search returns, looked at once more: held-back data, ranking, what must be said."""

from dataclasses import replace

import numpy as np

from ratelaw.errors import RatelawError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.criteria import ModelCriterion
from ratelaw.learn.equations.error_laws import NormalLaw
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.held_back import why_not
from ratelaw.learn.equations.losses import SquaredLoss
from ratelaw.learn.equations.refit import refit

IMPROBABLE = 1e-4
"""A p-value below which a model does not explain the data."""
FEW = 2
"""Degrees of freedom on which the size of the noise is hardly known."""
STRAY = 1e-3
"""Share of data without outliers in which some value is taken for one."""


def reviewed(found: Fit, data: Experiments, criterion: ModelCriterion) -> Fit:
    """The best accepted model by a criterion, with the others and with remarks.

    Where no model is accepted the best one is returned, and a remark says what is wrong with it.
    """
    judged = [_judged(model, data, criterion) for model in found.alternatives]
    pairs = list(zip(found.alternatives, judged, strict=True))
    kept = [(model, score) for model, score in pairs if isinstance(score, float)]
    refused = [(model, reason) for model, reason in pairs if isinstance(reason, str)]
    said = list(data.remarks)
    said += [f"left out: {_shown(model)}, since {reason}" for model, reason in refused[:3]]
    if not kept:
        kept = [(found, np.inf)]
        said.append("no model stood the test on held-back experiments: take none for true")
    ranked = [model for model, _ in sorted(kept, key=lambda pair: pair[1])]
    said += outliers(ranked[0], data)
    models = tuple(replace(model, remarks=(*said, *doubts(model))) for model in ranked)
    return replace(models[0], alternatives=models)


def _judged(model: Fit, data: Experiments, criterion: ModelCriterion) -> float | str:
    """Its score, or why it is left out."""
    try:
        return why_not(model, data) or criterion.score(model, data)
    except (RatelawError, np.linalg.LinAlgError) as error:
        return str(error)


def _shown(model: Fit) -> str:
    return ", ".join(model.found) or "no terms"


def outliers(model: Fit, data: Experiments) -> list[str]:
    """How many values are further off than normal errors are, and which is the furthest.

    What half of an observable's values miss says how large normal errors would be. By squares
    outliers are not told: the courses follow them.
    """
    if model.loss == SquaredLoss():
        return []
    missed = [np.abs(part) for part in refit(model, data).missed]
    law = NormalLaw()
    size = np.nanmedian(np.concatenate(missed), axis=0) / law.quantile(0.5)
    missed = [np.nan_to_num(part / np.maximum(size, 1e-150)) for part in missed]
    limit = law.quantile(1 - STRAY / data.values)
    count = sum(int((part > limit).sum()) for part in missed)
    if not count:
        return []
    e = max(range(len(missed)), key=lambda e: float(missed[e].max()))
    row, column = np.unravel_index(missed[e].argmax(), missed[e].shape)
    part, name = data.experiments[e], data.observables[column]
    where = f"{name} in {part.name} at {part.times[row]:g}"
    far = f"{missed[e].max():.0f} standard deviations off"
    return [f"{count} of {data.values} values are outliers, the furthest {where}, {far}"]


def doubts(model: Fit) -> list[str]:
    """What makes the numbers of a model less than sure."""
    said = []
    if model.p_value < IMPROBABLE:
        said.append(
            f"chi-square is {model.chi_square:.4g} for {model.degrees_of_freedom} degrees of "
            f"freedom: the errors of the data do not explain what is missed; a term may be lacking "
            f"in the library, such as the constant 1 or a higher degree"
        )
    elif not model.selected.any():
        said.append("no term is better than none: the noise is larger than what changes")
    if model.noise_is_estimated and model.degrees_of_freedom <= FEW:
        said.append(
            f"the noise is seen on {model.degrees_of_freedom} degrees of freedom alone: true "
            f"errors may be many times the standard errors; measure at more times"
        )
    loose = [name for name, (value, error) in model.found.items() if not error < abs(value)]
    if loose:
        said.append(f"no more certain than their size: {', '.join(loose)}")
    return said
