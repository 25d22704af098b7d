"""What steps of every method share: how long they are, what they keep, how a course can end."""

from typing import NamedTuple

import numpy as np
from numba import njit

from ratelaw.learn.equations.courses.products import Products, Work

Array = np.ndarray

COUNT = 7
"""Stages, of both methods, the first of which is the last of the step before."""
SAFETY, SMALLEST, LARGEST = 0.9, 0.2, 6.0
"""By how much a step may change."""
TINY = 1e-14
"""Of the whole time: the shortest step."""
FINISHED, TOO_MANY_STEPS, TOO_SMALL_STEPS, EXPLODED, STIFF = 0, 1, 2, 3, 4


class Step(NamedTuple):
    """What a step keeps of its stages, stage by stage, and the state that it reaches (V,).

    Attributes
    ----------
    slopes
        dy/dt, shape (7, V).
    matrices, pivots
        The Jacobian J, or factors of 1 - h gamma J, shapes (7, V, V) and (7, V).
    terms, by_shape
        Derivatives of dy/dt to the weights, but for the stoichiometry (7, C), and shape (7, V, P).
    """

    slopes: Array
    matrices: Array
    pivots: Array
    terms: Array
    by_shape: Array
    state: Array


class Progress(NamedTuple):
    """Where a course has come, before and after a step.

    Attributes
    ----------
    state
        Shape (V,).
    derivatives
        Of the state, to all unknowns, shape (V, Q).
    slopes
        Derivatives of dy/dt to all unknowns, stage by stage, shape (7, V, Q).
    after
        Derivatives of the state after the step, shape (V, Q).
    quickest
        The direction of the quickest mode, as far as it is known, shape (V,).
    clock
        Time and length of the next step, shape (2,).
    counts
        Steps taken, and the number of the next time, shape (2,).
    """

    state: Array
    derivatives: Array
    slopes: Array
    after: Array
    quickest: Array
    clock: Array
    counts: Array


@njit(nogil=True, cache=True, error_model="numpy")
def make_step(variables: int, parameters: int, columns: int) -> Step:
    """Room for the stages of a step."""
    return Step(
        np.zeros((COUNT, variables)),
        np.zeros((COUNT, variables, variables)),
        np.zeros((COUNT, variables), dtype=np.int64),
        np.zeros((COUNT, columns)),
        np.zeros((COUNT, variables, parameters)),
        np.zeros(variables),
    )


@njit(nogil=True, cache=True, error_model="numpy")
def make_progress(variables: int, unknowns: int) -> Progress:
    """Room for a course at its start."""
    return Progress(
        np.zeros(variables),
        np.zeros((variables, unknowns)),
        np.zeros((COUNT, variables, unknowns)),
        np.zeros((variables, unknowns)),
        np.cos(np.arange(1.0, variables + 1.0)),
        np.zeros(2),
        np.zeros(2, dtype=np.int64),
    )


@njit(nogil=True, cache=True, error_model="numpy")
def keep_stage(work: Work, step: Step, i: int) -> None:
    """Keep the derivatives of dy/dt at stage i."""
    for c in range(len(work.terms)):
        step.terms[i, c] = work.terms[c]
    variables, parameters = work.slopes.shape
    for v in range(variables):
        for p in range(parameters):
            step.by_shape[i, v, p] = work.slopes[v, p]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def combine(  # noqa: PLR0917
    weights: Array, length: float, count: int, first: Array, slopes: Array, out: Array
) -> None:
    """Fill out = first + length * (weights @ slopes) with the first stages, shape (V, Q)."""
    variables, unknowns = first.shape
    for v in range(variables):
        for q in range(unknowns):
            out[v, q] = first[v, q]
        for j in range(count):
            factor = length * weights[j]
            for q in range(unknowns):
                out[v, q] += factor * slopes[j, v, q]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def add_direct(
    products: Products, factor: float, terms: Array, by_shape: Array, slopes: Array
) -> None:
    """Add the derivatives of dy/dt to weights and shape parameters, times a factor."""
    columns = len(terms)
    for c in range(columns):
        for s in range(products.starts[c], products.starts[c + 1]):
            slopes[products.rows[s], c] += factor * products.changes[s] * terms[c]
    for v in range(by_shape.shape[0]):
        for p in range(by_shape.shape[1]):
            slopes[v, columns + p] += factor * by_shape[v, p]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def error_of(missed: Array, length: float, step: Step, tolerance: Array) -> float:
    """The error of a step in units of the tolerated one."""
    size = len(tolerance)
    error = 0.0
    for v in range(size):
        total = 0.0
        for j in range(COUNT):
            total += missed[j] * step.slopes[j, v]
        error += (length * total / tolerance[v]) ** 2
    return np.sqrt(error / size)


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def error_of_modes(missed: Array, length: float, progress: Progress, tolerance: Array) -> float:
    """The error of the derivatives to the start, each relative to its own size or, if less, to 1.

    They hold all modes of the Jacobian, also those that the state, at rest, does not show.
    """
    variables, unknowns = progress.derivatives.shape
    summed = 0.0
    for w in range(variables):
        q = unknowns - variables + w
        error, size = 0.0, tolerance[w] ** -2
        for v in range(variables):
            total = 0.0
            for j in range(COUNT):
                total += missed[j] * progress.slopes[j, v, q]
            error += (length * total / tolerance[v]) ** 2
            size += (progress.after[v, q] / tolerance[v]) ** 2
        summed += error / size
    return np.sqrt(summed)


@njit(nogil=True, cache=True, error_model="numpy")
def shorter(length: float, error: float) -> float:
    """The length of a step after one that failed."""
    return length * max(SMALLEST, SAFETY * error**-0.2) if error < np.inf else length / 4


@njit(nogil=True, cache=True, error_model="numpy")
def longer(length: float, error: float) -> float:
    """The length of a step after one that succeeded."""
    return length * min(LARGEST, SAFETY * max(error, 1e-10) ** -0.2)


@njit(nogil=True, cache=True, error_model="numpy")
def advance(progress: Progress, step: Step, limit: Array) -> bool:
    """Take a step; says whether the state has not exploded."""
    variables, unknowns = progress.derivatives.shape
    within = True
    for v in range(variables):
        progress.state[v] = step.state[v]
        step.slopes[0, v] = step.slopes[COUNT - 1, v]
        within &= abs(step.state[v]) <= limit[v]
        for q in range(unknowns):
            progress.derivatives[v, q] = progress.after[v, q]
            progress.slopes[0, v, q] = progress.slopes[COUNT - 1, v, q]
    return within
