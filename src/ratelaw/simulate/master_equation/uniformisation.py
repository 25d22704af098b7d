"""Uniformisation: the exponential of a generator times a distribution, with non-negative terms."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

LARGEST_STEP = 256.0
"""Jumps a step: exp(-256) is still a normal number."""
TAIL = 1e-13
NEGLIGIBLE = 1e-20


def propagate(generator: "csr_array", distribution: np.ndarray, time: float) -> np.ndarray:
    r"""Advance a distribution by one step of at most `LARGEST_STEP` expected jumps.

    .. math:: e^{A t} p = \sum_k e^{-\Lambda t} \frac{(\Lambda t)^k}{k!} (I + A/\Lambda)^k p

    Every term is non-negative, so nothing cancels; the sum ends when less than `TAIL` is left.

    Parameters
    ----------
    generator
        A, with non-negative entries off the diagonal, shape (state, state).
    distribution
        p, shape (state,).
    time
        t; ``fastest(generator) * time`` must not exceed `LARGEST_STEP`.

    Returns
    -------
    p(t), shape (state,).

    Notes
    -----
    Jensen 1953.
    """
    from scipy.sparse import eye_array

    rate = fastest(generator)
    jumps = rate * time
    if jumps == 0:
        return distribution
    chain = (eye_array(len(distribution), format="csr") + generator / rate).tocsr()
    weight = np.exp(-jumps)
    remaining = 1.0 - weight
    result = weight * distribution
    power = distribution
    k = 0
    while remaining > TAIL or k < jumps:
        k += 1
        power = chain @ power
        weight *= jumps / k
        remaining -= weight
        if weight > NEGLIGIBLE:
            result += weight * power
    return result


def fastest(generator: "csr_array") -> float:
    """The largest rate of leaving a state, Lambda."""
    return float(-generator.diagonal().min(initial=0.0))
