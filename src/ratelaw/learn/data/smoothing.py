"""Smooth courses through noisy values."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FEW = 5
"""Values below which a course is interpolated and not smoothed."""
MOST_PIECES = 150
PENALTIES = np.geomspace(1e-7, 1e5, 61)
RIDGE = 1e-9


@dataclass(frozen=True)
class Curve:
    """A smooth course.

    Attributes
    ----------
    at
        Its values at times.
    spare
        The share of each error's variance that is left about it, the diagonal of (1 - H)(1 - H)^T
        of its hat matrix H, shape (T,); 0 where it interpolates, whatever the values.
    foretold
        Each value as the others have it, shape (T,).
    """

    at: Callable[[np.ndarray], np.ndarray]
    spare: np.ndarray
    foretold: np.ndarray

    def scaled_back(self, back: Callable[[np.ndarray], np.ndarray]) -> "Curve":
        """The course of what was smoothed on another scale."""
        return Curve(lambda times: back(self.at(times)), self.spare, back(self.foretold))

    def __call__(self, times: np.ndarray) -> np.ndarray:
        return self.at(times)


def smooth_curve(times: np.ndarray, values: np.ndarray, weights: np.ndarray) -> Curve:
    r"""A penalised spline, its penalty chosen by generalised cross-validation.

    .. math:: \min_a \sum_i w_i^2 (v_i - B(\tau_i) a)^2 + \lambda |D^2 a|^2

    in the pace of the measurements, tau = 0, 1, 2, ..., so that logarithmic times are served as
    well as even ones.

    Parameters
    ----------
    times, values, weights
        Shape (T,); a weight is the inverse of a standard deviation, up to a factor.

    Notes
    -----
    Eilers and Marx 1996; Golub, Heath and Wahba 1979.

    Examples
    --------
    >>> curve = smooth_curve(np.arange(9.0), 2 * np.arange(9.0), np.ones(9))
    >>> curve(np.array([2.5])).round(6)
    array([5.])
    """
    from scipy.interpolate import BSpline, PchipInterpolator

    if len(times) < FEW or np.ptp(values) == 0:
        return Curve(PchipInterpolator(times, values), np.zeros(len(times)), values)
    pace = PchipInterpolator(times, np.arange(float(len(times))))
    last = float(len(times) - 1)
    pieces = min(len(times) - 1, MOST_PIECES)
    step = last / pieces
    knots = np.arange(-3, pieces + 4) * step
    basis = BSpline.design_matrix(np.arange(last + 1), knots, 3, extrapolate=True).toarray()
    bend = np.diff(np.eye(basis.shape[1]), n=2, axis=0)
    scaled = basis * weights[:, None]
    size = np.square(scaled).sum() / basis.shape[1]
    _, triangle = np.linalg.qr(np.vstack([scaled, np.sqrt(RIDGE * size) * bend]))
    inverse = np.linalg.inv(triangle)
    bends, turned = np.linalg.eigh(inverse.T @ bend.T @ bend @ inverse)
    right = scaled @ inverse @ turned
    target = values * weights
    along = right.T @ target
    kept = 1 / (1 + PENALTIES[:, None] * size * np.maximum(bends, 0))
    fitted = (kept * along) @ right.T
    traces = kept @ np.square(right).sum(axis=0)
    misfit = np.square(target - fitted).sum(axis=1)
    spare = np.maximum(len(times) - traces, 1e-6)
    best = int(np.argmin((misfit + 1e-24 * np.square(target).sum()) / spare**2))
    spline = BSpline(knots, inverse @ turned @ (kept[best] * along), 3)
    missed = (target - fitted[best]) / weights
    left = np.maximum(1 - np.square(right) @ kept[best], 1e-9)
    return Curve(
        lambda t: spline(np.clip(pace(t), 0.0, last)),
        _spare(right, kept[best]),
        values - missed / left,
    )


def _spare(right: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """The diagonal of (1 - H)(1 - H)^T, where H is `right` (T, B) times `kept` times its transpose.

    With more splines than values, H may be nearly 1, and the square would be lost in rounding.
    """
    count, splines = right.shape
    hat = right * kept
    if count <= splines:
        return np.asarray(np.square(np.eye(count) - hat @ right.T).sum(axis=1))
    doubled = np.einsum("tb,bc,tc->t", hat, right.T @ right, hat, optimize=True)
    return np.maximum(1 - 2 * (hat * right).sum(axis=1) + doubled, 0.0)
