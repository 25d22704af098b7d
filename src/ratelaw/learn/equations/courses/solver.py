"""Courses through all times of an experiment, with adapted steps; compiled once for all fields."""

import numpy as np
from numba import float64, int64, njit, types

from ratelaw.learn.equations.courses import esdirk, tsitouras
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
from ratelaw.learn.equations.courses.stepping import (
    COUNT,
    EXPLODED,
    FINISHED,
    STIFF,
    TINY,
    TOO_MANY_STEPS,
    TOO_SMALL_STEPS,
    Progress,
    Step,
    add_direct,
    advance,
    combine,
    error_of_modes,
    longer,
    make_progress,
    make_step,
    shorter,
)
from ratelaw.learn.equations.courses.stiffness import quickest_rate

Array = np.ndarray

STABLE = 3.0
"""Length of a step times the quickest rate, where the explicit method becomes unstable."""
STIFF_STEPS = 5
"""Steps at the edge of stability, more than of others, that are no accident."""
COST = 6
"""Explicit steps that take as long as an implicit one."""
LAX = 30.0
"""By how much more derivatives may err than the state."""

_VECTOR, _MATRIX, _CUBE, _TABLE = (types.Array(float64, n, "C") for n in (1, 2, 3, 4))
_WHOLE = types.Array(int64, 1, "C")
_SIGNATURE = types.void(
    types.FunctionType(AUXILIARY), PRODUCTS, _MATRIX, _VECTOR, _MATRIX, _MATRIX, _MATRIX, _WHOLE,
    _MATRIX, _MATRIX, float64, int64, _CUBE, _TABLE, _WHOLE,
)  # fmt: skip

attempt_explicit, differentiate_explicit = tsitouras.attempt, tsitouras.differentiate
attempt_implicit, differentiate_implicit = esdirk.attempt, esdirk.differentiate
within = tsitouras.within


@njit(nogil=True, cache=True, error_model="numpy")
def _explicit(  # noqa: PLR0917
    auxiliary: Auxiliary,
    products: Products,
    setting: Setting,
    times: Array,
    size: Array,
    limit: Array,
    rtol: float,
    steps: int,
    progress: Progress,
    step: Step,
    work: Work,
    course: Array,
    derivatives: Array,
) -> int:
    """Explicit steps, as long as they may be: between them the course is interpolated."""
    variables, unknowns = progress.derivatives.shape
    tolerance = np.empty(variables)
    end, span, stiff = times[-1], times[-1] - times[0], 0
    while progress.counts[1] < len(times):
        t, length = progress.clock
        progress.counts[0] += 1
        if progress.counts[0] > steps:
            return TOO_MANY_STEPS
        last = length >= (end - t) * (1 - 1e-10)
        now = end - t if last else length
        if now < TINY * max(abs(t), span):
            return TOO_SMALL_STEPS
        for v in range(variables):
            tolerance[v] = rtol * (size[v] + abs(progress.state[v]))
        error = attempt_explicit(
            auxiliary, products, setting, progress.state, now, tolerance, step, work
        )
        rate = quickest_rate(work.jacobian, progress.quickest, tolerance)
        stiff = stiff + 1 if now * rate > STABLE else max(stiff - 1, 0)
        left = len(times) - progress.counts[1] + STIFF_STEPS
        if stiff > STIFF_STEPS and end - t > COST * left * now:
            return STIFF
        if error <= 1.0 and unknowns:
            differentiate_explicit(products, now, step, progress)
            modes = error_of_modes(tsitouras.MISSED, now, progress, tolerance) / (LAX * rtol)
            error = np.sqrt(error**2 + modes**2)
        if not error <= 1.0:
            progress.clock[1] = shorter(now, error)
            continue
        after = end if last else t + now
        _interpolate(times, after, now, progress, step, course, derivatives)
        progress.clock[0], progress.clock[1] = after, longer(now, error)
        if not advance(progress, step, limit):
            return EXPLODED
    return FINISHED


@njit(nogil=True, cache=True, error_model="numpy")
def _interpolate(  # noqa: PLR0917
    times: Array,
    after: float,
    length: float,
    progress: Progress,
    step: Step,
    course: Array,
    derivatives: Array,
) -> None:
    """The states at the times within an explicit step."""
    weights = np.empty(COUNT)
    i = progress.counts[1]
    while i < len(times) and times[i] <= after:
        within((times[i] - progress.clock[0]) / length, weights)
        for v in range(len(progress.state)):
            course[i, v] = progress.state[v]
            for j in range(COUNT):
                course[i, v] += length * weights[j] * step.slopes[j, v]
        combine(weights, length, COUNT, progress.derivatives, progress.slopes, derivatives[i])
        i += 1
    progress.counts[1] = i


@njit(nogil=True, cache=True, error_model="numpy")
def _implicit(  # noqa: PLR0917
    auxiliary: Auxiliary,
    products: Products,
    setting: Setting,
    times: Array,
    size: Array,
    limit: Array,
    rtol: float,
    steps: int,
    progress: Progress,
    step: Step,
    work: Work,
    course: Array,
    derivatives: Array,
) -> int:
    """Implicit steps, from time to time."""
    variables, unknowns = progress.derivatives.shape
    tolerance, span = np.empty(variables), times[-1] - times[0]
    while progress.counts[1] < len(times):
        i = progress.counts[1]
        t, length = progress.clock
        progress.counts[0] += 1
        if progress.counts[0] > steps:
            return TOO_MANY_STEPS
        left = times[i] - t
        whole = length >= left * (1 - 1e-10)
        now = left if whole else min(length, left / 2)
        if now < TINY * max(abs(t), span):
            return TOO_SMALL_STEPS
        for v in range(variables):
            tolerance[v] = rtol * (size[v] + abs(progress.state[v]))
        error = attempt_implicit(
            auxiliary, products, setting, progress.state, now, tolerance, step, work
        )
        if error <= 1.0 and unknowns:
            differentiate_implicit(products, now, step, progress)
            modes = error_of_modes(esdirk.MISSED, now, progress, tolerance) / (LAX * rtol)
            error = np.sqrt(error**2 + modes**2)
        if not error <= 1.0:
            progress.clock[1] = shorter(now, error)
            continue
        proposed = longer(now, error)
        progress.clock[0] = times[i] if whole else t + now
        progress.clock[1] = max(length, proposed) if now < length else proposed
        if not advance(progress, step, limit):
            return EXPLODED
        if whole:
            _record(progress, course, derivatives)
    return FINISHED


@njit(nogil=True, cache=True, error_model="numpy")
def _record(progress: Progress, course: Array, derivatives: Array) -> None:
    """The state is that at the next time."""
    i = progress.counts[1]
    variables, unknowns = progress.derivatives.shape
    for v in range(variables):
        course[i, v] = progress.state[v]
        for q in range(unknowns):
            derivatives[i, v, q] = progress.derivatives[v, q]
    progress.counts[1] += 1


@njit(nogil=True, cache=True, error_model="numpy")
def _begin(  # noqa: PLR0917
    products: Products, work: Work, step: Step, progress: Progress, times: Array, size: Array
) -> None:
    """Slopes of the state and of its derivatives at the start, and a first step.

    That moves no variable by more than a hundredth of its size.
    """
    variables, unknowns = progress.derivatives.shape
    fastest = 1e-300
    for v in range(variables):
        step.slopes[0, v] = work.rate[v]
        fastest = max(fastest, abs(work.rate[v]) / (size[v] + abs(progress.state[v])))
        if unknowns:
            progress.derivatives[v, unknowns - variables + v] = 1.0
            for w in range(variables):
                progress.slopes[0, v, unknowns - variables + w] = work.jacobian[v, w]
    if unknowns:
        add_direct(products, 1.0, work.terms, work.slopes, progress.slopes[0])
    progress.clock[0], progress.clock[1] = times[0], min(times[-1] - times[0], 0.01 / fastest)


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
    limits: Array,
    rtol: float,
    steps: int,
    courses: Array,
    derivatives: Array,
    endings: Array,
) -> None:
    """A course for each of E experiments, from its start at its first time.

    It begins with an explicit method and goes on with an implicit one where it becomes stiff.

    Parameters
    ----------
    weights, shape, inputs
        Shapes (E, C), (P,) and (E, U).
    starts, sizes, limits
        Shape (E, V); errors are tolerated relative to the size and the state; beyond its limit a
        state has exploded.
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
    variables, unknowns = starts.shape[1], derivatives.shape[3]
    work = make_work(variables, len(shape), products)
    step = make_step(variables, len(shape), weights.shape[1])
    for e in range(len(starts)):
        setting = Setting(weights[e], shape, inputs[e])
        progress = make_progress(variables, unknowns)
        for v in range(variables):
            progress.state[v] = starts[e, v]
        evaluate(auxiliary, products, setting, progress.state, work)
        used = times[e, : counts[e]]
        _begin(products, work, step, progress, used, sizes[e])
        _record(progress, courses[e], derivatives[e])
        endings[e] = _explicit(
            auxiliary, products, setting, used, sizes[e], limits[e], rtol, steps, progress, step,
            work, courses[e], derivatives[e],
        )  # fmt: skip
        if endings[e] == STIFF:
            endings[e] = _implicit(
                auxiliary, products, setting, used, sizes[e], limits[e], rtol, steps, progress,
                step, work, courses[e], derivatives[e],
            )  # fmt: skip
