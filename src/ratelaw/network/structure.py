"""What the stoichiometry alone says: conserved totals."""

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
        Any network; only its stoichiometry is used.

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
    columns = network.stoichiometry.T
    matrix = DomainMatrix.from_list(columns.tolist(), ZZ).convert_to(QQ)
    basis, _ = matrix.nullspace().rref()
    rows = [DomainMatrix([row], (1, len(row)), QQ).primitive()[1] for row in basis.to_list()]
    laws = [[int(entry) for entry in row.to_list()[0]] for row in rows]
    return np.array(laws, dtype=np.int64).reshape(-1, len(network.species))
