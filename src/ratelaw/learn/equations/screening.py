"""Which subsets are worth a fit through the solver: a beam search on integral matching."""

from collections.abc import Iterable

import numpy as np

from ratelaw.learn.equations.least_squares import unit_columns


def screen(
    design: np.ndarray, target: np.ndarray, *, penalty: float, beam: int, keep: int
) -> list[np.ndarray]:
    """Subsets of the columns with the least chi-square + penalty * size, best first.

    Keeps the `beam` best subsets of each size, growing them from the empty one and shrinking them
    from the full one, so that its cost is the cube of the number of columns and not 2 to its power.

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
    count = columns.shape[1]
    cost: dict[bytes, float] = {}

    def ranked(subsets: Iterable[np.ndarray]) -> list[np.ndarray]:
        unique = {subset.tobytes(): subset for subset in subsets}
        for key, subset in unique.items():
            if key not in cost:
                part, right = triangle[:, :-1][:, subset], triangle[:, -1]
                solution = np.linalg.lstsq(part, right, rcond=1e-10)[0]
                misfit = float(np.square(part @ solution - right).sum())
                cost[key] = misfit + penalty * int(subset.sum())
        return sorted(unique.values(), key=lambda subset: cost[subset.tobytes()])

    seen: list[np.ndarray] = []
    for first, flip_from in ((np.zeros(count, bool), False), (np.ones(count, bool), True)):
        level = ranked([first])
        while level:
            seen += level
            level = ranked(
                flipped(subset, c)
                for subset in level
                for c in np.flatnonzero(subset == flip_from).tolist()
            )[:beam]
    return ranked(seen)[:keep]


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
