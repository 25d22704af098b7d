"""Courses through all times of an experiment, with adapted steps; compiled once for all fields."""

import numpy as np
from numba import float64, int64, njit, types

from ratelaw.learn.equations.courses.esdirk import (
    COUNT,
    Step,
    add_direct,
    attempt,
    differentiate,
    make_step,
)
from ratelaw.learn.equations.courses.products import (
    AUXILIARY,
    PRODUCTS,
    Auxiliary,
    Products,
    Setting,
    Work,
    evaluate,
    make_work,
)

Array = np.ndarray

SAFETY, SMALLEST, LARGEST = 0.9, 0.2, 6.0
"""By how much a step may change."""
EXPLOSION = 1e3
"""A state beyond this many times its size has exploded."""
TINY = 1e-14
"""Of the whole time: the shortest step."""
FINISHED, TOO_MANY_STEPS, TOO_SMALL_STEPS, EXPLODED = 0, 1, 2, 3

_VECTOR, _MATRIX, _CUBE, _TABLE = (types.Array(float64, n, "C") for n in (1, 2, 3, 4))
_WHOLE = types.Array(int64, 1, "C")
_SIGNATURE = types.void(
    types.FunctionType(AUXILIARY), PRODUCTS, _MATRIX, _VECTOR, _MATRIX, _MATRIX, _MATRIX, _WHOLE,
    _MATRIX, float64, int64, _CUBE, _TABLE, _WHOLE,
)  # fmt: skip


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _course(  # noqa: PLR0917
    auxiliary: Auxiliary,
    products: Products,
    setting: Setting,
    start: Array,
    times: Array,
    size: Array,
    rtol: float,
    steps: int,
    course: Array,
    derivatives: Array,
) -> int:
    variables, parameters, count = len(start), len(setting.shape), derivatives.shape[2]
    work = make_work(variables, parameters, products)
    step = make_step(variables, parameters, len(setting.weights))
    state, tolerance = start.copy(), np.empty(variables)
    current, base = np.zeros((variables, count)), np.zeros((variables, count))
    slopes = np.zeros((COUNT, variables, count))
    evaluate(auxiliary, products, setting, state, work)
    _begin(products, work, step, current, slopes)
    course[0], derivatives[0] = state, current
    span = times[-1] - times[0]
    length = _first_length(work.rate, state, size, span)
    taken, t = 0, times[0]
    for i in range(1, len(times)):
        while t < times[i]:
            taken += 1
            if taken > steps:
                return TOO_MANY_STEPS
            left = times[i] - t
            whole = length >= left * (1 - 1e-10)
            now = left if whole else min(length, left / 2)
            if now < TINY * max(abs(t), span):
                return TOO_SMALL_STEPS
            for v in range(variables):
                tolerance[v] = rtol * (size[v] + abs(state[v]))
            error = attempt(auxiliary, products, setting, state, now, tolerance, step, work)
            if not error <= 1.0:
                length = now * max(SMALLEST, SAFETY * error**-0.2) if error < np.inf else now / 4
                continue
            if count:
                differentiate(products, now, step, current, slopes, base)
                slopes[0] = slopes[COUNT - 1]
            state[:] = step.state
            step.slopes[0] = step.slopes[COUNT - 1]
            t = times[i] if whole else t + now
            proposed = now * min(LARGEST, SAFETY * max(error, 1e-10) ** -0.2)
            length = max(length, proposed) if now < length else proposed
            if _exploded(state, size):
                return EXPLODED
        course[i], derivatives[i] = state, current
    return FINISHED


@njit(nogil=True, cache=True, error_model="numpy")
def _begin(products: Products, work: Work, step: Step, current: Array, slopes: Array) -> None:
    """Slopes of the state and of its derivatives at the start."""
    size, count = current.shape
    step.slopes[0] = work.rate
    if count:
        for v in range(size):
            current[v, count - size + v] = 1.0
            for w in range(size):
                slopes[0, v, count - size + w] = work.jacobian[v, w]
        add_direct(products, 1.0, work.terms, work.slopes, slopes[0])


@njit(nogil=True, cache=True, error_model="numpy")
def _first_length(rate: Array, state: Array, size: Array, span: float) -> float:
    """A first step that moves no variable by more than a hundredth of its size."""
    fastest = 1e-300
    for v in range(len(rate)):
        fastest = max(fastest, abs(rate[v]) / (size[v] + abs(state[v])))
    return min(span, 0.01 / fastest)


@njit(nogil=True, cache=True, error_model="numpy")
def _exploded(state: Array, size: Array) -> bool:
    within = True
    for v in range(len(state)):
        within &= abs(state[v]) <= EXPLOSION * size[v]
    return not within


@njit(_SIGNATURE, nogil=True, cache=True, error_model="numpy")
def solve_courses(  # noqa: PLR0917
    auxiliary: Auxiliary,
    products: Products,
    weights: Array,
    shape: Array,
    inputs: Array,
    starts: Array,
    times: Array,
    counts: Array,
    sizes: Array,
    rtol: float,
    steps: int,
    courses: Array,
    derivatives: Array,
    endings: Array,
) -> None:
    """A course for each of E experiments, from its start at its first time.

    Parameters
    ----------
    weights, shape, inputs
        Shapes (E, C), (P,) and (E, U).
    starts, sizes
        Shape (E, V); errors are tolerated relative to the size and the state.
    times, counts
        Shape (E, T), of which the first counts[e] are used.
    steps
        Most steps of a course.
    courses, derivatives
        Filled, shapes (E, T, V) and (E, T, V, C + P + V): derivatives to weights, shape and start,
        unless the last length is 0.
    endings
        Filled, shape (E,): how each ended.
    """
    for e in range(len(starts)):
        endings[e] = _course(
            auxiliary,
            products,
            Setting(weights[e], shape, inputs[e]),
            starts[e],
            times[e, : counts[e]],
            sizes[e],
            rtol,
            steps,
            courses[e],
            derivatives[e],
        )
