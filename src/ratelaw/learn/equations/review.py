"""What a search returns, looked at once more: held-back data, ranking, what must be said."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from ratelaw.errors import RatelawError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.criteria import ModelCriterion
from ratelaw.learn.equations.error_laws import NormalLaw
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.held_back import why_not
from ratelaw.learn.equations.losses import SquaredLoss
from ratelaw.learn.equations.noise_scale import SOLVER
from ratelaw.learn.equations.refit import Refit, refit
from ratelaw.network.expression import symbol

IMPROBABLE = 1e-4
"""A p-value below which a model does not explain the data."""
FEW = 2
"""Degrees of freedom on which the size of the noise is hardly known."""
SCARCE = 20
"""Values of an observable from which the size of its own noise is known well enough."""
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
    said = [*data.remarks, *_unused(found, data)]
    said += [
        f"a model was left out: {_shown(model)}, since {reason}" for model, reason in refused[:3]
    ]
    if not kept:
        kept = [(found, np.inf)]
        said.append("no model stood the test on held-back experiments: take none for true")
    ranked = [model for model, _ in sorted(kept, key=lambda pair: pair[1])]
    again = refit(ranked[0], data)
    if again.solution.is_solved:
        said += [*scarce(again), *correlated(again), *outliers(ranked[0], again)]
    models = tuple(replace(model, remarks=(*said, *doubts(model))) for model in ranked)
    return replace(models[0], alternatives=models)


def _judged(model: Fit, data: Experiments, criterion: ModelCriterion) -> float | str:
    """Its score, or why it is left out."""
    try:
        return why_not(model, data) or criterion.score(model, data)
    except (RatelawError, np.linalg.LinAlgError) as error:
        return str(error)


def _unused(found: Fit, data: Experiments) -> list[str]:
    """Inputs by which no candidate term could tell experiments apart."""
    held = set().union(*(term.rate.free_symbols for term in found.columns))
    return [
        f"no term of the library holds {name}, which was set: what it does is not learned"
        for name in data.inputs
        if symbol(name) not in held
    ]


def _shown(model: Fit) -> str:
    return ", ".join(model.found) or "no terms"


def scarce(again: Refit) -> list[str]:
    """Observables whose noise is told by few values of their own, which fits follow too closely."""
    data = again.data
    is_shared = data.noise.common or len(data.relations)
    if is_shared or not data.noise_is_estimated or again.degrees_of_freedom <= FEW:
        return []
    counts = np.sum([np.isfinite(part.values).sum(axis=0) for part in data.experiments], axis=0)
    few = [
        k for k, count in enumerate(counts) if 0 < count < SCARCE and not _is_as_solved(again, k)
    ]
    if not few:
        return []
    names = ", ".join(str(data.observables[k]) for k in few)
    alike = "take one noise for all if they were measured alike, or " if len(counts) > 1 else ""
    said = (
        f"few values ({counts[few].min()}) tell how large the noise of {names} is: true errors may "
        f"be twice the standard errors; {alike}give standard deviations"
    )
    return [said]


def correlated(again: Refit) -> list[str]:
    r"""Observables whose neighbouring values are missed alike, as errors of measurement are not.

    .. math:: z = \frac{\sum_i r_i r_{i+1}}{\sqrt n\, \overline{r^2}} \sim N(0, 1)

    of n pairs of neighbours along all courses (Anderson 1942). Misses as small as the solver's
    own are left alone.
    """
    data, missed = again.data, again.missed
    found = []
    for k, observable in enumerate(data.observables):
        courses = [part[np.isfinite(part[:, k]), k] for part in missed]
        pairs = np.concatenate([course[1:] * course[:-1] for course in courses])
        if not pairs.size or _is_as_solved(again, k):
            continue
        size = float(np.mean(np.square(np.concatenate(courses))))
        z = pairs.sum() / size / np.sqrt(len(pairs))
        if ndtr(-z) * len(data.observables) < IMPROBABLE:
            found.append(
                f"neighbouring values of {observable} are missed in the same direction, with a "
                f"correlation of {pairs.mean() / size:.1f}, as errors of measurement would not be: "
                f"a term may be lacking in the library"
            )
    return found


def _is_as_solved(again: Refit, k: int) -> bool:
    """Whether what an observable misses is no more than what a solver may."""
    values = np.concatenate([part.values[:, k] for part in again.data.experiments])
    missed = np.concatenate([part[:, k] for part in again.solution.predicted]) - values
    return bool(np.nanmax(np.abs(missed)) < 10 * SOLVER * np.nanmax(np.abs(values)))


def outliers(model: Fit, again: Refit) -> list[str]:
    """How many values are further off than normal errors are, and which is the furthest.

    What half of an observable's values miss says how large normal errors would be. By squares
    outliers are not told: the courses follow them.
    """
    if model.loss == SquaredLoss():
        return []
    data = again.data
    missed = [np.abs(part) for part in again.missed]
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
        said.append(
            "no term is better than none: the noise is larger than what changes, or the library "
            "lacks what does"
        )
    if model.noise_is_estimated and model.degrees_of_freedom <= FEW:
        said.append(
            f"the noise is seen on {model.degrees_of_freedom} degrees of freedom alone: true "
            f"errors may be many times the standard errors; measure at more times"
        )
    known = {**model.found, **model.found_inside}
    loose = [name for name, (value, error) in known.items() if not error < abs(value)]
    if loose:
        said.append(f"no more certain than their size: {', '.join(loose)}")
    return said
