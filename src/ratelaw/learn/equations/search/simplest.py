"""Reactions and their reverses in their simplest form, where data do not tell which form it is."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from ratelaw.learn.equations.field import Field


def simpler_pairs(
    field: Field, active: np.ndarray, theta: np.ndarray, unit: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    r"""Subsets where a reaction and its reverse are those of fewest molecules that do the same.

    .. math:: \theta'_{c'} = \theta_c\, u_{c'} / u_c

    Of what comes to a balance at once the data show the balance alone, and 2 B <-> 2 C has the
    same as B <-> C. No single exchange leads from one to the other.

    Parameters
    ----------
    field
        Of flows.
    active, theta
        A model: its terms and coefficients, shape (C,).
    unit
        Coefficients (C,) with which each term alone moves as much.

    Yields
    ------
    Subsets and coefficients to begin with, for each pair that has a simpler one.
    """
    sizes = np.linalg.norm(field.changes, axis=0)
    ways = np.divide(field.changes, sizes, out=np.zeros_like(field.changes), where=sizes > 0)
    for pair in combinations(np.flatnonzero(active), 2):
        if not np.isclose(ways[:, pair[0]] @ ways[:, pair[1]], -1.0):
            continue
        alike = np.isclose(ways[:, pair].T @ ways, 1.0)
        simple = np.where(alike, field.molecules, np.inf).argmin(axis=1)
        if field.molecules[simple].sum() < field.molecules[list(pair)].sum():
            subset, begin = active.copy(), theta.copy()
            subset[list(pair)] = False
            subset[simple] = True
            begin[simple] = theta[list(pair)] * unit[simple] / unit[list(pair)]
            yield subset, begin
