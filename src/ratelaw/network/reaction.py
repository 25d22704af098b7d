"""One reaction: what is consumed, what is produced, how fast."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ratelaw.errors import ModelError
from ratelaw.network.ratelaws import RateLaw


@dataclass(frozen=True, init=False, eq=False)
class Reaction:
    """A reaction: reactants, products (species to molecules) and a rate law.

    Raises
    ------
    ModelError
        If a stoichiometric coefficient is not a positive integer.

    Examples
    --------
    >>> from ratelaw.network.expression import parse_expression
    >>> from ratelaw.network.ratelaws import MassActionLaw
    >>> print(Reaction({"A": 2}, {"B": 1}, MassActionLaw(parse_expression("k"))))
    2 A --> B
    """

    reactants: Mapping[str, int]
    products: Mapping[str, int]
    law: RateLaw

    def __init__(
        self, reactants: Mapping[str, int], products: Mapping[str, int], law: RateLaw
    ) -> None:
        for name, count in (*reactants.items(), *products.items()):
            if not (isinstance(count, int) and count > 0):
                raise ModelError(f"{count!r} molecules of {name!r}: the number must be 1, 2, ...")
        object.__setattr__(self, "reactants", MappingProxyType(dict(reactants)))
        object.__setattr__(self, "products", MappingProxyType(dict(products)))
        object.__setattr__(self, "law", law)

    def __reduce__(self) -> tuple[Any, ...]:
        return Reaction, (dict(self.reactants), dict(self.products), self.law)

    def __eq__(self, other: object) -> bool:
        """Whether all is the same, in the same order: that of a network's species follows it."""
        return self._identity == other._identity if isinstance(other, Reaction) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[Any, ...]:
        return tuple(self.reactants.items()), tuple(self.products.items()), self.law

    def __str__(self) -> str:
        return f"{_side(self.reactants)} {self.law.arrow} {_side(self.products)}"

    def reverses(self, other: "Reaction") -> bool:
        """Whether this reaction consumes what the other produces, and the other way round."""
        return self.reactants == other.products and self.products == other.reactants

    @property
    def species(self) -> tuple[str, ...]:
        """The species that take part, reactants first, each once."""
        return tuple(dict.fromkeys([*self.reactants, *self.products]))

    @property
    def net_changes(self) -> dict[str, int]:
        """By how much it changes each species, those that it does change."""
        before, after = self.reactants, self.products
        net = {name: after.get(name, 0) - before.get(name, 0) for name in self.species}
        return {name: change for name, change in net.items() if change}


def _side(molecules: Mapping[str, int]) -> str:
    terms = [name if count == 1 else f"{count} {name}" for name, count in molecules.items()]
    return " + ".join(terms) or "0"


def names_in(reactions: Iterable[Reaction]) -> list[str]:
    """The species of reactions, in order of appearance."""
    return [name for reaction in reactions for name in reaction.species]
