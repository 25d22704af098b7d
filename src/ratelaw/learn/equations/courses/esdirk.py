"""An implicit Runge-Kutta method, stiff or not, with the exact derivatives of what it returns."""

from typing import NamedTuple

import numpy as np
from numba import float64, int64, njit, types

from ratelaw.learn.equations.courses.linear import factorise, solve
from ratelaw.learn.equations.courses.products import AUXILIARY, Products, evaluate, make_work

Array = np.ndarray

GAMMA = 0.26
COUNT = 7
STAGES = np.zeros((COUNT, COUNT))
STAGES[1, :1] = [GAMMA]
STAGES[2, :2] = [0.13, 0.84033320996790809]
STAGES[3, :3] = [0.22371961478320505, 0.47675532319799699, -0.06470895363112615]
STAGES[4, :4] = [0.16648564323248321, 0.1045001884159172, 0.03631482272098715, -0.13090704451073998]
STAGES[5, :5] = [0.13855640231268224, 0, -0.04245337201752043, 0.02446657898003141, 0.61943039072480676]
STAGES[6, :6] = [
    0.13659751177640291, 0, -0.05496908796538376, -0.04118626728321046, 0.62993304899016403,
    0.06962479448202728,
]  # fmt: skip
"""Kvaerno 2004, the 5(4) pair: L-stable and stiffly accurate; coefficients as Diffrax has them."""
NEWTON_STEPS = 8
NEWTON_DONE = 1e-2
"""In units of the tolerated error; what is left after such a step is about its square."""
SAFETY, SMALLEST, LARGEST = 0.9, 0.2, 6.0
"""By how much a step may change."""
EXPLOSION = 1e3
"""A state beyond this many times its size has exploded."""
FINISHED, TOO_MANY_STEPS, TOO_SMALL_STEPS, EXPLODED = 0, 1, 2, 3


_VECTOR, _MATRIX, _CUBE, _TABLE = (types.Array(float64, n, "C") for n in (1, 2, 3, 4))
_WHOLE = types.Array(int64, 1, "C")
_PRODUCTS = types.NamedTuple([types.Array(int64, 2, "C"), _WHOLE, _WHOLE, _VECTOR], Products)
_SIGNATURE = types.void(
    types.FunctionType(AUXILIARY), int64, _PRODUCTS, _MATRIX, _VECTOR, _MATRIX, _MATRIX, _MATRIX,
    _WHOLE, _MATRIX, float64, int64, _CUBE, _TABLE, _WHOLE,
)  # fmt: skip


class Step(NamedTuple):
    """What a step keeps of its stages: slopes, factorised matrices, terms, derivatives to shape."""

    slopes: Array
    matrices: Array
    pivots: Array
    terms: Array
    by_shape: Array
    state: Array


@njit(nogil=True, cache=True, error_model="numpy")
def make_step(variables, parameters, columns):  # noqa: ANN001, ANN201
    """Room for the stages of a step."""
    return Step(
        np.zeros((COUNT, variables)),
        np.zeros((COUNT, variables, variables)),
        np.zeros((COUNT, variables), dtype=np.int64),
        np.zeros((COUNT, columns)),
        np.zeros((COUNT, variables, parameters)),
        np.zeros(variables),
    )


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def attempt(auxiliary, products, weights, shape, inputs, state, length, tolerance, step, work):  # noqa: ANN001, ANN201, PLR0917
    """All stages of a step of some length; returns its error in units of the tolerated one."""
    size = len(state)
    base, distance = np.empty(size), np.empty((size, 1))
    for i in range(1, COUNT):
        for v in range(size):
            base[v] = state[v]
            for j in range(i):
                base[v] += length * STAGES[i, j] * step.slopes[j, v]
            step.state[v] = base[v] + length * GAMMA * step.slopes[i - 1, v]
        matrix, pivots = step.matrices[i], step.pivots[i]
        converged = False
        for _ in range(NEWTON_STEPS):
            evaluate(auxiliary, products, weights, shape, inputs, step.state, work)
            _stage_matrix(work.jacobian, length, matrix)
            factorise(matrix, pivots)
            if converged:
                break
            for v in range(size):
                distance[v, 0] = base[v] + length * GAMMA * work.rate[v] - step.state[v]
            solve(matrix, pivots, distance)
            moved = 0.0
            for v in range(size):
                step.state[v] += distance[v, 0]
                moved += (distance[v, 0] / tolerance[v]) ** 2
            if not np.isfinite(moved):
                return np.inf
            converged = np.sqrt(moved / size) < NEWTON_DONE
        if not converged:
            return np.inf
        for v in range(size):
            step.slopes[i, v] = (step.state[v] - base[v]) / (length * GAMMA)
        step.terms[i] = work.terms
        step.by_shape[i] = work.slopes
    error = 0.0
    for v in range(size):
        missed = GAMMA * step.slopes[COUNT - 1, v]
        for j in range(COUNT - 1):
            last = STAGES[COUNT - 2, j] if j < COUNT - 2 else GAMMA
            missed += (STAGES[COUNT - 1, j] - last) * step.slopes[j, v]
        error += (length * missed / tolerance[v]) ** 2
    return np.sqrt(error / size)


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _stage_matrix(jacobian, length, matrix):  # noqa: ANN001, ANN202
    for v in range(len(matrix)):
        for w in range(len(matrix)):
            matrix[v, w] = -length * GAMMA * jacobian[v, w]
        matrix[v, v] += 1.0


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def differentiate(products, length, step, derivatives, slopes, base):  # noqa: ANN001, ANN201, PLR0917
    """Derivatives of the state (V, Q) after a step from those before it; slopes is (7, V, Q)."""
    size, count = derivatives.shape
    columns, parameters = step.terms.shape[1], step.by_shape.shape[2]
    for i in range(1, COUNT):
        base[:] = derivatives
        for j in range(i):
            factor = length * STAGES[i, j]
            if factor != 0.0:
                for v in range(size):
                    for q in range(count):
                        base[v, q] += factor * slopes[j, v, q]
        slopes[i] = base
        for c in range(columns):
            for s in range(products.starts[c], products.starts[c + 1]):
                added = products.changes[s] * step.terms[i, c]
                slopes[i, products.rows[s], c] += length * GAMMA * added
        for v in range(size):
            for p in range(parameters):
                slopes[i, v, columns + p] += length * GAMMA * step.by_shape[i, v, p]
        solve(step.matrices[i], step.pivots[i], slopes[i])
        if i == COUNT - 1:
            derivatives[:] = slopes[i]
        for v in range(size):
            for q in range(count):
                slopes[i, v, q] = (slopes[i, v, q] - base[v, q]) / (length * GAMMA)


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def solve_course(auxiliary, auxiliaries, products, weights, shape, inputs, start, times, size, rtol, steps, course, derivatives):  # noqa: ANN001, ANN201, E501, PLR0912, PLR0914, PLR0917, C901
    """One course at the times, from `start` at the first of them; returns how it ended.

    Fills `course` (T, V) and, unless it has no columns, `derivatives` (T, V, C + P + V): to the
    weights, the shape parameters and the start.
    """
    variables, columns, parameters = len(start), len(weights), len(shape)
    count = derivatives.shape[2]
    work = make_work(variables, auxiliaries, parameters, columns)
    step = make_step(variables, parameters, columns)
    state, tolerance = start.copy(), np.empty(variables)
    current, base = np.zeros((variables, count)), np.zeros((variables, count))
    slopes = np.zeros((COUNT, variables, count))
    for v in range(variables if count else 0):
        current[v, columns + parameters + v] = 1.0
    evaluate(auxiliary, products, weights, shape, inputs, state, work)
    step.slopes[0] = work.rate
    if count:
        _first_slopes(products, work, columns, current, slopes)
    course[0] = state
    derivatives[0] = current
    length = _first_length(work.rate, state, size, times[-1] - times[0])
    taken, t = 0, times[0]
    for i in range(1, len(times)):
        while t < times[i]:
            taken += 1
            if taken > steps:
                return TOO_MANY_STEPS
            left = times[i] - t
            whole = length >= left * (1 - 1e-10)
            now = left if whole else (length if length < left / 2 else left / 2)
            if now < 1e-14 * max(abs(t), times[-1] - times[0]):
                return TOO_SMALL_STEPS
            for v in range(variables):
                tolerance[v] = rtol * (size[v] + abs(state[v]))
            error = attempt(
                auxiliary, products, weights, shape, inputs, state, now, tolerance, step, work
            )
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
            for v in range(variables):
                if not abs(state[v]) <= EXPLOSION * size[v]:
                    return EXPLODED
        course[i] = state
        derivatives[i] = current
    return FINISHED


@njit(nogil=True, cache=True, error_model="numpy")
def _first_slopes(products, work, columns, current, slopes):  # noqa: ANN001, ANN202
    """Derivatives of dy/dt at the start."""
    slopes[0] = work.jacobian @ current
    for c in range(columns):
        for s in range(products.starts[c], products.starts[c + 1]):
            slopes[0, products.rows[s], c] += products.changes[s] * work.terms[c]
    for p in range(work.slopes.shape[1]):
        slopes[0, :, columns + p] += work.slopes[:, p]


@njit(nogil=True, cache=True, error_model="numpy")
def _first_length(rate, state, size, span):  # noqa: ANN001, ANN202
    """A first step that moves no variable by more than a hundredth of its size."""
    fastest = 1e-300
    for v in range(len(rate)):
        fastest = max(fastest, abs(rate[v]) / (size[v] + abs(state[v])))
    return min(span, 0.01 / fastest)


@njit(_SIGNATURE, nogil=True, cache=True, error_model="numpy")
def solve_courses(auxiliary, auxiliaries, products, weights, shape, inputs, starts, times, counts, sizes, rtol, steps, courses, derivatives, endings):  # noqa: ANN001, ANN201, E501, PLR0917
    """A course for each experiment; the arrays of `solve_course` with experiments first."""
    for e in range(len(starts)):
        count = counts[e]
        endings[e] = solve_course(
            auxiliary, auxiliaries, products, weights[e], shape, inputs[e], starts[e],
            times[e, :count], sizes[e], rtol, steps, courses[e], derivatives[e],
        )  # fmt: skip
