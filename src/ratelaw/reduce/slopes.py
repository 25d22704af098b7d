"""Time derivatives of noisy data, each from as many points as still follow one parabola."""

import numpy as np

from ratelaw.reduce.swiftness import SURE, noise

GROWTH = 1.5
WIDEST = 1001
"""Points in a window, at most: a longer one costs much and smooths little more."""


def slopes(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    r"""Slopes of local parabolas, in the widest window that contradicts no narrower one.

    Windows about each point grow from 3 points. Each gives a slope and its standard error; the last
    is taken for which the intervals :math:`\hat s \pm 5\,\mathrm{se}` of all so far share a point.

    Parameters
    ----------
    times, values
        Shapes (T,), increasing in any steps, and (T, N).

    Returns
    -------
    Shape (T, N). What changes between two points is lost; without noise it is a difference formula
    of second order.

    Notes
    -----
    Intersection of confidence intervals: Goldenshluger and Nemirovski 1997; Katkovnik 1999.

    Examples
    --------
    >>> t = np.linspace(0, 10, 100)
    >>> found = slopes(t, np.exp(-t)[:, None])[:, 0]
    >>> bool(abs(found + np.exp(-t)).max() < 0.01)
    True
    """
    count = len(times)
    blur = SURE * noise(times, values)
    found = np.zeros(values.shape)
    low, high = np.full(values.shape, -np.inf), np.full(values.shape, np.inf)
    growing = np.ones(values.shape, dtype=bool)
    width = 3
    while width <= min(count, WIDEST) and growing.any():
        rows = np.flatnonzero(growing.any(axis=1))
        window = np.clip(rows - width // 2, 0, count - width)[:, None] + np.arange(width)
        weights = _weights(times[window] - times[rows, None])
        slope = np.einsum("rw,rwn->rn", weights, values[window])
        error = blur * np.linalg.norm(weights, axis=1)[:, None]
        low[rows] = np.maximum(low[rows], slope - error)
        high[rows] = np.minimum(high[rows], slope + error)
        growing &= low <= high
        found[rows] = np.where(growing[rows], slope, found[rows])
        width = int(GROWTH * width) | 1
    return found


def _weights(shifts: np.ndarray) -> np.ndarray:
    """What each point adds to the slope of the least-squares parabola at shift 0, shape (R, W)."""
    line = shifts - shifts.mean(axis=1, keepdims=True)
    line_size = np.square(line).sum(axis=1, keepdims=True)
    square = shifts**2
    lean = (square * line).sum(axis=1, keepdims=True) / line_size
    bow = square - square.mean(axis=1, keepdims=True) - lean * line
    bow_size = np.square(bow).sum(axis=1, keepdims=True)
    return line / line_size - lean * bow / np.where(bow_size > 0, bow_size, np.inf)
