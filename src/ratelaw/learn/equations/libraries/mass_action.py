"""Reactions as candidate terms: stoichiometry by construction, rate constants >= 0."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from itertools import combinations_with_replacement, product

from ratelaw.errors import DataError, UnsupportedError
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.term import Term
from ratelaw.network import Network, Reaction
from ratelaw.network.expression import parse_expression
from ratelaw.network.ratelaws import MassActionLaw

CONSTANT = parse_expression("k")


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
        self.candidates.require_only("a library of reactions")
        for reaction in self.candidates.reactions:
            if not isinstance(reaction.law, MassActionLaw):
                raise UnsupportedError(f"reaction '{reaction}' is not mass action: use '-->'")

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        for name in self.candidates.species:
            if name not in species:
                raise DataError(f"the data have no species {name!r}, only {', '.join(species)}")
        return tuple(
            reaction_term(reaction.reactants, reaction.products)
            for reaction in self.candidates.reactions
        )


@dataclass(frozen=True)
class MassActionLibrary(Library):
    r"""Every mass-action reaction between complexes of a few molecules.

    Parameters
    ----------
    order
        Most molecules consumed.
    products
        Most molecules produced.
    elements
        What every reaction must conserve: of each element, how much is in a molecule of each
        species; a species left out has none.
    sources
        Whether molecules may come from nothing.

    Raises
    ------
    DataError
        If `order` or `products` is no whole number >= 1 or >= 0.

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

    def __post_init__(self) -> None:
        if not (isinstance(self.order, int) and self.order >= 1):
            raise DataError(f"order={self.order!r}: a library needs a whole number >= 1")
        if not (isinstance(self.products, int) and self.products >= 0):
            raise DataError(f"products={self.products!r}: a library needs a whole number >= 0")

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        consumed = _complexes(species, 0 if self.sources else 1, self.order)
        made = _complexes(species, 0, self.products)
        return tuple(
            reaction_term(before, after)
            for before, after in product(consumed, made)
            if before != after and self._balanced(before, after)
        )

    def _balanced(self, before: Mapping[str, int], after: Mapping[str, int]) -> bool:
        return all(
            sum(content.get(name, 0) * count for name, count in before.items())
            == sum(content.get(name, 0) * count for name, count in after.items())
            for content in self.elements.values()
        )


def reaction_term(reactants: Mapping[str, int], products: Mapping[str, int]) -> Term:
    """A mass-action reaction as a candidate term."""
    law = MassActionLaw(CONSTANT)
    reaction = Reaction(reactants, products, law)
    rate = law.flux(reactants) / CONSTANT
    return Term(rate, reaction.net_changes, positive=True, label=str(reaction), reaction=reaction)


def _complexes(species: Sequence[str], smallest: int, largest: int) -> list[dict[str, int]]:
    return [
        {name: chosen.count(name) for name in dict.fromkeys(chosen)}
        for size in range(smallest, largest + 1)
        for chosen in combinations_with_replacement(species, size)
    ]
