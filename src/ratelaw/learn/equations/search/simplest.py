"""Simpler forms of a model of reactions that are several exchanges of terms away."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product
from math import prod

import numpy as np

from ratelaw.learn.equations.field import Field

MOST_FORMS = 1000
"""Models with one reaction for each rate; where there are more, none is tried."""


def irreversible(field: Field, active: np.ndarray) -> Iterator[np.ndarray]:
    """Subsets without a reaction and its reverse: of a balanced cycle neither can go alone."""
    for pair in _reversible(field, active):
        fewer = active.copy()
        fewer[list(pair)] = False
        if fewer.any():
            yield fewer


def single_reactions(field: Field, active: np.ndarray) -> Iterator[np.ndarray]:
    """Subsets where one term of the library, whichever, stands for all of a model with its rate.

    What passes through a species that is gone at once need not: A -> C and A -> B are then much the
    same as A -> B alone, if all that B takes part in changes with it.
    """
    with_rate = defaultdict(list)
    for column, term in enumerate(field.terms):
        with_rate[term.rate].append(column)
    several = [columns for columns in with_rate.values() if active[columns].sum() > 1]
    if not several or prod(map(len, several)) > MOST_FORMS:
        return
    for chosen in product(*several):
        fewer = active.copy()
        fewer[np.concatenate(several)] = False
        fewer[list(chosen)] = True
        yield fewer


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
    ways = _ways(field)
    for pair in _reversible(field, active):
        alike = np.isclose(ways[:, pair].T @ ways, 1.0)
        simple = np.where(alike, field.molecules, np.inf).argmin(axis=1)
        if field.molecules[simple].sum() < field.molecules[list(pair)].sum():
            subset, begin = active.copy(), theta.copy()
            subset[list(pair)] = False
            subset[simple] = True
            begin[simple] = theta[list(pair)] * unit[simple] / unit[list(pair)]
            yield subset, begin


def _reversible(field: Field, active: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs of terms of a model of which one changes all species in the opposite way."""
    ways = _ways(field)
    for first, second in combinations(np.flatnonzero(active).tolist(), 2):
        if np.isclose(ways[:, first] @ ways[:, second], -1.0):
            yield first, second


def _ways(field: Field) -> np.ndarray:
    """Changes as vectors of length 1, shape (V, C); 0 of terms that change nothing."""
    sizes = np.linalg.norm(field.changes, axis=0)
    return np.divide(field.changes, sizes, out=np.zeros_like(field.changes), where=sizes > 0)
