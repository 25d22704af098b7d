"""Reactions as candidate terms: stoichiometry by construction, rate constants >= 0."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

import sympy as sp

from ratelaw.errors import DataError, UnsupportedError
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.term import Term
from ratelaw.network import Network, Reaction, all_reactions
from ratelaw.network.network import require_network
from ratelaw.network.ratelaws import MassActionLaw


@dataclass(frozen=True)
class ReactionLibrary(Library):
    r"""The reactions of a network, each with a rate constant to be found.

    .. math:: \dot c_i = \sum_j U_{ij} k_j \prod_l c_l^{\nu_{lj}} / \nu_{lj}!, \qquad k_j \ge 0

    Parameters
    ----------
    candidates
        A network of mass action; its constants are not used.

    Raises
    ------
    UnsupportedError
        If a reaction is not mass action.

    Examples
    --------
    >>> library = ReactionLibrary(Network.parse("2 A --> B, 1"))
    >>> print(library.columns(["A", "B"])[0], library.columns(["A", "B"])[0].rate)
    2 A --> B A**2/2
    """

    candidates: Network

    def __post_init__(self) -> None:
        require_network(self.candidates, "candidates")
        self.candidates.require_only("a library of reactions")
        for reaction in self.candidates.reactions:
            if not isinstance(reaction.law, MassActionLaw):
                raise UnsupportedError(f"reaction '{reaction}' is not mass action: use '-->'")

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        for name in self.candidates.species:
            if name not in species:
                raise DataError(f"the data have no species {name!r}, only {', '.join(species)}")
        return tuple(reaction_term(reaction) for reaction in self.candidates.reactions)


@dataclass(frozen=True)
class MassActionLibrary(Library):
    r"""Every mass-action reaction between complexes of a few molecules.

    Parameters
    ----------
    order
        Most molecules consumed: 1 or 2.
    products
        Most molecules produced.
    elements
        What every reaction must conserve: of each element, how much is in a molecule of each
        species; a species left out has none.
    sources
        Whether molecules may come from nothing.

    Examples
    --------
    >>> library = MassActionLibrary(order=1, products=1)
    >>> [str(term) for term in library.columns(["A", "B"])]
    ['A --> 0', 'A --> B', 'B --> 0', 'B --> A']
    """

    order: int = 2
    products: int = 2
    _: KW_ONLY
    elements: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sources: bool = False

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        found = all_reactions(species, order=self.order, products=self.products).reactions
        return tuple(
            reaction_term(reaction)
            for reaction in found
            if self._balanced(reaction) and (self.sources or reaction.reactants)
        )

    def _balanced(self, reaction: Reaction) -> bool:
        changes = reaction.net_changes.items()
        return not any(
            sum(content.get(name, 0) * change for name, change in changes)
            for content in self.elements.values()
        )


def reaction_term(reaction: Reaction) -> Term:
    """A mass-action reaction as a candidate term."""
    rate = MassActionLaw(sp.S.One).flux(reaction.reactants)
    return Term(rate, reaction.net_changes, positive=True, label=str(reaction), reaction=reaction)
