"""Partial equilibrium: fast reversible reactions are always balanced."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ratelaw.network import Network
from ratelaw.reduce.method import Derivation, as_names
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.reduce.slow_manifold import reduced_by
from ratelaw.reduce.splitting import Splitting, reversible_reactions, totals_kept_by


@dataclass(frozen=True)
class PartialEquilibrium(Derivation):
    r"""Fast reversible reactions are in equilibrium; what they leave alone is slow.

    .. math:: \phi_j^+(x) = \phi_j^-(x), \qquad y = \Lambda x, \quad \Lambda U_\text{fast} = 0,
        \qquad \dot y = \Lambda U \phi

    Parameters
    ----------
    reactions
        The fast reactions as text, ``"S + E <--> C"``; one direction brings the other.

    Returns
    -------
    With a closed form: a network of the totals, named ``S_total`` for S + C, for mass action and
    for Gillespie. Otherwise a network of one free species for each total, for mass action only.

    Raises
    ------
    ModelError
        For a reaction that is not there or has no reverse, and where the equilibrium is not unique.

    Notes
    -----
    Michaelis and Menten 1913; Schauer and Heinrich 1983.

    Examples
    --------
    >>> from ratelaw import reduce, zoo
    >>> reduce(zoo.michaelis_menten(), PartialEquilibrium("S + E <--> C")).network.species
    ('S_total', 'P')
    """

    reactions: str | Iterable[str]

    def derive(self, network: Network) -> ReducedNetwork:
        fast = reversible_reactions(network, as_names(self.reactions))
        moves = network.stoichiometry * np.isin(range(len(network.reactions)), fast)
        conserved, slow = totals_kept_by(network, fast)
        every = np.ones(len(network.species), dtype=bool)
        return reduced_by(Splitting.of_totals(network, conserved, slow, allowed=every, moves=moves))
