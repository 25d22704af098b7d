"""Which subsets are worth a fit through the solver: a beam search on integral matching."""

import numpy as np

from ratelaw.learn.equations.beam import Subset, beam_search
from ratelaw.learn.equations.least_squares import unit_columns

CUTOFF = 1e-10
"""Of the largest singular value: what is below it is not fitted."""


def screen(
    design: np.ndarray, target: np.ndarray, *, penalty: float, beam: int, keep: int
) -> list[np.ndarray]:
    """Subsets of the columns with the least chi-square + penalty * size, best first.

    Parameters
    ----------
    design, target
        A whitened linear problem, shapes (K, C) and (K,).
    penalty
        What one more column must gain.
    beam, keep
        Subsets kept at each size, and returned in all.

    Returns
    -------
    Boolean masks, shape (C,).
    """
    columns, _ = unit_columns(design)
    _, triangle = np.linalg.qr(np.column_stack([columns, target]))
    rows, right = triangle[:, :-1], triangle[:, -1]

    def misfits(subsets: list[Subset]) -> np.ndarray:
        parts = [rows[:, list(subset)] for subset in subsets]
        solved = [np.linalg.lstsq(part, right, rcond=CUTOFF)[0] for part in parts]
        return np.array(
            [
                np.square(part @ theta - right).sum()
                for part, theta in zip(parts, solved, strict=True)
            ]
        )

    found = beam_search(rows.shape[1], misfits, beam)
    ranked = sorted(found, key=lambda subset: found[subset] + penalty * len(subset))
    return [np.isin(np.arange(rows.shape[1]), subset) for subset in ranked[:keep]]


def flipped(active: np.ndarray, c: int) -> np.ndarray:
    """The subset with unknown c added or removed.

    Examples
    --------
    >>> flipped(np.array([True, False]), 1)
    array([ True,  True])
    """
    changed = active.copy()
    changed[c] = not changed[c]
    return changed
