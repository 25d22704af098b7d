"""The total quasi-steady state: what is bound in fast species still counts."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass

import numpy as np
import sympy as sp

from ratelaw.errors import ModelError
from ratelaw.network import Network
from ratelaw.reduce.method import Derivation, as_names
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.reduce.slow_manifold import reduced_by
from ratelaw.reduce.splitting import (
    Splitting,
    binding_reactions,
    fast_species,
    totals_kept_by,
)


@dataclass(frozen=True)
class TotalQuasiSteadyState(Derivation):
    r"""The fast species' rates are set to zero at fixed totals; the totals are the variables.

    .. math:: \hat A = A + M B, \quad \dot{\hat A} = F + M G, \quad 0 = G(\hat A - M B, B)

    M counts what of A is bound in B, so that the reversible reactions that form B do not change
    A-hat. Valid also where the fast species are not scarce.

    Parameters
    ----------
    fast
        Name or names of the fast species B; those that a conservation law ties to them are added.
        Among several ways to form one of them, reversible reactions count first, then the order in
        which they are written.

    slow
        Species that stay slow although a conservation law ties them to fast ones, because there is
        much of them: an inhibitor in excess of its enzyme.

    Returns
    -------
    With a closed form: a network of the totals, named ``S_total`` for S + C, for mass action and
    for Gillespie. Otherwise a network of the free slow species, whose rates are those of the totals
    divided by how much of each is bound (dA-hat/dA), for mass action only.

    Raises
    ------
    ModelError
        For unknown names, totals that do not exist, and where G = 0 has no, or no unique,
        attracting solution.

    Notes
    -----
    Borghans, de Boer and Segel 1996; Tzafriri 2003.

    Examples
    --------
    >>> from ratelaw import reduce, zoo
    >>> reduce(zoo.michaelis_menten(), TotalQuasiSteadyState("C")).network.species
    ('S_total', 'P')
    """

    fast: str | Iterable[str]
    _: KW_ONLY
    slow: str | Iterable[str] = ()

    def derive(self, network: Network) -> ReducedNetwork:
        fast = fast_species(network, as_names(self.fast), as_names(self.slow))
        is_fast = np.isin(network.species, fast)
        conserved, slow = totals_kept_by(network, binding_reactions(network, fast))
        moves = _at_fixed_totals(network, np.vstack([conserved, slow]), is_fast)
        return reduced_by(
            Splitting.of_totals(network, conserved, slow, allowed=~is_fast, moves=moves)
        )


def _at_fixed_totals(network: Network, rows: np.ndarray, is_fast: np.ndarray) -> np.ndarray:
    """How reactions move the state if the fast species change and the totals do not."""
    mixed = rows[(rows * ~is_fast).any(axis=1)]
    moves = network.stoichiometry * is_fast[:, None].astype(float)
    free = sp.Matrix(mixed[:, ~is_fast])
    if free.rows != free.cols or free.det() == 0:
        raise ModelError(
            "the totals of the fast reactions do not give the slow species back: use "
            "QuasiSteadyState, or PartialEquilibrium with the fast reactions named"
        )
    moves[~is_fast] = (
        -np.array((free.inv() * sp.Matrix(mixed[:, is_fast])).tolist(), float)
        @ (network.stoichiometry[is_fast])
    )
    return moves
