"""How large the noise is, from what a model misses, and what that says of the model."""

from collections.abc import Sequence

import numpy as np

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.inverse_problem import Solution

SOLVER = 3e-6
"""Of an observable's largest value: the least standard deviation, which the solver would make."""
FLOOR = 1e-3
"""Of an observable's largest value: noise in proportion to the value is no smaller than here."""


def deviations_of(
    data: Experiments, predicted: Sequence[np.ndarray]
) -> tuple[np.ndarray, ...]:
    """Standard deviations of all values, each (T, K): as given, or by the noise model."""
    largest = _largest(data)
    shapes = [data.noise.shape(course, FLOOR * largest) for course in predicted]
    scale = np.sqrt(_mean_squares(data, predicted, shapes))
    return tuple(
        part.deviations
        if part.deviations is not None
        else np.maximum(np.nan_to_num(scale * shape, nan=1.0), SOLVER * largest)
        for part, shape in zip(data.experiments, shapes, strict=True)
    )


def deviance(data: Experiments, solution: Solution) -> float:
    """Twice the negative log-likelihood, less a constant; each sigma at its best where unknown."""
    courses = solution.problem.courses(solution.point, slopes=False)
    if not courses.solved.all():
        return np.inf
    predicted = solution.problem.predicted(courses)
    deviations = deviations_of(data, predicted)
    total = 0.0
    for part, course, deviation in zip(data.experiments, predicted, deviations, strict=True):
        seen = np.isfinite(part.values)
        missed = ((course - part.values) / deviation)[seen]
        total += float(missed @ missed + 2 * np.log(deviation[seen]).sum())
    return total


def _largest(data: Experiments) -> np.ndarray:
    tops = [np.nanmax(np.abs(part.values), axis=0, initial=0.0) for part in data.experiments]
    largest = np.max(tops, axis=0)
    largest[largest == 0] = 1.0
    return largest


def _mean_squares(
    data: Experiments, predicted: Sequence[np.ndarray], shapes: Sequence[np.ndarray]
) -> np.ndarray:
    """Of the misses in units of the noise's shape, by observable, shape (K,)."""
    total, count = np.zeros(len(data.observables)), np.zeros(len(data.observables))
    for part, course, shape in zip(data.experiments, predicted, shapes, strict=True):
        missed = (course - part.values) / shape
        seen = np.isfinite(missed)
        total += np.square(np.where(seen, missed, 0.0)).sum(axis=0)
        count += seen.sum(axis=0)
    if data.noise.common:
        total, count = np.full_like(total, total.sum()), np.full_like(count, count.sum())
    return total / np.maximum(count, 1)
