"""What reactions and rules do to the states: the effect of a reference, and d/dt of each state."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.formats.sbml.quantities import Quantities, derivative, each


class StateRates(Mapping[sp.Symbol, sp.Expr]):
    """d/dt of the states by their symbols, each worked out when it is asked for.

    By reactions, or by a rate rule; that of a species is of its amount.
    """

    def __init__(self, of: Quantities, states: Iterable[str]) -> None:
        self.of = of
        self._names = {of.symbol(name): name for name in states}
        self._found: dict[sp.Symbol, sp.Expr] = {}
        self._under_way: set[sp.Symbol] = set()

    def __iter__(self) -> Iterator[sp.Symbol]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, state: object) -> bool:
        return state in self._names

    def __getitem__(self, state: sp.Symbol) -> sp.Expr:
        if state not in self._found:
            name = self._names[state]
            if state in self._under_way:
                raise UnsupportedError(f"the rate rule of {name!r} depends on its own rate")
            self._under_way.add(state)
            self._found[state] = self._ruled(name) if name in self.of.rates else self._moved(name)
        return self._found[state]

    def _ruled(self, name: str) -> sp.Expr:
        of = self.of
        rate = of.reader(f"the rate rule of {name!r}").number(of.rates[name])
        if name not in of.species or not of.is_concentration(name):
            return rate
        return rate * of.size(name) + of.value(name) * derivative(of.size(name), self)

    def _moved(self, name: str) -> sp.Expr:
        changes = self._changes.get(name, [])
        return sp.Add(*(effect(self.of, part) * sign * self.of.law(r) for sign, part, r in changes))

    @cached_property
    def _changes(self) -> dict[str, list[tuple[int, Any, str]]]:
        """Of each species: consumed or produced, by which reference of which reaction."""
        found: dict[str, list[tuple[int, Any, str]]] = {}
        for name, reaction in self.of.reactions.items():
            for sign, references in ((-1, reactants(reaction)), (1, products(reaction))):
                for reference in references:
                    if moves(self.of, reference):
                        found.setdefault(reference.getSpecies(), []).append((sign, reference, name))
        return found


def moves(of: Quantities, reference: Any) -> bool:  # noqa: ANN401
    """Whether a reaction changes its reactant or product."""
    name = reference.getSpecies()
    return name in of.reacting and name not in of.rates and name not in of.rules


def effect(of: Quantities, reference: Any) -> sp.Expr:  # noqa: ANN401
    """By how much a reaction changes its reactant or product."""
    species = of.species[reference.getSpecies()]
    factor = species.getConversionFactor() or of.model.getConversionFactor()
    stoichiometry = of.stoichiometry(reference)
    return stoichiometry * of.value(factor) if factor else stoichiometry


def reactants(reaction: Any) -> list[Any]:  # noqa: ANN401
    """Its references on the left."""
    return each(reaction.getNumReactants(), reaction.getReactant)


def products(reaction: Any) -> list[Any]:  # noqa: ANN401
    """Its references on the right."""
    return each(reaction.getNumProducts(), reaction.getProduct)
