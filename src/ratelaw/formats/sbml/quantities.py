"""What the identifiers of an SBML model stand for: states, parameters, or expressions of them.

A species is counted in amounts throughout: where formulas mean its concentration, it stands for its
amount over the size of its compartment.
"""

import keyword
import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sympy as sp

from ratelaw.errors import ModelError, UnsupportedError
from ratelaw.formats.sbml.document import each
from ratelaw.formats.sbml.limits import Growth
from ratelaw.formats.sbml.mathml import MathReader, Scope
from ratelaw.formats.sbml.slopes import Slopes
from ratelaw.network.expression import exact_number, quote, symbol
from ratelaw.network.notation import RESERVED_NAMES
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
    slopes
        Rates of change of it all.
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
        self._growth = Growth()
        self.slopes = Slopes(self)

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

    @cached_property
    def states(self) -> list[str]:
        """All that a simulation has to follow, in order."""
        groups = (self.species, self.compartments, self.parameters, self.references)
        return [name for group in groups for name in group if self.is_state(name)]

    @cached_property
    def _changing(self) -> set[sp.Symbol]:
        return set(map(self.symbol, self.states))

    def changes(self, expression: sp.Basic) -> bool:
        """Whether it depends on what a simulation has to follow."""
        return bool(expression.free_symbols & self._changing) or self.slopes.are_in(expression)

    def _follows_from_time(self, expression: sp.Basic) -> bool:
        """Whether time alone says what it is; before time 0 initial assignments do, too."""
        names = {self.identifiers.get(s.name) for s in expression.free_symbols - {TIME}}
        return not (self.changes(expression) or names & self.initial.keys())

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
        try:
            self._found[name] = self._new_value(name)
        finally:
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
        return self._declared(reference)

    def _declared(self, reference: Any) -> sp.Expr:  # noqa: ANN401
        """What a reactant or product itself says of its stoichiometry."""
        where = f"the stoichiometry of {reference.getSpecies()!r}"
        if reference.isSetStoichiometryMath():
            formula = reference.getStoichiometryMath().getMath()
            if formula is None:
                raise UnsupportedError(f"{where} has no formula")
            return self.reader(where).number(formula)
        if reference.getLevel() > 2 and not reference.isSetStoichiometry():  # noqa: PLR2004
            raise UnsupportedError(f"{where} has no value")
        denominator = reference.getDenominator() if reference.getLevel() < 3 else 1  # noqa: PLR2004
        return exact_number(_finite(reference.getStoichiometry(), where)) / denominator

    def law(self, name: str) -> sp.Expr:
        """The rate of a reaction, substance per time."""
        if name not in self.laws:
            reaction = self.reactions[name]
            law = reaction.getKineticLaw()
            if law is None or law.getMath() is None:
                raise UnsupportedError(f"reaction {name!r} has no kinetic law")
            given = self.local_parameters.get(name, {})
            local = {p: symbol(new) for p, (new, _) in given.items()}
            self.laws[name] = self._reader(f"the law of reaction {name!r}", local).number(
                law.getMath()
            )
        return self.laws[name]

    @cached_property
    def local_parameters(self) -> dict[str, dict[str, tuple[str, float]]]:
        """Of every reaction with a law: names that nothing else has, and values."""
        found: dict[str, dict[str, tuple[str, float]]] = {}
        taken = {*self.names.values(), *RESERVED_NAMES}
        for name, reaction in self.reactions.items():
            law = reaction.getKineticLaw()
            for parameter in [] if law is None else each(law.getNumParameters(), law.getParameter):
                new = f"{parameter.getId()}_{name}"
                while new in taken:
                    new += "_"
                taken.add(new)
                what = f"parameter {parameter.getId()!r} of reaction {name!r}"
                found.setdefault(name, {})[parameter.getId()] = new, _number(parameter, what)
        return found

    def reader(self, element: str) -> MathReader:
        """Of formulas in which all of the model is known."""
        return self._reader(element, {})

    def _reader(self, element: str, local: Mapping[str, sp.Symbol]) -> MathReader:
        scope = Scope(
            lambda name: local[name] if name in local else self._resolve(name),
            lambda name: sp.S.Zero if name in local else self._slope(name),
            self._follows_from_time,
            self.functions,
            self._growth,
        )
        return MathReader(element, scope)

    def _resolve(self, name: str) -> sp.Expr:
        known = (self.species, self.compartments, self.parameters, self.references, self.reactions)
        if not any(name in group for group in known):
            raise KeyError(name)
        return self.value(name)

    def _slope(self, name: str) -> sp.Dummy:
        self._resolve(name)
        return self.slopes.placeholder(name)

    def start_of(self, expression: sp.Expr, path: Chain = ()) -> float:
        """An expression at time 0."""
        [expression] = self.slopes.put_in([expression])
        values: dict[sp.Symbol, sp.Expr] = {TIME: sp.S.Zero}
        for s in expression.free_symbols - {TIME}:
            name = self.identifiers.get(s.name)
            if name is None:
                values[s] = exact_number(self.local_values[s.name])
            else:
                values[s] = exact_number(self.start_amount(name, path))
        found = expression.xreplace(values)
        try:
            number = float(found)
        except (TypeError, OverflowError):
            raise UnsupportedError(f"{quote(str(expression))} has no value at time 0") from None
        return _finite(number, f"{quote(str(expression))} at time 0")

    @cached_property
    def local_values(self) -> dict[str, float]:
        """Of all parameters of single laws."""
        return dict(pair for group in self.local_parameters.values() for pair in group.values())

    def start_amount(self, name: str, path: Chain = ()) -> float:
        """At time 0 the amount of a species, the value of anything else."""
        if name not in self.species or not self.is_concentration(name):
            return self.start(name, path)
        species = self.species[name]
        if species.isSetInitialAmount() and name not in self.initial and name not in self.rules:
            return _finite(species.getInitialAmount(), f"species {name!r}")
        return self.start(name, path) * self.start(species.getCompartment(), path)

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
            size = compartment.getSize() if compartment.isSetSize() else 1.0
            return _finite(size, f"the size of compartment {name!r}")
        if name in self.references:
            return self.start_of(self._declared(self.references[name]), path)
        return _number(self.parameters[name], f"parameter {name!r}")

    def _species_number(self, name: str, path: Chain) -> float:
        """What formulas mean by a species, by its attributes."""
        species, what = self.species[name], f"species {name!r}"
        if species.isSetInitialConcentration():
            concentration = _finite(species.getInitialConcentration(), what)
            if self.is_concentration(name):
                return concentration
            return concentration * self.start(species.getCompartment(), path)
        if not species.isSetInitialAmount():
            raise UnsupportedError(f"{what} has no initial value")
        amount = _finite(species.getInitialAmount(), what)
        if not self.is_concentration(name):
            return amount
        return amount / self.start(species.getCompartment(), path)


def references_of(reaction: Any) -> list[Any]:  # noqa: ANN401
    """Its reactants and products."""
    return [
        *each(reaction.getNumReactants(), reaction.getReactant),
        *each(reaction.getNumProducts(), reaction.getProduct),
    ]


def _number(parameter: Any, what: str) -> float:  # noqa: ANN401
    if not parameter.isSetValue():
        raise UnsupportedError(f"{what} has no value")
    return _finite(parameter.getValue(), what)


def _finite(value: float, what: str) -> float:
    if not math.isfinite(value):
        raise UnsupportedError(f"{what} is {value}")
    return float(value)
