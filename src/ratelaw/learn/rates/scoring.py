"""The maximum of a log-likelihood over constants that are not negative."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.equations.least_squares import unit_diagonal

ITERATIONS, HALVINGS = 40, 12
GAIN = 1e-6
"""In log-likelihood, that one more step promises, at which it ends."""
ENOUGH = 1e-3
"""The same, where it can go no further: a twentieth of a standard error."""
SINGULAR = 1e-8
"""Eigenvalues below this, of the information scaled to a diagonal of 1, count as zero."""
HELD = 1e-5
"""Their place in a step: along directions of which the cells say nothing it is short."""
CURVATURE = 0.01, 100.0
"""Range of the ratio of the curvature to the information."""
TRUSTED = 0.7, 1.4
"""Where it lies while the information of an earlier point still serves."""


class Objective(Protocol):
    """A log-likelihood as a function of P parameters."""

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Itself, and its gradient, shape (P,); minus infinity where theta is impossible."""

    def information(self, theta: np.ndarray) -> np.ndarray:
        """What stands for minus its second derivatives, shape (P, P), positive semidefinite."""


@dataclass(frozen=True)
class Maximum:
    """Theta, shape (P,), and there the log-likelihood, its gradient and the information."""

    theta: np.ndarray
    value: float
    gradient: np.ndarray
    information: np.ndarray


Bounds = tuple[np.ndarray | float, np.ndarray | float]
"""The least and the largest values."""


def maximise(
    parts: Sequence[Objective], start: np.ndarray, bounds: Bounds = (0.0, np.inf)
) -> Maximum:
    r"""Fisher scoring over theta within bounds.

    .. math:: \theta' = \arg\max_{\theta'} g^T (\theta' - \theta)
        - \tfrac c2 (\theta' - \theta)^T I (\theta' - \theta)

    I is the information, and c, at first 1, the ratio of the curvature that the last step
    met to what I says: it is not 1 where cells are few, or not as the network makes them.

    Parameters
    ----------
    parts
        Likelihoods of independent data, functions of the same P parameters.
    start
        Shape (P,), within the bounds.
    bounds
        Of theta, none below 0.

    Returns
    -------
    The maximum; without parameters, what there is.

    Raises
    ------
    SolverError
        If it does not end: what one more step promises is told.
    """
    from scipy.optimize import lsq_linear

    theta, curvature = start, 1.0
    value, gradient = total(parts, theta)
    if not theta.size:
        return Maximum(theta, value, gradient, np.empty((0, 0)))
    information = _information(parts, theta)
    for _ in range(ITERATIONS):
        factor, scale = _factor(information, HELD)
        aim = factor @ (theta * scale) + np.linalg.solve(factor.T, gradient / scale) / curvature
        limits = bounds[0] * scale, bounds[1] * scale
        step = lsq_linear(factor, aim, bounds=limits, method="bvls").x / scale - theta
        gain = gradient @ step
        raised = gain >= GAIN and _raised(parts, theta, value, step, bounds)
        if not raised:
            break
        step, after, slope = raised
        expected = np.sum((factor @ (step * scale)) ** 2)
        curvature = np.clip((gradient - slope) @ step / expected, *CURVATURE)
        theta, value, gradient = np.clip(theta + step, *bounds), after, slope
        if not TRUSTED[0] < curvature < TRUSTED[1]:
            information = _information(parts, theta)
    if gain < ENOUGH:
        return Maximum(theta, value, gradient, _information(parts, theta))
    raise SolverError(
        f"the search for the largest log-likelihood ends at {value:.6g}, where its slope promises "
        f"{gain:.2g} more: give fewer candidates, more cells, or a smaller tolerance"
    )


def _raised(
    parts: Sequence[Objective],
    theta: np.ndarray,
    value: float,
    step: np.ndarray,
    bounds: Bounds,
) -> tuple[np.ndarray, float, np.ndarray] | None:
    """The step, halved until the log-likelihood is above `value`, with that and its gradient."""
    for _ in range(HALVINGS):
        after, slope = total(parts, np.clip(theta + step, *bounds))
        if after > value:
            return step, after, slope
        step = step / 2
    return None


def _information(parts: Sequence[Objective], theta: np.ndarray) -> np.ndarray:
    return np.sum([part.information(theta) for part in parts], axis=0)


def factor_of(information: np.ndarray) -> np.ndarray:
    """F, shape (P, P), with F^T F the information, but for what is error of its differences."""
    factor, scale = _factor(information, 0.0)
    return factor * scale


def total(parts: Sequence[Objective], theta: np.ndarray) -> tuple[float, np.ndarray]:
    """The sum of log-likelihoods, and its gradient."""
    values, gradients = zip(*(part.value_and_gradient(theta) for part in parts), strict=True)
    return sum(values), np.sum(gradients, axis=0)


def _factor(information: np.ndarray, singular: float) -> tuple[np.ndarray, np.ndarray]:
    """Of the scaled information, with a value for its singular directions; and the scale."""
    scaled, scale = unit_diagonal(information)
    values, vectors = np.linalg.eigh(scaled)
    values[values <= SINGULAR] = singular
    return np.sqrt(values)[:, None] * vectors.T, scale
