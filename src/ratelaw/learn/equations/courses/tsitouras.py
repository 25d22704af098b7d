"""One step of an explicit Runge-Kutta method, its exact derivatives, and what lies within it."""

import numpy as np
from numba import njit

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

STAGES = np.zeros((COUNT, COUNT))
STAGES[1, :1] = [0.161]
STAGES[2, :2] = [-0.008480655492356989, 0.335480655492357]
STAGES[3, :3] = [2.8971530571054935, -6.359448489975075, 4.3622954328695815]
STAGES[4, :4] = [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525]
STAGES[5, :5] = [
    5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401,
    -0.028269050394068383,
]  # fmt: skip
STAGES[6, :6] = [
    0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081,
    2.324710524099774,
]  # fmt: skip
"""Tsitouras 2011, the 5(4) pair; coefficients as Diffrax has them."""
MISSED = STAGES[6] - np.array(
    [
        0.09468075765839458, 0.009183565540343254, 0.4877705284247616, 1.234297566930479,
        -2.7077123499835256, 1.866628418170587, 1 / 66,
    ]
)  # fmt: skip
"""Weights of the stages in the difference of the two orders."""


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
    for i in range(1, COUNT):
        for v in range(size):
            reached = state[v]
            for j in range(i):
                reached += length * STAGES[i, j] * step.slopes[j, v]
            step.state[v] = reached
        evaluate(auxiliary, products, setting, step.state, work)
        keep_stage(work, step, i)
        for v in range(size):
            step.slopes[i, v] = work.rate[v]
            for w in range(size):
                step.matrices[i, v, w] = work.jacobian[v, w]
    return error_of(MISSED, length, step, tolerance)


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def differentiate(products: Products, length: float, step: Step, progress: Progress) -> None:
    """Derivatives of the state after a step from those before it."""
    variables, unknowns = progress.derivatives.shape
    after, slopes = progress.after, progress.slopes
    for i in range(1, COUNT):
        combine(STAGES[i], length, i, progress.derivatives, slopes, after)
        for v in range(variables):
            for q in range(unknowns):
                slopes[i, v, q] = 0.0
            for w in range(variables):
                slope = step.matrices[i, v, w]
                if slope != 0.0:
                    for q in range(unknowns):
                        slopes[i, v, q] += slope * after[w, q]
        add_direct(products, 1.0, step.terms[i], step.by_shape[i], slopes[i])


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def within(share: float, weights: Array) -> None:
    """Weights (7,) of the stages for the state after a share of the step, of order 4."""
    t = share
    weights[0] = (
        -1.0530884977290216 * t * (t - 1.3299890189751412)
        * (t**2 - 1.4364028541716351 * t + 0.7139816917074209)
    )  # fmt: skip
    weights[1] = 0.1017 * t**2 * (t**2 - 2.1966568338249754 * t + 1.2949852507374631)
    weights[2] = 2.490627285651252793 * t**2 * (
        t**2 - 2.38535645472061657 * t + 1.57803468208092486
    )  # fmt: skip
    weights[3] = (
        -16.54810288924490272 * (t - 1.21712927295533244) * (t - 0.61620406037800089) * t**2
    )
    weights[4] = (
        47.37952196281928122 * (t - 1.203071208372362603) * (t - 0.658047292653547382) * t**2
    )
    weights[5] = -34.87065786149660974 * (t - 1.2) * (t - 0.666666666666666667) * t**2
    weights[6] = 2.5 * (t - 1) * (t - 0.6) * t**2
