"""d/dt of everything in an SBML model, by its reactions and rate rules."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.formats.sbml.document import each
from ratelaw.network.time_dependence import TIME

if TYPE_CHECKING:
    from ratelaw.formats.sbml.quantities import Quantities


class Slopes:
    """Rates of change of a model's quantities.

    Formulas may name rates before these are known: such a rate is a placeholder first.
    """

    def __init__(self, of: "Quantities") -> None:
        self._of = of
        self._placeholders: dict[str, sp.Dummy] = {}
        self._under_way = False

    def placeholder(self, name: str) -> sp.Dummy:
        """What stands for d/dt of an identifier until it is put in."""
        return self._placeholders.setdefault(name, sp.Dummy(f"rateOf_{name}", real=True))

    def are_in(self, expression: sp.Basic) -> bool:
        """Whether an expression holds a placeholder."""
        return bool(expression.free_symbols & {*self._placeholders.values()})

    def put_in(self, expressions: Iterable[sp.Basic]) -> list[sp.Basic]:
        """Expressions with d/dt itself for its placeholders.

        Raises
        ------
        UnsupportedError
            If rates depend on themselves.
        """
        found = list(expressions)
        for _ in range(len(self._placeholders) + 1):
            if not any(map(self.are_in, found)):
                return found
            slopes = {
                placeholder: derivative(self._of.value(name), self.of_states)
                for name, placeholder in self._placeholders.items()
            }
            found = [e.xreplace(slopes) for e in found]
        raise UnsupportedError("rateOf(...) of something that depends on itself")

    @cached_property
    def of_states(self) -> dict[sp.Symbol, sp.Expr]:
        """d/dt of all states, with placeholders where laws name rates."""
        if self._under_way:
            raise UnsupportedError("rateOf(...) in an initial value on which rates depend")
        self._under_way = True
        try:
            return self._all()
        finally:
            self._under_way = False

    def _all(self) -> dict[sp.Symbol, sp.Expr]:
        of = self._of
        totals = {of.symbol(name): sp.S.Zero for name in of.states}
        for name in of.rates.keys() - of.species.keys():
            totals[of.symbol(name)] = of.reader(f"the rate rule of {name!r}").number(of.rates[name])
        for name in of.reactions:
            for sign, side in zip((-1, 1), self.sides(name), strict=True):
                for species, molecules in side.items():
                    totals[of.symbol(species)] += sign * molecules * of.law(name)
        return totals | {
            of.symbol(name): self._ruled(name, totals) for name in of.rates if name in of.species
        }

    def _ruled(self, name: str, totals: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
        """d/dt of the amount of a species with a rate rule."""
        of = self._of
        rate = of.reader(f"the rate rule of {name!r}").number(of.rates[name])
        if not of.is_concentration(name):
            return rate
        return rate * of.size(name) + of.value(name) * derivative(of.size(name), totals)

    def sides(self, reaction: str) -> tuple[dict[str, sp.Expr], dict[str, sp.Expr]]:
        """How much of each species that a reaction changes is consumed and produced."""
        parts = self._of.reactions[reaction]
        return (
            self._side(each(parts.getNumReactants(), parts.getReactant)),
            self._side(each(parts.getNumProducts(), parts.getProduct)),
        )

    def _side(self, references: Iterable[Any]) -> dict[str, sp.Expr]:
        of = self._of
        side: dict[str, sp.Expr] = {}
        for reference in references:
            name = reference.getSpecies()
            if name in of.reacting and name not in of.rates and name not in of.rules:
                side[name] = side.get(name, sp.S.Zero) + self._effect(reference)
        return {name: amount for name, amount in side.items() if amount != 0}

    def _effect(self, reference: Any) -> sp.Expr:  # noqa: ANN401
        of = self._of
        species = of.species[reference.getSpecies()]
        factor = species.getConversionFactor() or of.model.getConversionFactor()
        stoichiometry = of.stoichiometry(reference)
        return stoichiometry * of.value(factor) if factor else stoichiometry


def derivative(expression: sp.Expr, rates: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """d/dt of an expression of states, parameters and time, by the chain rule."""
    parts = [expression.diff(s) * rates[s] for s in expression.free_symbols if s in rates]
    return sum(parts, expression.diff(TIME))
