"""Linear least squares on columns of unit length."""

import numpy as np

SPANNED = 1e-12
"""Of the largest singular value: a combination of columns below it is spanned by the others."""


def unit_columns(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The matrix with columns of length 1 (or 0), and the lengths (1 for a column of zeros)."""
    scale = np.linalg.norm(matrix, axis=0)
    scale[scale == 0] = 1.0
    return matrix / scale, scale


def unit_diagonal(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A symmetric matrix scaled to a diagonal of 1 (or 0), and the roots of its own (1 for a 0)."""
    scale = np.sqrt(np.maximum(np.diagonal(matrix), 0.0))
    scale[scale == 0] = 1.0
    return matrix / np.outer(scale, scale), scale


def orthogonal_to(vectors: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """What is left of vectors (K, ...) when the span of the columns (K, F) is taken out."""
    basis = np.linalg.qr(columns)[0]
    return vectors - basis @ (basis.T @ vectors)


def scaled_inverse(matrix: np.ndarray, singular: float) -> np.ndarray:
    """Of a covariance or an information, on the directions that have one.

    Parameters
    ----------
    matrix
        Symmetric, shape (C, C).
    singular
        An eigenvalue, of the matrix scaled to a diagonal of 1, below which a direction has none.

    Examples
    --------
    >>> scaled_inverse(np.diag([4.0, 0.0]), 1e-10)
    array([[0.25, 0.  ],
           [0.  , 0.  ]])
    """
    correlation, scale = unit_diagonal(matrix)
    return np.linalg.pinv(correlation, rcond=singular, hermitian=True) / np.outer(scale, scale)


def gauss_newton_covariance(jacobian: np.ndarray) -> np.ndarray:
    r"""Of the unknowns (C, C), from derivatives (K, C) of residuals in units of their deviations.

    .. math:: C = (J^T J)^+

    Examples
    --------
    >>> gauss_newton_covariance(np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]]))
    array([[0.25, 0.  ],
           [0.  , 0.5 ]])
    """
    columns, scale = unit_columns(jacobian)
    inverse = np.linalg.pinv(columns, rcond=SPANNED)
    return (inverse @ inverse.T) / np.outer(scale, scale)
