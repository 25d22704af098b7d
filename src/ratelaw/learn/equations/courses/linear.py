"""Small dense linear systems inside compiled kernels."""

import numpy as np
from numba import njit

Array = np.ndarray


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def factorise(matrix: Array, pivots: Array) -> None:
    """Replace a matrix (V, V) by its LU factors, with row exchanges."""
    size = len(matrix)
    for i in range(size):
        best = i
        for r in range(i + 1, size):
            if abs(matrix[r, i]) > abs(matrix[best, i]):
                best = r
        pivots[i] = best
        if best != i:
            for c in range(size):
                matrix[i, c], matrix[best, c] = matrix[best, c], matrix[i, c]
        for r in range(i + 1, size):
            matrix[r, i] /= matrix[i, i]
            for c in range(i + 1, size):
                matrix[r, c] -= matrix[r, i] * matrix[i, c]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def solve(factors: Array, pivots: Array, sides: Array) -> None:
    """Replace right-hand sides (V, Q) by the solutions."""
    size, count = sides.shape
    for i in range(size):
        if pivots[i] != i:
            for q in range(count):
                sides[i, q], sides[pivots[i], q] = sides[pivots[i], q], sides[i, q]
    for i in range(size):
        for j in range(i):
            _subtract(sides, i, j, factors[i, j])
    for i in range(size - 1, -1, -1):
        for j in range(i + 1, size):
            _subtract(sides, i, j, factors[i, j])
        for q in range(count):
            sides[i, q] /= factors[i, i]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _subtract(sides: Array, i: int, j: int, factor: float) -> None:
    for q in range(sides.shape[1]):
        sides[i, q] -= factor * sides[j, q]
