"""The least error that any unbiased estimator of the coefficients can have: Cramer and Rao."""

from collections.abc import Sequence

import numpy as np

from contest.equations import Polynomial
from contest.problem import Problem, Run, exact

STEP = 1e-5
"""Relative, of central differences of courses with a relative error of 1e-9."""
DRAWS = 10_001


def bound(problem: Problem, clean: Sequence[Run], level: float) -> float:
    """The median of `Score.coefficients` for an efficient estimator that is told the right terms.

    Standard deviations of the noise are told it as well; initial states are not. NaN where the
    truth is no polynomial with free coefficients, or where there is no noise.
    """
    truth = problem.truth(clean[0].temperature)
    if level == 0 or problem.reactions or not isinstance(truth, Polynomial):
        return np.nan
    places = np.argwhere(truth.coefficients)
    information = np.zeros((len(places), len(places)))
    deviations = problem.noise([run.values for run in clean], level)
    for run, sigma in zip(clean, deviations, strict=True):
        initial = run.values[0]
        along = np.column_stack(
            [central(truth, place, run, initial) for place in map(tuple, places)]
        )
        start = np.column_stack(
            [shifted(truth, row, run, initial) for row in STEP * np.diag(initial)]
        )
        along, start = along / sigma.reshape(-1, 1), start / sigma.reshape(-1, 1)
        explained = start @ np.linalg.lstsq(start, along)[0]
        information += along.T @ (along - explained)
    relative = np.linalg.inv(information)
    errors = np.random.default_rng(0).multivariate_normal(np.zeros(len(places)), relative, DRAWS)
    return float(np.median(np.sqrt(np.square(errors).mean(axis=1))))


def central(truth: Polynomial, place: tuple[int, ...], run: Run, initial: np.ndarray) -> np.ndarray:
    """Of the course, by one coefficient's logarithm, flat."""
    courses = []
    for factor in (1 + STEP, 1 - STEP):
        changed = truth.coefficients.copy()
        changed[place] *= factor
        courses.append(exact(Polynomial(truth.exponents, changed), initial, run.times))
    return (courses[0] - courses[1]).ravel() / (2 * STEP)


def shifted(truth: Polynomial, by: np.ndarray, run: Run, initial: np.ndarray) -> np.ndarray:
    """Of the course, along one shift of the initial state, flat; its length does not matter."""
    after, before = (exact(truth, initial + sign * by, run.times) for sign in (1, -1))
    return (after - before).ravel() / (2 * STEP)
