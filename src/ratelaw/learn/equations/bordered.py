"""Least squares with unknowns of all experiments and unknowns of single ones."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

TRIES = 60
"""Steps, taken or not."""
FIRST_DAMPING = 1e-3
VAIN = 1e-6
"""A promised gain for which no step that failed is tried again, as `done` of `minimise`."""
TRIALS = 12
"""Steps after which a sum of squares should be near enough."""
PATIENCE = 8
"""Steps in a row that may fail."""


MOST_GAIN = 2.0
"""Gains beyond this multiple of the promised one count as this: damping falls no faster."""


@dataclass(frozen=True)
class Block:
    """One experiment: residuals (R,), derivatives to shared (R, P) and to own unknowns (R, F)."""

    residuals: np.ndarray
    shared: np.ndarray
    own: np.ndarray


@dataclass(frozen=True)
class Blocks:
    """Experiments: residuals (E, R), derivatives to shared (E, R, P) and own unknowns (E, R, F).

    Rows of 0 fill up what was not measured, columns of 0 the unknowns that an experiment has not.
    """

    residuals: np.ndarray
    shared: np.ndarray
    own: np.ndarray


Linearise = Callable[[np.ndarray, np.ndarray], Blocks]


def minimise(
    linearise: Linearise,
    shared: np.ndarray,
    own: np.ndarray,
    reach: np.ndarray,
    *,
    done: float,
    enough: float,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Levenberg-Marquardt, the own unknowns eliminated from every step.

    .. math:: \sum_e (A_e^T A_e - A_e^T B_e H_e^{-1} B_e^T A_e + \lambda D)\, \delta
        = -\sum_e A_e^T (r_e - B_e H_e^{-1} B_e^T r_e), \qquad H_e = B_e^T B_e + \lambda D_e

    so that a step costs in proportion to the number of experiments.

    Parameters
    ----------
    linearise
        Of shared (P,) and own unknowns (E, F).
    reach
        By how much a step may change the shared unknowns, shape (P,).
    done
        A gain that is not worth another step, of the sum of squares or by itself.
    enough
        A sum of squares; while it is more after some steps, the rest are not tried.

    Notes
    -----
    Marquardt 1963; the damping follows Nielsen 1999.
    """
    damping, growth, failures = FIRST_DAMPING, 2.0, 0
    normal = _normal(linearise(shared, own))
    for tried in range(TRIES):
        if (tried >= TRIALS and normal.square > enough) or not normal.finite:
            break
        step, own_step, promised = normal.step(damping, reach)
        found = _normal(linearise(shared + step, own + own_step))
        gain = normal.square - found.square if found.finite else -np.inf
        if not gain > 0:
            failures += 1
            if failures > PATIENCE or promised <= VAIN * (1 + normal.square):
                break
            damping, growth = damping * growth, growth * 2
            continue
        shared, own, normal = shared + step, own + own_step, found
        if gain <= done * (1 + normal.square):
            break
        share = min(gain / max(promised, 1e-300), MOST_GAIN)
        damping *= max(1 / 10, 1 - (2 * share - 1) ** 3)
        growth, failures = 2.0, 0
    return shared, own


@dataclass(frozen=True)
class _Normal:
    """The normal equations of all experiments.

    Attributes
    ----------
    square
        Of the residuals.
    gram, side
        Of the shared unknowns, shapes (P, P) and (P,).
    across, inner, own_side
        Of the own unknowns, with the shared ones (E, F, P), each other (E, F, F) and residuals.
    """

    square: float
    gram: np.ndarray
    side: np.ndarray
    across: np.ndarray
    inner: np.ndarray
    own_side: np.ndarray

    @property
    def finite(self) -> bool:
        """Whether all are numbers; derivatives of a course that can hardly be solved may not be."""
        sums = self.gram.sum(), self.across.sum(), self.inner.sum(), self.side.sum()
        return bool(np.isfinite([self.square, *sums]).all())

    def step(self, damping: float, reach: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """The damped step, shared and own, and by how much the linear problem would gain."""
        size = len(self.side)
        inner = self.inner.copy()
        diagonal = np.einsum("eff->ef", inner)
        diagonal += damping * diagonal + 1e-12 * (1 + diagonal.sum(axis=1, keepdims=True))
        sides = np.concatenate([self.across, self.own_side[:, :, None]], axis=2)
        solved = np.linalg.solve(inner, sides)
        taken = np.tensordot(self.across, solved, ((0, 1), (0, 1)))
        matrix, side = self.gram - taken[:, :size], self.side - taken[:, size]
        own_diagonal = np.diagonal(self.gram)
        root = np.sqrt(np.maximum(own_diagonal, 1e-12 * own_diagonal.max(initial=1e-300)))
        root[root == 0] = 1.0  # nothing is solved there
        scaled = matrix / np.outer(root, root) + damping * np.eye(size)
        step = -np.linalg.lstsq(scaled, side / root, rcond=1e-14)[0] / root if size else side
        own_step = -solved[:, :, size] - solved[:, :, :size] @ step
        share = 1 / (np.abs(step) / reach).max(initial=1.0)
        step, own_step = share * step, share * own_step
        return step, own_step, self._promised(step, own_step)

    def _promised(self, step: np.ndarray, own_step: np.ndarray) -> float:
        shared = step @ (2 * self.side + self.gram @ step)
        mixed = 2 * (self.own_side + self.across @ step) * own_step
        own = np.einsum("ef,efg,eg->", own_step, self.inner, own_step)
        return -float(shared + mixed.sum() + own)


@np.errstate(over="ignore", invalid="ignore")
def _normal(blocks: Blocks) -> _Normal:
    """Infinite or no number where courses explode: such a step is not taken."""
    a, b, r = blocks.shared, blocks.own, blocks.residuals
    rows = a.reshape(a.shape[0] * a.shape[1], a.shape[2])
    turned = b.transpose(0, 2, 1)
    return _Normal(
        float(np.vdot(r, r)),
        rows.T @ rows,
        rows.T @ r.ravel(),
        turned @ a,
        turned @ b,
        (turned @ r[:, :, None])[:, :, 0],
    )
