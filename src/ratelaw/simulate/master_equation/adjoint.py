"""Powers of a jump process, forwards and, for gradients, backwards; compiled.

States are in lexicographic order, so that most jumps of a reaction lead from neighbours to
neighbours: they come as runs, `(reaction, first origin, first target, length)`, which LLVM turns
into vector instructions. `chance`, shape (reaction, state), says how likely each jump is, `stay`
the chance of none; a jump that is in no run leads out of the states and is lost.
"""

import numpy as np
from numba import njit


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _advance(
    before: np.ndarray, after: np.ndarray, chance: np.ndarray, stay: np.ndarray, runs: np.ndarray
) -> None:
    """P before."""
    for s in range(before.size):
        after[s] = stay[s] * before[s]
    for run in range(len(runs)):
        r, origin, target, length = runs[run]
        for s in range(length):
            after[target + s] += chance[r, origin + s] * before[origin + s]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def powers(
    start: np.ndarray, chance: np.ndarray, stay: np.ndarray, runs: np.ndarray, out: np.ndarray
) -> None:
    """P^k start for k = 0, 1, ..., one a row of `out`."""
    out[0] = start
    for k in range(1, len(out)):
        _advance(out[k - 1], out[k], chance, stay, runs)


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def series_of_powers(
    weights: np.ndarray, start: np.ndarray, chance: np.ndarray, stay: np.ndarray, runs: np.ndarray
) -> np.ndarray:
    """The sum of w_k P^k start, without keeping the powers: they stay in the cache."""
    total = weights[0] * start
    before, after = start.copy(), np.empty_like(start)
    for k in range(1, len(weights)):
        _advance(before, after, chance, stay, runs)
        for s in range(start.size):
            total[s] += weights[k] * after[s]
        before, after = after, before
    return total


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def pull_back(  # noqa: PLR0917
    weights: np.ndarray,
    adjoint: np.ndarray,
    course: np.ndarray,
    chance: np.ndarray,
    stay: np.ndarray,
    runs: np.ndarray,
    arrived: np.ndarray,
    left: np.ndarray,
) -> np.ndarray:
    r"""The adjoint of :math:`\sum_k w_k P^k` at its start, adding to that of the chances.

    .. math:: u_K = w_K \lambda, \quad u_k = w_k \lambda + P^T u_{k+1}, \quad
        \frac{\partial}{\partial P_{ts}} = \sum_k u_{k+1}(t) (P^k p)(s)

    `arrived`, of every jump, has u at its target; `left`, of every state, at its origin.
    """
    last = len(weights) - 1
    u, new = weights[last] * adjoint, np.empty_like(adjoint)
    for k in range(last - 1, -1, -1):
        before, weight = course[k], weights[k]
        for s in range(u.size):
            new[s] = weight * adjoint[s] + stay[s] * u[s]
            left[s] += u[s] * before[s]
        for run in range(len(runs)):
            r, origin, target, length = runs[run]
            for s in range(length):
                new[origin + s] += chance[r, origin + s] * u[target + s]
            for s in range(length):
                arrived[r, origin + s] += before[origin + s] * u[target + s]
        u, new = new, u
    return u
