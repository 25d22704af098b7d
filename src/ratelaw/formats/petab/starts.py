"""What a model is at time 0, as formulas of the parameters of a problem."""

from collections.abc import Mapping

import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.formats.petab.changes import changed_document
from ratelaw.formats.sbml.quantities import Quantities
from ratelaw.formats.sbml.reader import Model, model_of
from ratelaw.network.expression import exact_number
from ratelaw.network.time_dependence import TIME


class Starts:
    """A model with formulas instead of its own values at time 0.

    Attributes
    ----------
    model
        With the numbers that the formulas are at some values of what they name.
    parameters, initial
        Of its network: constants and amounts at time 0, as formulas.
    """

    def __init__(
        self, sbml: str, formulas: Mapping[str, sp.Expr], numbers: Mapping[str, float]
    ) -> None:
        document = changed_document(sbml, numbers)
        self.model: Model = model_of(document)
        self._of = Quantities(document.getModel())
        self._given = {name: f for name, f in formulas.items() if f.free_symbols}
        self._refuse_fixed()
        network = self.model.network
        self.parameters = {name: self._named(name) for name in network.parameters}
        self.initial = {name: self._named(name) for name in network.species}

    def _refuse_fixed(self) -> None:
        """Refuse formulas for what is a number in the network."""
        of, network = self._of, self.model.network
        fixed = [*of.compartments, *of.references]
        fixed += [s for s in of.species if of.names[s] not in {*network.species}]
        for name in fixed:
            if of.names[name] in network.parameters and name not in of.compartments:
                continue
            formula = self._value(name)
            if formula.free_symbols:
                unknown = ", ".join(sorted(map(str, formula.free_symbols)))
                raise UnsupportedError(
                    f"{name!r} depends on {unknown}: sizes, stoichiometries and constant species "
                    f"are not estimated"
                )

    def _named(self, name: str) -> sp.Expr:
        """A parameter or an amount, by its name in the network."""
        of = self._of
        if name not in of.identifiers:
            network = self.model.network
            return exact_number({**network.initial, **network.parameters}[name])
        return self._amount(of.identifiers[name])

    def _amount(self, name: str) -> sp.Expr:
        """At time 0 the amount of a species, the value of anything else."""
        of, value = self._of, self._value(name)
        if value.free_symbols and name in of.species and of.is_concentration(name):
            return value * self._value(of.species[name].getCompartment())
        return value if value.free_symbols else exact_number(of.start_amount(name))

    def _value(self, name: str) -> sp.Expr:
        """At time 0, as formulas mean it."""
        of = self._of
        if name in self._given:
            return self._given[name]
        if name in of.rules:
            return self._at_start(of.value(name))
        if name in of.initial:
            where = f"the initial assignment of {name!r}"
            return self._at_start(of.reader(where).number(of.initial[name]))
        return exact_number(of.start(name))

    def _at_start(self, expression: sp.Expr) -> sp.Expr:
        of = self._of
        [expression] = of.slopes.put_in([expression])
        values: dict[sp.Symbol, sp.Expr] = {TIME: sp.S.Zero}
        for s in expression.free_symbols - {TIME}:
            name = of.identifiers.get(s.name)
            values[s] = (
                exact_number(of.local_values[s.name]) if name is None else self._amount(name)
            )
        return expression.xreplace(values)
