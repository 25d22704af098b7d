"""Linear relations that measured values keep as printed: what was not measured independently."""

from collections.abc import Sequence

import numpy as np

from ratelaw.learn.data.smoothing import smooth_curve

MOST_DIGITS = 8
"""Decimals beyond which a value was not printed but computed."""
KEPT = 2.0
"""A relation holds if it is missed by no more than this many errors of rounding."""
SCATTER = 3.0
"""Errors of rounding; where values scatter less about smooth courses, these are all their noise."""
SPARE = 2
"""Rows beyond the number of observables, without which some relation always holds."""


def linear_relations(courses: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    r"""Weights of observables whose weighted sums are constant in each experiment.

    .. math:: \sum_k a_{nk} v_k(t) = \text{constant}

    as far as rounding lets them, although the values themselves scatter more. Errors of such values
    cancel: their covariance is nearly singular.

    Parameters
    ----------
    courses
        Of each experiment, times (T,) and values (T, K); rows with NaN are left out.

    Returns
    -------
    Shape (N, K); N = 0 where values are independent, or were not printed with few digits.

    Notes
    -----
    Box, Hunter, MacGregor and Erjavec 1973: the least eigenvalues of the products of the values.

    Examples
    --------
    >>> noise = np.array([0.4, -0.3, 0.5, -0.6, 0.2, 0.3, -0.5])
    >>> parts = np.round(60 * np.exp(-np.arange(7) / 3) + noise, 1)
    >>> table = np.column_stack([parts, 100 - parts])
    >>> linear_relations([(np.arange(7.0), table)]).round(3)
    array([[0.707, 0.707]])
    """
    complete = [
        (t[rows], v[rows]) for t, v in courses if (rows := np.isfinite(v).all(axis=1)).any()
    ]
    count = sum(len(values) - 1 for _, values in complete)
    observables = courses[0][1].shape[1]
    if count < observables + SPARE:
        return np.empty((0, observables))
    digits = _digits(np.concatenate([values for _, values in complete]))
    error = 10.0**-digits / np.sqrt(12)
    if (digits == MOST_DIGITS).any() or not _scatter(complete, error) > SCATTER:
        return np.empty((0, observables))
    centred = np.concatenate([values - values.mean(axis=0) for _, values in complete]) / error
    _, missed, directions = np.linalg.svd(centred, full_matrices=False)
    weights = directions[missed <= KEPT * np.sqrt(count)] / error
    return (
        weights
        / np.linalg.norm(weights, axis=1, keepdims=True)
        * np.sign(weights.sum(axis=1, keepdims=True))
    )


def _digits(values: np.ndarray) -> np.ndarray:
    """Decimals with which a typical value of each observable was printed, shape (K,)."""
    digits = np.full(values.shape, MOST_DIGITS)
    for d in range(MOST_DIGITS - 1, -1, -1):
        digits[np.abs(values - np.round(values, d)) <= 1e-12 * np.abs(values)] = d
    return np.median(digits, axis=0)


def _scatter(courses: Sequence[tuple[np.ndarray, np.ndarray]], error: np.ndarray) -> float:
    """How far a typical observable is from its smooth course, in errors of rounding."""
    squares = [
        [
            np.square(column - smooth_curve(times, column, np.ones(len(times)))(times)).sum()
            for column in values.T
        ]
        for times, values in courses
    ]
    count = sum(len(times) for times, _ in courses)
    return float(np.median(np.sqrt(np.sum(squares, axis=0) / count) / error))
