"""How large the noise is, from what a model misses, and what that says of the model."""

from collections.abc import Sequence

import numpy as np

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.error_laws import ErrorLaw

SOLVER = 3e-6
"""Of an observable's largest value: the least standard deviation, which the solver would make."""

COARSE = 0.01
"""Of a typical value: the least that a first fit of many terms resolves."""


def coarse(data: Experiments, deviations: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Standard deviations of the same form, none finer than a first fit should resolve."""
    values = np.concatenate([part.values for part in data.experiments])
    seen = np.isfinite(values)
    typical = np.sqrt(np.square(np.where(seen, values, 0.0)).sum(axis=0))
    fine = np.sqrt(np.square(np.where(seen, np.concatenate(deviations), 0.0)).sum(axis=0))
    factor = np.maximum(1.0, COARSE * typical / np.where(fine > 0, fine, 1.0))
    return tuple(part * factor for part in deviations)


def deviations_of(
    data: Experiments, predicted: Sequence[np.ndarray], law: ErrorLaw
) -> tuple[np.ndarray, ...]:
    """Standard deviations of all values, each (T, K): as given, or of the likeliest noise.

    Where values follow from others, one observable's scatter says nothing of its error: all have
    one sigma, in the simplest form of the noise, and the squares are those of fewer values.
    """
    if all(part.deviations is not None for part in data.experiments):
        return tuple(np.asarray(part.deviations) for part in data.experiments)
    lengths = np.cumsum([len(part.times) for part in data.experiments])[:-1]
    values = np.concatenate([part.values for part in data.experiments])
    course = np.concatenate(predicted)
    largest = np.nanmax(np.abs(values), axis=0, initial=0.0)
    largest[largest == 0] = 1.0
    forms = [data.noise.shapes(course[:, k], values[:, k], largest[k]) for k in range(len(largest))]
    missed = data.noise.missed(course, values)
    if data.noise.common or len(data.relations):
        kept = [form[:1] for form in forms] if len(data.relations) else forms
        choices = [np.column_stack(form) for form in zip(*kept, strict=True)]
        found = min((_scaled(missed, shape, law) for shape in choices), key=lambda s: s[0])[1]
    else:
        found = np.column_stack(
            [
                min((_scaled(missed[:, [k]], s[:, None], law) for s in form), key=lambda s: s[0])[1]
                for k, form in enumerate(forms)
            ]
        )
    spread = np.nan_to_num(found, nan=1.0) / np.sqrt(data.independent)
    sized = np.maximum(spread, SOLVER * largest)
    return tuple(
        block if part.deviations is None else part.deviations
        for part, block in zip(data.experiments, np.split(sized, lengths), strict=True)
    )


def inflation(data: Experiments, unknowns: int) -> float:
    """By how much variances exceed those by the likeliest noise, which a fit makes too small."""
    return data.values / max(data.values - unknowns, 1) if data.noise_is_estimated else 1.0


def deviance(data: Experiments, predicted: Sequence[np.ndarray], law: ErrorLaw) -> float:
    """Twice the negative log-likelihood, less a constant; each sigma at its best where unknown.

    Values that follow from others are not counted twice.
    """
    total = 0.0
    for part, course, deviation in zip(
        data.experiments, predicted, deviations_of(data, predicted, law), strict=True
    ):
        seen = np.isfinite(part.values)
        missed = data.noise.missed(course, part.values)[seen] / deviation[seen]
        size = 2 * data.independent * np.log(deviation[seen]).sum()
        total += float((law.cost(missed) + law.peak).sum() + size)
    return total


def _scaled(missed: np.ndarray, shape: np.ndarray, law: ErrorLaw) -> tuple[float, np.ndarray]:
    """The deviance of noise of a shape at its best size, and the standard deviations."""
    seen = np.isfinite(missed) & np.isfinite(shape)
    scaled = missed[seen] / shape[seen]
    size = max(law.size(scaled), 1e-150)
    cost = law.cost(scaled / size).sum() + 2 * np.log(size * shape[seen]).sum()
    return float(cost), shape * size
