"""What the identifiers of an SBML model stand for: states, parameters, or expressions of them.

A species is counted in amounts throughout: where formulas mean its concentration, it stands for its
amount over the size of its compartment.
"""

import keyword
import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import sympy as sp

from ratelaw.errors import ModelError, UnsupportedError
from ratelaw.formats.sbml.mathml import MathReader
from ratelaw.network.expression import symbol
from ratelaw.network.notation import RESERVED_NAMES
from ratelaw.network.ratelaws import exact_number
from ratelaw.network.time_dependence import TIME

Chain = tuple[str, ...]
"""Identifiers whose values at time 0 are being looked for, each for the one before."""


class Quantities:
    """Everything in a model that has a value.

    Attributes
    ----------
    model
        libsbml's.
    rules, rates, initial
        Formulas of assignment rules, rate rules and initial assignments, by what they set. One
        without a formula says nothing (Level 3 Version 2).
    set_by_events
        What events set.
    """

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        self.model = model
        self.rules: dict[str, Any] = {}
        self.rates: dict[str, Any] = {}
        for rule in each(model.getNumRules(), model.getRule):
            target = self.rules if rule.isAssignment() else self.rates
            if rule.getMath() is not None:
                target[rule.getVariable()] = rule.getMath()
        self.initial = {
            part.getSymbol(): part.getMath()
            for part in each(model.getNumInitialAssignments(), model.getInitialAssignment)
            if part.getMath() is not None
        }
        self.functions = {
            f.getId(): f
            for f in each(model.getNumFunctionDefinitions(), model.getFunctionDefinition)
        }
        self.set_by_events = {
            change.getVariable()
            for event in each(model.getNumEvents(), model.getEvent)
            for change in each(event.getNumEventAssignments(), event.getEventAssignment)
        }
        self.species = {s.getId(): s for s in each(model.getNumSpecies(), model.getSpecies)}
        self.compartments = {
            c.getId(): c for c in each(model.getNumCompartments(), model.getCompartment)
        }
        self.parameters = {p.getId(): p for p in each(model.getNumParameters(), model.getParameter)}
        self.reactions = {r.getId(): r for r in each(model.getNumReactions(), model.getReaction)}
        self.references = {
            reference.getId(): reference
            for reaction in self.reactions.values()
            for reference in references_of(reaction)
            if reference.getId()
        }
        self.laws: dict[str, sp.Expr] = {}
        self._found: dict[str, sp.Expr] = {}
        self._under_way: list[str] = []
        self._slopes: dict[str, sp.Dummy] = {}

    @cached_property
    def names(self) -> dict[str, str]:
        """Identifiers to names that expressions can hold."""
        taken = {*self.species, *self.compartments, *self.parameters, *self.references}
        names = {}
        for name in sorted(taken):
            new = name
            while new in RESERVED_NAMES or keyword.iskeyword(new) or (new != name and new in taken):
                new += "_"
            names[name] = new
            taken.add(new)
        return names

    @cached_property
    def identifiers(self) -> dict[str, str]:
        """Back from names to identifiers."""
        return {new: name for name, new in self.names.items()}

    @cached_property
    def reacting(self) -> set[str]:
        """Species that reactions change."""
        return {
            reference.getSpecies()
            for reaction in self.reactions.values()
            for reference in references_of(reaction)
            if not self._is_given(self._species_of(reference))
        }

    @staticmethod
    def _is_given(species: Any) -> bool:  # noqa: ANN401
        """Whether reactions leave it alone."""
        return bool(species.getBoundaryCondition() or species.getConstant())

    def _species_of(self, reference: Any) -> Any:  # noqa: ANN401
        name = reference.getSpecies()
        if name not in self.species:
            raise ModelError(f"a reaction names the species {name!r}, which is not in the model")
        return self.species[name]

    def is_state(self, name: str) -> bool:
        """Whether a simulation has to follow it: it changes, or is a species that could."""
        if name in self.rules:
            return False
        if name in self.rates or name in self.set_by_events:
            return True
        return name in self.species and not self._is_given(self.species[name])

    def symbol(self, name: str) -> sp.Symbol:
        """Of a species its amount, of anything else its value; a state or a parameter."""
        return symbol(self.names[name])

    def size(self, name: str) -> sp.Expr:
        """Of the compartment of a species."""
        compartment = self.species[name].getCompartment()
        if compartment not in self.compartments:
            raise ModelError(f"species {name!r}: there is no compartment {compartment!r}")
        return self.value(compartment)

    def is_concentration(self, name: str) -> bool:
        """Whether formulas mean the concentration of a species, not its amount."""
        species = self.species[name]
        if species.getHasOnlySubstanceUnits():
            return False
        compartment = self.compartments.get(species.getCompartment())
        if compartment is None:
            raise ModelError(
                f"species {name!r}: there is no compartment {species.getCompartment()!r}"
            )
        return not (
            compartment.isSetSpatialDimensions() and compartment.getSpatialDimensionsAsDouble() == 0
        )

    def amount(self, name: str) -> sp.Expr:
        """Of a species, whatever formulas mean."""
        value = self.value(name)
        return value * self.size(name) if self.is_concentration(name) else value

    def value(self, name: str) -> sp.Expr:
        """What an identifier stands for in a formula."""
        if name in self._found:
            return self._found[name]
        if name in self._under_way:
            cycle = " -> ".join([*self._under_way[self._under_way.index(name) :], name])
            raise ModelError(f"rules depend on each other in a circle: {cycle}")
        self._under_way.append(name)
        self._found[name] = self._new_value(name)
        self._under_way.pop()
        return self._found[name]

    def _new_value(self, name: str) -> sp.Expr:
        if name in self.rules:
            return self.reader(f"the rule of {name!r}").number(self.rules[name])
        if name in self.species:
            amount = self.symbol(name)
            return amount / self.size(name) if self.is_concentration(name) else amount
        if name in self.reactions:
            return self.law(name)
        if name in self.references and not self.is_state(name):
            return self.stoichiometry(self.references[name])
        return self.symbol(name)

    def stoichiometry(self, reference: Any) -> sp.Expr:  # noqa: ANN401
        """Molecules of one reactant or product, an expression where they vary."""
        name = reference.getId()
        if name and name in self.rules:
            return self.value(name)
        if name and self.is_state(name):
            return self.symbol(name)
        if name and name in self.initial:
            return exact_number(self.start(name))
        if reference.isSetStoichiometryMath():
            where = f"the stoichiometry of {reference.getSpecies()!r}"
            return self.reader(where).number(reference.getStoichiometryMath().getMath())
        if reference.getLevel() > 2 and not reference.isSetStoichiometry():  # noqa: PLR2004
            raise UnsupportedError(f"the stoichiometry of {reference.getSpecies()!r} has no value")
        denominator = reference.getDenominator() if reference.getLevel() < 3 else 1  # noqa: PLR2004
        return exact_number(reference.getStoichiometry()) / denominator

    def law(self, name: str) -> sp.Expr:
        """The rate of a reaction, substance per time."""
        if name not in self.laws:
            reaction = self.reactions[name]
            law = reaction.getKineticLaw()
            if law is None or law.getMath() is None:
                raise UnsupportedError(f"reaction {name!r} has no kinetic law")
            local = {p.getId(): symbol(new) for p, new, _ in self.local_parameters(name)}
            reader = MathReader(
                f"the law of reaction {name!r}",
                lambda wanted: local[wanted] if wanted in local else self._resolve(wanted),
                self._rate_symbol,
                self.functions,
            )
            self.laws[name] = reader.number(law.getMath())
        return self.laws[name]

    def local_parameters(self, name: str) -> list[tuple[Any, str, float]]:
        """Those of a reaction's law, with names that nothing else has, and values."""
        law = self.reactions[name].getKineticLaw()
        found = []
        for parameter in each(law.getNumParameters(), law.getParameter):
            new = f"{parameter.getId()}_{name}"
            while new in self.names.values() or new in RESERVED_NAMES:
                new += "_"
            what = f"parameter {parameter.getId()!r} of reaction {name!r}"
            found.append((parameter, new, _number(parameter, what)))
        return found

    def reader(self, element: str) -> MathReader:
        """Of formulas in which all of the model is known."""
        return MathReader(element, self._resolve, self._rate_symbol, self.functions)

    def _resolve(self, name: str) -> sp.Expr:
        known = (self.species, self.compartments, self.parameters, self.references, self.reactions)
        if not any(name in group for group in known):
            raise KeyError(name)
        return self.value(name)

    def has_value(self, name: str) -> bool:
        """Whether the model says what it is at time 0."""
        if name in self.rules or name in self.initial or name in self.compartments:
            return True
        if name in self.species:
            species = self.species[name]
            return bool(species.isSetInitialAmount() or species.isSetInitialConcentration())
        return name in self.references or bool(self.parameters[name].isSetValue())

    def start_of(self, expression: sp.Expr, path: Chain = ()) -> float:
        """An expression at time 0."""
        values: dict[sp.Symbol, sp.Expr] = {TIME: sp.S.Zero}
        for s in expression.free_symbols - {TIME}:
            if s in self._slopes.values():
                raise UnsupportedError("rateOf(...) in what holds at time 0")
            name = self.identifiers.get(s.name)
            if name is None:
                values[s] = exact_number(self.local_values[s.name])
            else:
                values[s] = exact_number(self.start_amount(name, path))
        found = expression.xreplace(values)
        try:
            number = float(found)
        except TypeError:
            raise UnsupportedError(f"{expression} has no value at time 0") from None
        if not math.isfinite(number):
            raise UnsupportedError(f"{expression} is {number} at time 0")
        return number

    @cached_property
    def local_values(self) -> dict[str, float]:
        """Of all parameters of single laws."""
        return {
            new: value
            for name, reaction in self.reactions.items()
            if reaction.getKineticLaw() is not None
            for _, new, value in self.local_parameters(name)
        }

    def start_amount(self, name: str, path: Chain = ()) -> float:
        """At time 0 the amount of a species, the value of anything else."""
        value = self.start(name, path)
        if name in self.species and self.is_concentration(name):
            return value * self.start(self.species[name].getCompartment(), path)
        return value

    def start(self, name: str, path: Chain = ()) -> float:
        """The value at time 0, as formulas mean it."""
        if name in path:
            cycle = " -> ".join([*path[path.index(name) :], name])
            raise ModelError(f"initial values depend on each other in a circle: {cycle}")
        path = (*path, name)
        if name in self.rules:
            return self.start_of(self.value(name), path)
        if name in self.initial:
            where = f"the initial assignment of {name!r}"
            return self.start_of(self.reader(where).number(self.initial[name]), path)
        if name in self.species:
            return self._species_number(name, path)
        if name in self.compartments:
            compartment = self.compartments[name]
            return float(compartment.getSize()) if compartment.isSetSize() else 1.0
        if name in self.references:
            return float(self.references[name].getStoichiometry())
        return _number(self.parameters[name], f"parameter {name!r}")

    def _species_number(self, name: str, path: Chain) -> float:
        species = self.species[name]
        size = self.start(species.getCompartment(), path)
        if species.isSetInitialConcentration():
            concentration = float(species.getInitialConcentration())
            return concentration if self.is_concentration(name) else concentration * size
        if not species.isSetInitialAmount():
            raise UnsupportedError(f"species {name!r} has no initial value")
        amount = float(species.getInitialAmount())
        return amount / size if self.is_concentration(name) else amount

    def _rate_symbol(self, name: str) -> sp.Expr:
        """A placeholder for d/dt of an identifier, until all rates are known."""
        self._resolve(name)
        return self._slopes.setdefault(name, sp.Dummy(f"rateOf_{name}", real=True))

    def with_rates(
        self, expressions: Iterable[sp.Basic], rates: Mapping[sp.Symbol, sp.Expr]
    ) -> list[sp.Basic]:
        """Expressions with d/dt put in, given the rates of all states.

        Raises
        ------
        UnsupportedError
            If rates depend on themselves.
        """
        found = list(expressions)
        for _ in range(len(self._slopes) + 1):
            if not any(e.free_symbols & {*self._slopes.values()} for e in found):
                return found
            slopes = {
                placeholder: derivative(self.value(name), rates)
                for name, placeholder in self._slopes.items()
            }
            found = [e.xreplace(slopes) for e in found]
        raise UnsupportedError("rateOf(...) of something that depends on itself")


def derivative(expression: sp.Expr, rates: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """d/dt of an expression of states, parameters and time, by the chain rule."""
    parts = [expression.diff(s) * rates[s] for s in expression.free_symbols if s in rates]
    return sum(parts, expression.diff(TIME))


def references_of(reaction: Any) -> list[Any]:  # noqa: ANN401
    """Its reactants and products."""
    return [
        *each(reaction.getNumReactants(), reaction.getReactant),
        *each(reaction.getNumProducts(), reaction.getProduct),
    ]


def each(count: int, get: Any) -> list[Any]:  # noqa: ANN401
    """The parts of a list of libsbml's."""
    return [get(i) for i in range(count)]


def _number(parameter: Any, what: str) -> float:  # noqa: ANN401
    if not parameter.isSetValue():
        raise UnsupportedError(f"{what} has no value")
    value = float(parameter.getValue())
    if not math.isfinite(value):
        raise UnsupportedError(f"{what} is {value}")
    return value
