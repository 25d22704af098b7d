"""Long and oscillating series in pieces, which are joined as the model becomes good."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.inverse_problem import RTOL, Solution
from ratelaw.learn.equations.search.matching import Smoothed

FEW_TURNS = 6
"""Turning points with which a whole course can be matched from the beginning."""
TURNS = 1
"""Turning points that a first piece may hold."""
SHORTEST = 12
"""Times in a piece, at least."""
LARGEST_GROWTH = 1e3
"""Of an error along a piece; beyond it a course is chaotic and cannot be fitted."""


def horizons(
    data: Experiments,
    smoothed: Sequence[Smoothed],
    deviations: Sequence[np.ndarray],
    *,
    whole: int = FEW_TURNS,
) -> list[int]:
    """Lengths of pieces to be fitted one after the other; the last is the longest series.

    A course that turns often can match data only if it is in step with them; pieces with few turns
    are, whatever the model's errors, and a model that fits these stays in step for longer ones.
    Courses of at most `whole` turns are not cut.
    Smoothed noise turns too, in some experiments; what counts is the median over them.
    """
    longest = max(len(course.at_times) for course in smoothed)
    places = [(k, data.species.index(name)) for name, k in data.direct.items()]
    turns = max((_turns(smoothed, deviations, k, v) for k, v in places), default=0.0)
    if turns <= whole:
        return [longest]
    length = max(SHORTEST, int(np.ceil(longest * TURNS / turns)))
    lengths = []
    while length < longest:
        lengths.append(length)
        length *= 2
    return [*lengths, longest]


def joinable(solution: Solution) -> bool:
    """Whether pieces of twice the length could still be fitted.

    Errors of the start, and of the solver, grow along a course by its derivative to the start; for
    chaotic courses exponentially, so that along two pieces they grow by the square. That must stay
    below `LARGEST_GROWTH`, and what it makes of the solver's error below the noise.
    """
    problem = solution.problem
    courses = problem.courses(solution.point)
    sizes, variables = problem.data.sizes, len(problem.data.species)
    growth = [
        np.abs(slopes[len(part.times) - 1, :, -variables:] * sizes / sizes[:, None]).max()
        for slopes, part in zip(courses.derivatives, problem.data.experiments, strict=True)
    ]
    noise = min(
        np.nanmedian(deviation) / np.nanmax(np.abs(part.values))
        for deviation, part in zip(problem.deviations, problem.data.experiments, strict=True)
    )
    return float(np.median(growth)) ** 2 <= min(LARGEST_GROWTH, noise / RTOL)


def cut(
    data: Experiments, smoothed: Sequence[Smoothed], length: int
) -> tuple[Experiments, list[Smoothed]]:
    """Pieces of at most this many times; all but the first of each experiment start anywhere."""
    parts, courses = [], []
    for part, course in zip(data.experiments, smoothed, strict=True):
        count = len(part.times)
        edges = [*range(0, max(count - length // 2, 1), length), count]
        for first, last in pairwise(edges):
            parts.append(_piece(part, first, last))
            per_step = course.weights.shape[1]
            courses.append(
                Smoothed(
                    course.at_times[first:last],
                    course.at_nodes[first * per_step : (last - 1) * per_step],
                    course.weights[first : last - 1],
                    course.spare[first:last],
                )
            )
    return replace(data, experiments=tuple(parts)), courses


def _piece(part: Experiment, first: int, last: int) -> Experiment:
    deviations = None if part.deviations is None else part.deviations[first:last]
    return replace(
        part,
        times=part.times[first:last],
        values=part.values[first:last],
        deviations=deviations,
        start=part.start if first == 0 else np.full_like(part.start, np.nan),
    )


def _turns(
    smoothed: Sequence[Smoothed], deviations: Sequence[np.ndarray], observable: int, species: int
) -> float:
    """How often courses of a species turn by more than its noise: the median of experiments."""
    pairs = [
        (part.at_times[:, species], 2 * np.nan_to_num(noise[:, observable]))
        for part, noise in zip(smoothed, deviations, strict=True)
        if np.isfinite(part.at_times[:, species]).all()
    ]
    if not pairs:
        return 0.0
    size = 0.05 * float(np.ptp(np.concatenate([course for course, _ in pairs])))
    return float(np.median([_turning_points(c, np.maximum(noise, size)) for c, noise in pairs]))


def _turning_points(course: np.ndarray, thresholds: np.ndarray) -> int:
    """How often a course (T,) turns by more than thresholds (T,)."""
    turns, extreme, least, rising = 0, course[0], thresholds[0], True
    for value, threshold in zip(course, thresholds, strict=True):
        ahead = value - extreme if rising else extreme - value
        if ahead >= 0:
            extreme, least = value, threshold
        elif -ahead > max(threshold, least):
            turns, extreme, least, rising = turns + 1, value, threshold, not rising
    return turns
