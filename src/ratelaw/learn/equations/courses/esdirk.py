"""One step of an implicit Runge-Kutta method, and the exact derivatives of what it returns."""

import numpy as np
from numba import njit

from ratelaw.learn.equations.courses.linear import factorise, solve
from ratelaw.learn.equations.courses.products import Auxiliary, Products, Setting, Work, evaluate
from ratelaw.learn.equations.courses.stepping import (
    COUNT,
    Progress,
    Step,
    add_direct,
    combine,
    error_of,
    keep_stage,
)

Array = np.ndarray

GAMMA = 0.26
STAGES = np.zeros((COUNT, COUNT))
STAGES[1, :1] = [GAMMA]
STAGES[2, :2] = [0.13, 0.84033320996790809]
STAGES[3, :3] = [0.22371961478320505, 0.47675532319799699, -0.06470895363112615]
STAGES[4, :4] = [0.16648564323248321, 0.1045001884159172, 0.03631482272098715, -0.13090704451073998]
STAGES[5, [0, 2, 3, 4]] = [
    0.13855640231268224, -0.04245337201752043, 0.02446657898003141, 0.61943039072480676,
]  # fmt: skip
STAGES[6, [0, 2, 3, 4, 5]] = [
    0.13659751177640291, -0.05496908796538376, -0.04118626728321046, 0.62993304899016403,
    0.06962479448202728,
]  # fmt: skip
"""Kvaerno 2004, the 5(4) pair: L-stable and stiffly accurate; coefficients as Diffrax has them."""
MISSED = STAGES[6] - STAGES[5]
MISSED[5] -= GAMMA
MISSED[6] = GAMMA
"""Weights of the stages in the difference of the two orders."""
NEWTON_STEPS = 8
NEWTON_DONE = 1e-2
"""In units of the tolerated error: a step after which nothing is left."""
NEWTON_LEFT = 1e-3
"""In the same units: what may be left, a step being in proportion to the square of that before."""


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def attempt(  # noqa: PLR0917
    auxiliary: Auxiliary,
    products: Products,
    setting: Setting,
    state: Array,
    length: float,
    tolerance: Array,
    step: Step,
    work: Work,
) -> float:
    """All stages of a step of some length; returns its error in units of the tolerated one."""
    size = len(state)
    base = np.empty(size)
    for i in range(1, COUNT):
        for v in range(size):
            base[v] = state[v]
            for j in range(i):
                base[v] += length * STAGES[i, j] * step.slopes[j, v]
            step.state[v] = base[v] + length * GAMMA * step.slopes[i - 1, v]
        if not _solve_stage(auxiliary, products, setting, base, length, tolerance, step, work, i):
            return np.inf
        for v in range(size):
            step.slopes[i, v] = (step.state[v] - base[v]) / (length * GAMMA)
    return error_of(MISSED, length, step, tolerance)


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _solve_stage(  # noqa: PLR0917
    auxiliary: Auxiliary,
    products: Products,
    setting: Setting,
    base: Array,
    length: float,
    tolerance: Array,
    step: Step,
    work: Work,
    i: int,
) -> bool:
    """Newton's method for Y = base + h gamma f(Y), in `step.state`; says whether it converged.

    The matrix that it leaves is that at the solution, which the derivatives need.
    """
    size = len(base)
    distance = np.empty((size, 1))
    converged, before = False, np.inf
    for _ in range(NEWTON_STEPS):
        evaluate(auxiliary, products, setting, step.state, work)
        for v in range(size):
            for w in range(size):
                step.matrices[i, v, w] = -length * GAMMA * work.jacobian[v, w]
            step.matrices[i, v, v] += 1.0
            distance[v, 0] = base[v] + length * GAMMA * work.rate[v] - step.state[v]
        factorise(step.matrices[i], step.pivots[i])
        if converged:
            keep_stage(work, step, i)
            return True
        solve(step.matrices[i], step.pivots[i], distance)
        moved = 0.0
        for v in range(size):
            step.state[v] += distance[v, 0]
            moved += (distance[v, 0] / tolerance[v]) ** 2
        moved = np.sqrt(moved / size)
        if not np.isfinite(moved):
            return False
        converged = moved < NEWTON_DONE or moved * (moved / before) ** 2 < NEWTON_LEFT
        before = moved
    return False


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def differentiate(products: Products, length: float, step: Step, progress: Progress) -> None:
    """Derivatives of the state after a step from those before it."""
    variables, unknowns = progress.derivatives.shape
    base, slopes = progress.after, progress.slopes
    for i in range(1, COUNT):
        combine(STAGES[i], length, i, progress.derivatives, slopes, base)
        for v in range(variables):
            for q in range(unknowns):
                slopes[i, v, q] = base[v, q]
        add_direct(products, length * GAMMA, step.terms[i], step.by_shape[i], slopes[i])
        solve(step.matrices[i], step.pivots[i], slopes[i])
        for v in range(variables):
            for q in range(unknowns):
                reached = slopes[i, v, q]
                slopes[i, v, q] = (reached - base[v, q]) / (length * GAMMA)
                base[v, q] = reached
