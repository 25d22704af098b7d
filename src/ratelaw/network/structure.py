"""What the stoichiometry alone says: conserved totals, deficiency."""

import numpy as np
from sympy import QQ, ZZ
from sympy.polys.matrices import DomainMatrix

from ratelaw.network.network import Network


def conservation_laws(network: Network) -> np.ndarray:
    r"""Independent linear combinations of copy numbers that no reaction changes.

    .. math:: L U = 0, \qquad L n(t) = L n(0).

    Parameters
    ----------
    network
        Any network; only its stoichiometry is used, and what else changes which species.

    Returns
    -------
    Integers, shape (laws, species), rows in reduced echelon form with no common divisor; no rows if
    nothing is conserved.

    Examples
    --------
    >>> conservation_laws(Network.parse("A + B --> C, 1"))
    array([[1, 0, 1],
           [0, 1, 1]])
    """
    driven = np.eye(len(network.species), dtype=np.int64)[
        :, [network.species.index(name) for name in network.driven]
    ]
    return left_null_space(np.hstack([network.stoichiometry, driven]))


def deficiency(network: Network) -> int:
    r"""Complexes, less linkage classes, less the rank of the stoichiometry.

    .. math:: \delta = n - l - s

    Parameters
    ----------
    network
        Any network; only its reactions are used.

    Returns
    -------
    A whole number >= 0. A weakly reversible network of mass action and deficiency 0 has exactly one
    equilibrium for each set of conserved totals, whatever its rates.

    Notes
    -----
    Feinberg 1987.

    Examples
    --------
    >>> deficiency(Network.parse("A + B <--> C, 1, 1"))
    0
    >>> from ratelaw.network import zoo
    >>> deficiency(zoo.lotka_volterra())
    1
    """
    classes: dict[frozenset[tuple[str, int]], frozenset[tuple[str, int]]] = {}

    def root(member: frozenset[tuple[str, int]]) -> frozenset[tuple[str, int]]:
        while classes.setdefault(member, member) != member:
            member = classes[member]
        return member

    for reaction in network.reactions:
        before, after = (
            frozenset(side.items()) for side in (reaction.reactants, reaction.products)
        )
        classes[root(before)] = root(after)
    linked = sum(root(member) == member for member in list(classes))
    rank = len(network.species) - len(left_null_space(network.stoichiometry))
    return len(classes) - linked - rank


def left_null_space(matrix: np.ndarray) -> np.ndarray:
    """Independent integer rows L with L matrix = 0, in reduced echelon form, no common divisor.

    Examples
    --------
    >>> left_null_space(np.array([[1], [-2]]))
    array([[2, 1]])
    """
    exact = DomainMatrix.from_list(matrix.T.tolist(), ZZ).convert_to(QQ)
    basis, _ = exact.nullspace().rref()
    rows = [DomainMatrix([row], (1, len(row)), QQ).primitive()[1] for row in basis.to_list()]
    laws = [[int(entry) for entry in row.to_list()[0]] for row in rows]
    return np.array(laws, dtype=np.int64).reshape(-1, len(matrix))


def semiflows(matrix: np.ndarray) -> np.ndarray:
    r"""Non-negative integer rows L with L matrix = 0, none of which contains another.

    The extreme rays of the cone; every non-negative law is a sum of them.

    Notes
    -----
    Farkas 1902; Colom and Silva 1991.

    Examples
    --------
    >>> semiflows(np.array([[-1], [-1], [1]]))
    array([[1, 0, 1],
           [0, 1, 1]])
    """
    size = len(matrix)
    rows = [
        np.concatenate([row, unit])
        for row, unit in zip(matrix, np.eye(size, dtype=int), strict=True)
    ]
    for column in range(matrix.shape[1]):
        signs = [np.sign(row[column]) for row in rows]
        kept = [row for row, sign in zip(rows, signs, strict=True) if sign == 0]
        for up in (row for row, sign in zip(rows, signs, strict=True) if sign > 0):
            for down in (row for row, sign in zip(rows, signs, strict=True) if sign < 0):
                combined = -down[column] * up + up[column] * down
                kept.append(combined // np.gcd.reduce(combined))
        rows = _without_supersets(kept, matrix.shape[1])
    found = sorted((row[matrix.shape[1] :].tolist() for row in rows), reverse=True)
    return np.array(found, dtype=np.int64).reshape(-1, size)


def _without_supersets(rows: list[np.ndarray], skip: int) -> list[np.ndarray]:
    supports = [frozenset(np.flatnonzero(row[skip:]).tolist()) for row in rows]
    return [
        row
        for i, row in enumerate(rows)
        if not any(
            other < supports[i] or (other == supports[i] and j < i)
            for j, other in enumerate(supports)
        )
    ]
