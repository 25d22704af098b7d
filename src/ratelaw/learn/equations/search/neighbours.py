"""Neighbours of a subset of columns, and what they miss, in one compiled pass."""

import numpy as np
from numba import njit

from ratelaw.learn.equations.search.linear_problem import RIDGE

Array = np.ndarray

LARGE = 30
"""Columns of a subset whose pairs are not exchanged."""
COLLINEAR = 1e-8
"""A column of which no more than this is left beside others is spanned by them."""


def neighbours(  # noqa: PLR0917
    gram: Array, side: Array, positive: Array, chosen: Array, additions: int, exchanges: int
) -> tuple[Array, Array, Array]:
    r"""Subsets with columns added, removed, or one or two of them exchanged for another.

    With H the inverse of the Gram matrix of the subset, theta = H b and V = H G, removing the
    columns R leaves of each other column, and of what it could explain,

    .. math:: d' = d + V_R^T H_{RR}^{-1} V_R, \qquad a' = a + V_R^T H_{RR}^{-1} \theta_R,

    so that every exchange is known from one inverse.

    Parameters
    ----------
    gram, side
        Of C columns of length 1, shapes (C, C) and (C,).
    positive
        Whose coefficient must be >= 0, shape (C,).
    chosen
        The subset, in order, shape (K,).
    additions
        Columns whose addition is tried: those that gain most.
    exchanges
        The same in place of one or two columns; of one where the subset is large.

    Returns
    -------
    Subsets (M, K + 1), the columns in order; how many each has (M,); by how much each lowers the
    square (M,). Columns that would be negative are left out.
    """
    size = len(chosen)
    inverse = np.linalg.inv(gram[np.ix_(chosen, chosen)] + RIDGE * np.eye(size))
    across = gram[chosen]
    theta, spanned = inverse @ side[chosen], inverse @ across
    left = np.diagonal(gram) - np.einsum("kc,kc->c", across, spanned)
    moves = additions + size * (size + 1) // 2 * (1 + exchanges)
    subsets = np.zeros((moves, size + 1), dtype=np.int64)
    counts, gains = np.zeros(moves, dtype=np.int64), np.zeros(moves)
    used = _fill(
        gram, side, positive, chosen, inverse, theta, spanned, left, side - theta @ across,
        additions, exchanges, subsets, counts, gains,
    )  # fmt: skip
    return subsets[:used], counts[:used], gains[:used]


def reduced(gram: Array, side: Array, positive: Array, chosen: Array) -> tuple[Array, float]:
    """A subset without the columns that would be negative, worst first, and what it gains."""
    kept = chosen.copy()
    count, gain = _reduce(gram, side, positive, kept, len(kept))
    return kept[:count], gain


@njit(nogil=True, cache=True, error_model="numpy")
def _fill(  # noqa: PLR0917
    gram: Array,
    side: Array,
    positive: Array,
    chosen: Array,
    inverse: Array,
    theta: Array,
    spanned: Array,
    left: Array,
    along: Array,
    additions: int,
    exchanges: int,
    subsets: Array,
    counts: Array,
    gains: Array,
) -> int:
    """Write all moves; returns how many there are. With i = -1 nothing is removed."""
    size, place = len(chosen), 0
    allowed, worth = np.ones(len(side), dtype=np.bool_), np.zeros(len(side))
    for i in range(size):
        allowed[chosen[i]] = False
    largest = np.empty(max(additions, exchanges), dtype=np.int64)
    for i in range(-1, size):
        for j in range(max(i, 0) if size > LARGE else 0, max(i, 0) + 1):
            if i < 0:
                _worth(left, along, positive, allowed, worth)
            else:
                _without(inverse, theta, spanned, left, along, i, j, positive, allowed, worth)
            found = _largest(worth, largest[: additions if i < 0 else exchanges])
            for added in range(-1 if i >= 0 else 0, found):
                count = 0
                for l in range(size):
                    if l != i and (i < 0 or l != j):
                        subsets[place, count] = chosen[l]
                        count += 1
                if added >= 0:
                    _insert(subsets[place], count, largest[added])
                    count += 1
                counts[place], gains[place] = _reduce(gram, side, positive, subsets[place], count)
                place += 1
    return place


@njit(nogil=True, cache=True, error_model="numpy")
def _insert(ordered: Array, count: int, column: int) -> None:
    """Put a column among the first ones, which are in order."""
    i = count
    while i and ordered[i - 1] > column:
        ordered[i] = ordered[i - 1]
        i -= 1
    ordered[i] = column


@njit(nogil=True, cache=True, error_model="numpy")
def _reduce(
    gram: Array, side: Array, positive: Array, subset: Array, count: int
) -> tuple[int, float]:
    """Take out negative columns of the first ones; returns how many stay and what they gain."""
    theta, lower = np.empty(count), np.empty((count, count))
    while count:
        _solve(gram, side, subset, count, lower, theta)
        worst = -1
        for i in range(count):
            if positive[subset[i]] and theta[i] < 0 and (worst < 0 or theta[i] < theta[worst]):
                worst = i
        if worst < 0:
            break
        count -= 1
        for i in range(worst, count):
            subset[i] = subset[i + 1]
    gain = 0.0
    for i in range(count):
        gain += side[subset[i]] * theta[i]
    return count, gain


@njit(nogil=True, cache=True, error_model="numpy")
def _without(  # noqa: PLR0917
    inverse: Array,
    theta: Array,
    spanned: Array,
    left: Array,
    along: Array,
    i: int,
    j: int,
    positive: Array,
    allowed: Array,
    worth: Array,
) -> None:
    """What each column would gain if members i and j, or i alone where they are one, were gone."""
    if i == j:
        a, b, c = 1 / inverse[i, i], 0.0, 0.0
    else:
        determinant = inverse[i, i] * inverse[j, j] - inverse[i, j] ** 2
        a, b = inverse[j, j] / determinant, -inverse[i, j] / determinant
        c = inverse[i, i] / determinant
    first, second = a * theta[i] + b * theta[j], b * theta[i] + c * theta[j]
    more, better = np.empty_like(left), np.empty_like(along)
    for l in range(len(left)):
        v, w = spanned[i, l], spanned[j, l]
        more[l] = left[l] + a * v * v + 2 * b * v * w + c * w * w
        better[l] = along[l] + first * v + second * w
    _worth(more, better, positive, allowed, worth)


@njit(nogil=True, cache=True, error_model="numpy")
def _worth(left: Array, along: Array, positive: Array, allowed: Array, worth: Array) -> None:
    for c in range(len(left)):
        usable = allowed[c] and left[c] > COLLINEAR and (along[c] > 0 or not positive[c])
        worth[c] = along[c] ** 2 / left[c] if usable else 0.0


@njit(nogil=True, cache=True, error_model="numpy")
def _largest(worth: Array, found: Array) -> int:
    """Fill in the places of the largest values above 0, the largest first; returns how many."""
    held = 0
    for c in range(len(worth)):
        if worth[c] <= 0 or (held == len(found) and worth[c] <= worth[found[held - 1]]):
            continue
        held = min(held + 1, len(found))
        i = held - 1
        while i and worth[found[i - 1]] < worth[c]:
            found[i] = found[i - 1]
            i -= 1
        found[i] = c
    return held


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _solve(  # noqa: PLR0917
    gram: Array, side: Array, subset: Array, count: int, lower: Array, theta: Array
) -> None:
    """Coefficients of the first columns of a subset, by Cholesky."""
    for i in range(count):
        theta[i] = side[subset[i]]
        for j in range(i + 1):
            total = gram[subset[i], subset[j]]
            for l in range(j):
                total -= lower[i, l] * lower[j, l]
            if i > j:
                lower[i, j] = total / lower[j, j]
                theta[i] -= lower[i, j] * theta[j]
            else:
                lower[i, i] = np.sqrt(max(total, 0.0) + RIDGE)
        theta[i] /= lower[i, i]
    for i in range(count - 1, -1, -1):
        theta[i] /= lower[i, i]
        for j in range(i):
            theta[j] -= lower[i, j] * theta[i]
