"""Which combinations of unknowns the data cannot determine, by name."""

from collections.abc import Sequence

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.equations.least_squares import unit_columns

RANK_TOLERANCE = 1e-7
"""Singular values below this, of columns scaled to length 1, count as zero."""
ALIKE = 1 - 1e-6
"""Of the largest, from which on unknowns are as good: the first of them is eliminated."""
NOTHING = 1e-6
"""Of the largest weight of a direction, below which a weight is an error of rounding."""


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

    Which unknowns take part does not depend on their units. The largest weight of each is 1.

    Examples
    --------
    >>> null_directions(np.array([[1.0, 1.0], [2.0, 2.0]]))
    array([[ 1., -1.]])
    """
    values, basis, scale = _modes(design)
    rows = _reduced(basis[values <= tolerance * max(values[0], np.finfo(float).tiny)]) / scale
    return rows / np.abs(rows).max(axis=1, keepdims=True, initial=0)


def _modes(design: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Singular values of columns of length 1, their directions, one a row, and the lengths."""
    columns, scale = unit_columns(design)
    _, values, directions = np.linalg.svd(columns, full_matrices=True)
    return np.pad(values, (0, len(directions) - len(values))), directions, scale


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
    """Echelon form of orthonormal rows: as few unknowns in each direction as possible."""
    pivots: list[int] = []
    left = basis
    for _ in basis:
        sizes = np.linalg.norm(left, axis=0)
        pivots.append(int(np.argmax(sizes > ALIKE * sizes.max())))
        taken = left[:, pivots[-1]] / sizes[pivots[-1]]
        left = left - np.outer(taken, taken @ left)
    rows = np.linalg.solve(basis[:, sorted(pivots)], basis)
    rows[np.abs(rows) < NOTHING * np.abs(rows).max(axis=1, keepdims=True, initial=0)] = 0.0
    return rows
