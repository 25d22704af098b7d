"""Which combinations of unknowns the data cannot determine, by name."""

from collections.abc import Sequence

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.equations.least_squares import unit_columns

RANK_TOLERANCE = 1e-7
"""Singular values below this, of columns scaled to length 1, count as zero."""


def rank(design: np.ndarray) -> int:
    """Number of combinations of the columns that the rows determine.

    Examples
    --------
    >>> rank(np.array([[1.0, 1.0], [2.0, 2.0]]))
    1
    """
    return int(design.shape[1] - len(null_directions(design)))


def singular_values(design: np.ndarray) -> np.ndarray:
    """Of the columns scaled to length 1, falling, as many as unknowns.

    Examples
    --------
    >>> singular_values(np.array([[3.0, 0.0, 0.0], [0.0, 4.0, 0.0]]))
    array([1., 1., 0.])
    """
    return _modes(design)[0]


def null_directions(design: np.ndarray, tolerance: float = RANK_TOLERANCE) -> np.ndarray:
    """Directions of the unknowns that change nothing, one a row, in reduced form.

    Examples
    --------
    >>> null_directions(np.array([[1.0, 1.0], [2.0, 2.0]]))
    array([[ 1., -1.]])
    """
    values, basis = _modes(design)
    return _reduced(basis[values <= tolerance * max(values[0], np.finfo(float).tiny)])


def _modes(design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Singular values of the scaled columns, and their directions of the unknowns, one a row."""
    columns, scale = unit_columns(design)
    _, values, directions = np.linalg.svd(columns, full_matrices=True)
    return np.pad(values, (0, len(directions) - len(values))), directions / scale


def require_identifiable(design: np.ndarray, names: Sequence[str], source: str) -> None:
    """Refuse candidates that the data cannot tell apart.

    Raises
    ------
    DataError
        Naming, for each undetermined combination, the reactions that trade off against each other.
    """
    directions = null_directions(design)
    if not len(directions):
        return
    trades = [
        " ".join(
            f"{'+' if weight > 0 else '-'} {abs(weight):.3g} '{name}'"
            for weight, name in zip(direction, names, strict=True)
            if weight
        )
        for direction in directions
    ]
    raise DataError(
        f"{source} determine {len(names) - len(directions)} of {len(names)} rates. Changing rates "
        f"along any of these leaves them as they are: {'; '.join(trades)}. "
        f"Remove one reaction of each, or add data that separate them"
    )


def _reduced(basis: np.ndarray) -> np.ndarray:
    """Row echelon form with partial pivoting: as few unknowns in each direction as possible."""
    rows = basis.copy()
    for r in range(len(rows)):
        pivot = np.argmax(np.abs(rows[r]))
        rows[r] /= rows[r, pivot]
        for other in range(len(rows)):
            if other != r:
                rows[other] -= rows[other, pivot] * rows[r]
    rows[np.abs(rows) < 1e-6 * np.abs(rows).max(initial=0)] = 0.0
    return rows
