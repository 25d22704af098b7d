"""How large the noise is before there is a model: from smooth courses and neighbouring values."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.error_laws import ErrorLaw
from ratelaw.learn.equations.noise_scale import SOLVER, deviations_of
from ratelaw.learn.equations.search.matching import Smoothed

TAILS = 4.0
"""Degrees of freedom of the t distribution of errors, in which strays count for little."""
ROUNDS = 50
NORMAL = 0.833
"""The scale of this t distribution that fits normal errors of size 1."""
ENOUGH = 0.8
"""Share of an observable's values that must be foretold."""


class _Foretold(NamedTuple):
    """An observable's values by something else than themselves, shape (T,) each.

    `level` is what a value should be, and `missed` by how much it is not, so scaled that it varies
    as the value itself does; NaN where nothing is foretold.
    """

    level: np.ndarray
    missed: np.ndarray


def first_deviations(
    data: Experiments, smoothed: Sequence[Smoothed], law: ErrorLaw
) -> tuple[np.ndarray, ...]:
    r"""Standard deviations of all values, each (T, K): as given, or as the values scatter.

    About smooth courses, or about the arithmetic or geometric mean of two neighbours,

    .. math:: v_i - (1 - w) v_{i-1} - w v_{i+1}, \qquad
        \ln v_i - (1 - w) \ln v_{i-1} - w \ln v_{i+1}

    whichever foretells an observable best. Where most is over between two measurements, a smooth
    course misses it and what follows; neighbours foretell at least what follows, and the scale
    is one in which strays count for little.

    Notes
    -----
    Differences: Gasser, Sroka and Jennen-Steinmetz 1986. Scale: Lange, Little and Taylor 1989.
    """
    courses = [_observed(data, course) for course in smoothed]
    deviations = deviations_of(data, courses, law)
    if data.noise.common or len(data.relations):
        return deviations
    values = np.concatenate([part.values for part in data.experiments])
    largest = np.nanmax(np.abs(values), axis=0, initial=0.0)
    found = np.concatenate(deviations)
    for k in np.flatnonzero(largest).tolist():
        count = ENOUGH * np.isfinite(values[:, k]).sum()
        tried = [
            _robust(missed, shape)
            for level, missed in _foretold(data, smoothed, np.concatenate(courses)[:, k], k)
            if (np.isfinite(level) & np.isfinite(missed)).sum() >= count
            for shape in data.noise.shapes(level, values[:, k], largest[k])
        ]
        if tried:
            best = min(tried, key=lambda pair: pair[0])[1]
            sized = np.maximum(best, SOLVER * largest[k])
            found[:, k] = np.where(np.isfinite(sized), sized, found[:, k])
    ends = np.cumsum([len(part.times) for part in data.experiments])[:-1]
    return tuple(
        block if part.deviations is None else part.deviations
        for part, block in zip(data.experiments, np.split(found, ends), strict=True)
    )


def _foretold(
    data: Experiments, smoothed: Sequence[Smoothed], course: np.ndarray, k: int
) -> Iterator[_Foretold]:
    """The values of observable k by their smooth course, and by their neighbours."""
    values = np.concatenate([part.values[:, k] for part in data.experiments])
    observable = data.observables[k]
    if observable.is_Symbol:
        v = data.species.index(observable.name)
        left = np.concatenate([_within(course.spare[:, v]) for course in smoothed])
        yield _Foretold(course, (values - course) / np.sqrt(left))
    for mean in (_arithmetic, _geometric):
        parts = [_beside_neighbours(p.times, p.values[:, k], mean) for p in data.experiments]
        yield _Foretold(np.abs(values), np.concatenate(parts))


def _within(spare: np.ndarray) -> np.ndarray:
    """What is left of each error's variance; NaN at the ends, where a spline misses most."""
    left = np.where(spare > 0, spare, np.nan)
    left[[0, -1]] = np.nan
    return left


def _arithmetic(before: np.ndarray, after: np.ndarray, share: np.ndarray) -> np.ndarray:
    return (1 - share) * before + share * after


def _geometric(before: np.ndarray, after: np.ndarray, share: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.exp(_arithmetic(np.log(before), np.log(after), share))


def _beside_neighbours(
    times: np.ndarray,
    values: np.ndarray,
    mean: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """By how much values miss the mean of their neighbours; NaN for the first and the last."""
    seen = np.flatnonzero(np.isfinite(values))
    t, v = times[seen], values[seen]
    share = (t[1:-1] - t[:-2]) / (t[2:] - t[:-2])
    missed = np.full(len(values), np.nan)
    missed[seen[1:-1]] = v[1:-1] - mean(v[:-2], v[2:], share)
    missed[seen[1:-1]] /= np.sqrt(1 + (1 - share) ** 2 + share**2)
    return missed


def _robust(missed: np.ndarray, shape: np.ndarray) -> tuple[float, np.ndarray]:
    """The cost of noise of a shape at its best size, for each value, and its deviations."""
    seen = np.isfinite(missed) & np.isfinite(shape)
    squares = np.square(missed[seen] / shape[seen])
    size = max(float(np.median(squares)), 1e-300)
    for _ in range(ROUNDS):
        size = max(float(((TAILS + 1) / (TAILS + squares / size) * squares).mean()), 1e-300)
    tails = (TAILS + 1) * np.log1p(squares / (TAILS * size)).mean()
    cost = np.log(size) + 2 * np.log(shape[seen]).mean() + tails
    return float(cost), shape * np.sqrt(size) / NORMAL


def _observed(data: Experiments, course: Smoothed) -> np.ndarray:
    """The observables that are species, along a smooth course, shape (T, K)."""
    return np.column_stack(
        [
            course.at_times[:, data.species.index(o.name)]
            if o.is_Symbol
            else np.full(len(course.at_times), np.nan)
            for o in data.observables
        ]
    )
