"""The maximum of a log-likelihood over constants that are not negative."""

from collections.abc import Sequence

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.rates.likelihood.snapshot_likelihood import SnapshotLikelihood

ITERATIONS, HALVINGS = 40, 12
GAIN = 1e-6
"""In log-likelihood, that one more step promises, at which it ends."""
SINGULAR = 1e-8
"""Eigenvalues below this, of the information scaled to a diagonal of 1, count as zero."""
HELD = 1.0
"""Their place in a step: along directions of which the cells say nothing it is short."""
CURVATURE = 0.01, 100.0
"""Range of the ratio of the curvature to the information."""


def maximise(
    parts: Sequence[SnapshotLikelihood], start: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray]:
    r"""Fisher scoring over theta >= 0.

    .. math:: \theta' = \arg\max_{\theta' \ge 0} g^T (\theta' - \theta)
        - \tfrac c2 (\theta' - \theta)^T I (\theta' - \theta)

    I is the empirical information, and c, at first 1, the ratio of the curvature that the last step
    met to what I says: it is not 1 where cells are few, or not as the network makes them.

    Parameters
    ----------
    parts
        Likelihoods of independent data, functions of the same P parameters.
    start
        Shape (P,).

    Returns
    -------
    Theta, the log-likelihood there, and the empirical information there, shape (P, P).

    Raises
    ------
    SolverError
        If it does not end: what one more step promises is told.
    """
    from scipy.optimize import lsq_linear

    theta, curvature = start, 1.0
    value, gradient = _total(parts, theta)
    for _ in range(ITERATIONS):
        information = np.sum([part.information(theta) for part in parts], axis=0)
        factor, scale = _factor(information, HELD)
        aim = factor @ (theta * scale) + np.linalg.solve(factor.T, gradient / scale) / curvature
        step = lsq_linear(factor, aim, bounds=(0, np.inf), method="bvls").x / scale - theta
        gain = gradient @ step
        if gain < GAIN:
            return theta, value, information
        for _ in range(HALVINGS):
            after, slope = _total(parts, theta + step)
            if after > value:
                break
            step = step / 2
        else:
            raise SolverError(
                f"the log-likelihood {value:.6g} cannot be raised, though its slope promises "
                f"{gain:.2g} more: give a smaller tolerance"
            )
        expected = np.sum((factor @ (step * scale)) ** 2)
        curvature = np.clip((gradient - slope) @ step / expected, *CURVATURE)
        theta, value, gradient = theta + step, after, slope
    raise SolverError(
        f"the log-likelihood still rises by {gain:.2g} after {ITERATIONS} steps: give fewer "
        f"candidates, or more cells"
    )


def factor_of(information: np.ndarray) -> np.ndarray:
    """F, shape (P, P), with F^T F the information, but for what is error of its differences."""
    factor, scale = _factor(information, 0.0)
    return factor * scale


def _total(parts: Sequence[SnapshotLikelihood], theta: np.ndarray) -> tuple[float, np.ndarray]:
    values, gradients = zip(*(part.value_and_gradient(theta) for part in parts), strict=True)
    return sum(values), np.sum(gradients, axis=0)


def _factor(information: np.ndarray, singular: float) -> tuple[np.ndarray, np.ndarray]:
    """Of the scaled information, with a value for its singular directions; and the scale."""
    scale = np.sqrt(np.diagonal(information))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    values[values <= SINGULAR] = singular
    return np.sqrt(values)[:, None] * vectors.T, scale
