"""The quasi-steady state: fast species follow the slow ones at once."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass

import numpy as np

from ratelaw.network import Network
from ratelaw.reduce.method import Derivation, as_names
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.reduce.slow_manifold import reduced_by
from ratelaw.reduce.splitting import (
    Splitting,
    fast_laws,
    fast_species,
    holding,
    named_rows,
)


@dataclass(frozen=True)
class QuasiSteadyState(Derivation):
    r"""The fast species' rates are set to zero; the slow species stay the variables.

    .. math:: \dot A = F(A, B), \quad 0 = G(A, B), \quad L B = \text{const}

    Exact where the fast species are scarce as well as fast: what of A is bound in B is neglected.

    Parameters
    ----------
    fast
        Name or names of the fast species B; those that a conservation law ties to them are added.

    slow
        Species that stay slow although a conservation law ties them to fast ones, because there is
        much of them: an inhibitor in excess of its enzyme.

    Returns
    -------
    With a closed form (B enters linearly, or in the end as the root of a quadratic): a network of
    the slow species with the molecules' own balance, ``S => P`` rather than ``S => 0, 0 => P``, for
    mass action and for Gillespie. Otherwise the fast species that are left follow
    ``dB/dt = -(dG/dB)^-1 (dG/dA) dA/dt``, which keeps G = 0, for mass action only.

    Raises
    ------
    ModelError
        For unknown names, and where G = 0 has no, or no unique, attracting solution.

    Notes
    -----
    Briggs and Haldane 1925; Segel and Slemrod 1989; Yang 2020, Eqs. (17)-(18).

    Examples
    --------
    >>> from ratelaw import reduce, zoo
    >>> small = reduce(zoo.gene_autoregulation(), QuasiSteadyState(["G", "GP", "GP2"]))
    >>> small.expressions["GP"]
    G_total*P*k1*km2/(P**2*k1*k2 + P*k1*km2 + km1*km2)
    """

    fast: str | Iterable[str]
    _: KW_ONLY
    slow: str | Iterable[str] = ()

    def derive(self, network: Network) -> ReducedNetwork:
        fast = fast_species(network, as_names(self.fast), as_names(self.slow))
        is_fast = np.isin(network.species, fast)
        slow = [name for name in network.species if name not in fast]
        units = np.eye(len(network.species), dtype=int)[~is_fast]
        totals, variables = named_rows(network, fast_laws(network, fast), units)
        splitting = Splitting(
            network,
            totals=totals,
            variables=variables,
            pivots=tuple(slow),
            moves=network.stoichiometry * is_fast[:, None],
        )
        return reduced_by(splitting, holding(network, fast))
