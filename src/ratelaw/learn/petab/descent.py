"""The nearest minimum of an objective within bounds."""

from dataclasses import dataclass

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.petab.objective import Judged, Objective

TRIES = 300
"""Steps, taken or not."""
REACH = 1.0
"""By how much a step may change a parameter on a logarithmic scale."""
FIRST_DAMPING, LARGEST_DAMPING = 1e-2, 1e12
LEAST_INFORMATION = 1e-6
"""Of a parameter: by less of it neither damping nor the reach on a linear scale is scaled."""
SINGULAR = 1e-14
"""Eigenvalues of the damped information below this share of the largest are raised to it."""
DONE = 1e-5
"""A gain that is not worth another step."""
PATIENCE = 3
"""Such gains in a row."""
PROMISE = 1e-7
"""A promised gain at which nothing is left to find."""


@dataclass(frozen=True)
class Minimum:
    """Where a descent ended.

    Attributes
    ----------
    point
        On the scales, shape (Q,).
    judged
        The measurements there.
    evaluations
        How many points were looked at.
    settled
        Whether nothing was left to gain, rather than no tries.
    """

    point: np.ndarray
    judged: Judged
    evaluations: int
    settled: bool = True


def descend(objective: Objective, start: np.ndarray, held: np.ndarray | None = None) -> Minimum:
    r"""Levenberg-Marquardt with Fisher's information, each step within the bounds.

    .. math:: \min_\delta\; g^T \delta + \tfrac12 \delta^T (I + \lambda D) \delta, \qquad
        l \le \theta + \delta \le u, \; |\delta| \le r

    I is the expected information, that of the noise included, and D its diagonal. The reach r is 1
    on logarithmic scales; on linear ones it is the larger of \|theta\| and the standard error
    that the parameter would have alone. A step to where the model cannot be solved is one too far.

    Parameters
    ----------
    start
        Shape (Q,), on the scales.
    held
        Which stay at the start, shape (Q,).

    Raises
    ------
    SolverError
        If the model cannot be solved at the start.

    Notes
    -----
    Marquardt 1963; the damping follows Nielsen 1999.
    """
    point, judged = start, objective.judge(start)
    moving = np.ones(len(start), dtype=bool) if held is None else ~held
    if not moving.any():
        return Minimum(point, judged, 1)
    damping, growth, slow, evaluations = FIRST_DAMPING, 2.0, 0, 1
    while evaluations <= TRIES:
        step = _step(objective, point, judged, damping, moving)
        promised = -float(judged.gradient @ step + step @ judged.information @ step / 2)
        if promised < PROMISE or damping > LARGEST_DAMPING:
            break
        ahead = np.clip(point + step, objective.lower, objective.upper)
        evaluations += 1
        try:
            found = objective.judge(ahead)
        except SolverError:
            gain = -np.inf
        else:
            gain = judged.objective - found.objective
        if not gain > 0:
            damping, growth = damping * growth, growth * 2
            continue
        point, judged = ahead, found
        slow = slow + 1 if gain < DONE else 0
        if slow == PATIENCE:
            break
        damping *= max(1 / 10, 1 - (2 * min(gain / promised, 2.0) - 1) ** 3)
        growth = 2.0
    return Minimum(point, judged, evaluations, settled=evaluations <= TRIES)


def _step(
    objective: Objective, point: np.ndarray, judged: Judged, damping: float, moving: np.ndarray
) -> np.ndarray:
    """The damped step within the bounds, found in units of the reach, shape (Q,)."""
    alone = 1 / np.sqrt(np.maximum(np.diagonal(judged.information), LEAST_INFORMATION))
    reach = np.where(objective.linear, np.maximum(np.abs(point), alone), REACH)
    information = judged.information * np.outer(reach, reach)
    diagonal = np.diag(np.maximum(np.diagonal(information), LEAST_INFORMATION))
    step = np.zeros(len(point))
    step[moving] = _bounded(
        (information + damping * diagonal)[np.ix_(moving, moving)],
        (judged.gradient * reach)[moving],
        np.maximum((objective.lower - point) / reach, -1)[moving],
        np.minimum((objective.upper - point) / reach, 1)[moving],
    )
    return step * reach


def _bounded(
    matrix: np.ndarray, gradient: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """The minimum of a parabola within bounds around 0."""
    from scipy.optimize import lsq_linear

    values, vectors = np.linalg.eigh(matrix)
    root = np.sqrt(np.maximum(values, SINGULAR * values.max()))
    aim = -(vectors.T @ gradient) / root
    room = np.finfo(float).tiny
    bounds = np.minimum(lower, -room), np.maximum(upper, room)
    return lsq_linear(root[:, None] * vectors.T, aim, bounds=bounds, method="bvls").x
