"""Least squares with unknowns of all experiments and unknowns of single ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

ITERATIONS = 40
FIRST_DAMPING = 1e-3
DONE = 1e-7
"""A relative gain that is not worth another step."""
PATIENCE = 12
"""Steps in a row that may fail."""


MOST_GAIN = 2.0
"""Gains beyond this multiple of the promised one count as this: damping falls no faster."""


@dataclass(frozen=True)
class Block:
    """One experiment: residuals (R,), derivatives to shared (R, P) and to own unknowns (R, F)."""

    residuals: np.ndarray
    shared: np.ndarray
    own: np.ndarray


Linearise = Callable[[np.ndarray, Sequence[np.ndarray]], Sequence[Block]]
Misfit = Callable[[np.ndarray, Sequence[np.ndarray]], float]


def minimise(
    linearise: Linearise, misfit: Misfit, shared: np.ndarray, own: Sequence[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    r"""Levenberg-Marquardt, the own unknowns eliminated from every step.

    .. math:: \sum_e (A_e^T A_e - A_e^T B_e H_e^{-1} B_e^T A_e + \lambda D)\, \delta
        = -\sum_e A_e^T (r_e - B_e H_e^{-1} B_e^T r_e), \qquad H_e = B_e^T B_e + \lambda D_e

    so that a step costs in proportion to the number of experiments.

    Parameters
    ----------
    linearise, misfit
        Of shared (P,) and own unknowns, one array (F,) an experiment.

    Notes
    -----
    Marquardt 1963; the damping follows Nielsen 1999.
    """
    shared, own = np.array(shared, dtype=float), [np.array(part, dtype=float) for part in own]
    damping, growth = FIRST_DAMPING, 2.0
    blocks = linearise(shared, own)
    value = sum(float(block.residuals @ block.residuals) for block in blocks)
    failures = 0
    for _ in range(ITERATIONS):
        while True:
            step, own_steps, promised = _step(blocks, damping)
            after = [part + change for part, change in zip(own, own_steps, strict=True)]
            found = misfit(shared + step, after)
            if found < value:
                break
            failures += 1
            if failures > PATIENCE or promised <= DONE * value:
                return shared, own
            damping, growth = damping * growth, growth * 2
        gain = min((value - found) / max(promised, 1e-300), MOST_GAIN)
        damping *= max(1 / 10, 1 - (2 * gain - 1) ** 3)
        growth, failures = 2.0, 0
        shared, own = shared + step, after
        if value - found <= DONE * value:
            return shared, own
        value = found
        blocks = linearise(shared, own)
    return shared, own


def _step(blocks: Sequence[Block], damping: float) -> tuple[np.ndarray, list[np.ndarray], float]:
    """The damped step, and by how much the linear problem would gain."""
    size = blocks[0].shared.shape[1]
    matrix, side, diagonal = np.zeros((size, size)), np.zeros(size), np.zeros(size)
    kept = []
    for block in blocks:
        a, b, r = block.shared, block.own, block.residuals
        inner = b.T @ b
        inner[np.diag_indices_from(inner)] *= 1 + damping
        inner[np.diag_indices_from(inner)] += 1e-12 * (1 + np.trace(inner))
        across = b.T @ a
        solved = np.linalg.solve(inner, np.column_stack([across, b.T @ r]))
        kept.append(solved)
        gram = a.T @ a
        diagonal += np.diagonal(gram)
        matrix += gram - across.T @ solved[:, :size]
        side -= a.T @ r - across.T @ solved[:, size]
    diagonal = np.maximum(diagonal, 1e-12 * diagonal.max(initial=1e-300))
    root = np.sqrt(diagonal)
    scaled = matrix / np.outer(root, root)
    scaled[np.diag_indices_from(scaled)] += damping
    step = np.linalg.lstsq(scaled, side / root, rcond=1e-14)[0] / root if size else np.zeros(0)
    own_steps = [-(s[:, size] + s[:, :size] @ step) for s in kept]
    promised = 0.0
    for block, change in zip(blocks, own_steps, strict=True):
        moved = block.residuals + block.shared @ step + block.own @ change
        promised += float(block.residuals @ block.residuals - moved @ moved)
    return step, own_steps, promised
