"""How stiff a course is, also at rest, where the state does not tell."""

import numpy as np
from numba import njit

Array = np.ndarray


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def quickest_rate(jacobian: Array, direction: Array, tolerance: Array) -> float:
    """The rate of the quickest mode, by a step of the power method, which turns the direction.

    Lengths are in units of the tolerated error. Where nothing moves, the direction is kept.
    """
    size = len(direction)
    turned = np.zeros(size)
    before, after = 0.0, 0.0
    for v in range(size):
        for w in range(size):
            turned[v] += jacobian[v, w] * direction[w]
        before += (direction[v] / tolerance[v]) ** 2
        after += (turned[v] / tolerance[v]) ** 2
    if not 0.0 < after < np.inf:
        return 0.0
    for v in range(size):
        direction[v] = turned[v] / np.sqrt(after)
    return np.sqrt(after / before)
