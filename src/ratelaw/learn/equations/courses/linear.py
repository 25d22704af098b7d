"""Small dense linear systems inside compiled kernels."""

from numba import njit


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def factorise(matrix, pivots):  # noqa: ANN001, ANN201
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
def solve(factors, pivots, sides):  # noqa: ANN001, ANN201
    """Replace right-hand sides (V, Q) by the solutions."""
    size, count = sides.shape
    for i in range(size):
        p = pivots[i]
        if p != i:
            for q in range(count):
                sides[i, q], sides[p, q] = sides[p, q], sides[i, q]
    for i in range(size):
        for j in range(i):
            factor = factors[i, j]
            if factor != 0.0:
                for q in range(count):
                    sides[i, q] -= factor * sides[j, q]
    for i in range(size - 1, -1, -1):
        for j in range(i + 1, size):
            factor = factors[i, j]
            if factor != 0.0:
                for q in range(count):
                    sides[i, q] -= factor * sides[j, q]
        for q in range(count):
            sides[i, q] /= factors[i, i]
