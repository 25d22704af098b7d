"""SBML to a network."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import libsbml
import sympy as sp

from ratelaw.errors import DataError, ModelError, UnsupportedError
from ratelaw.formats.files import parse_file
from ratelaw.formats.sbml.mass_action import ANY_LAW, Direction, directions
from ratelaw.formats.sbml.quantities import Quantities, derivative, each
from ratelaw.network import Network, Reaction
from ratelaw.network.event import Event
from ratelaw.network.expression import symbol
from ratelaw.network.ratelaws import GeneralLaw, MassActionLaw, exact_number
from ratelaw.network.time_dependence import TIME

LARGEST_FILE = 100_000_000
SHOWN = 3
"""Of libsbml's messages."""


@dataclass(frozen=True)
class Model:
    """What an SBML file says.

    Attributes
    ----------
    network
        Of amounts; a compartment that holds all is its volume.
    amounts, sizes
        Of every species: its amount, and the size of its compartment, as expressions of copy
        numbers, parameters and time.
    values
        Of every identifier: what formulas mean by it.
    """

    network: Network
    amounts: Mapping[str, sp.Expr]
    sizes: Mapping[str, sp.Expr]
    values: Mapping[str, sp.Expr]


def read_sbml(path: str | Path) -> Model:
    r"""Read an SBML file of Level 2 or 3, core.

    Species are counted in amounts. Laws that are mass action become mass action, with

    .. math:: L = q \prod_l n_l^{\nu_l} \;\to\; k = q V^{m-1} \prod_l \nu_l!

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    The network, and what each identifier of the file is in it.

    Raises
    ------
    DataError
        If the file cannot be read.
    ModelError
        If it is not valid SBML, with libsbml's messages and lines; or a formula names nothing.
    UnsupportedError
        For algebraic rules, fast reactions, delays in formulas, constraints, required packages, and
        values that are missing or not finite; with the identifier of the element.

    Notes
    -----
    Hucka et al. 2019 (SBML Level 3 Version 2).
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path} is larger than {LARGEST_FILE:,} bytes")
    except OSError as error:
        raise DataError(f"cannot read a network from {path}: {error}") from None
    return parse_file(path, "a network", parse_sbml)


def parse_sbml(text: str) -> Model:
    """The same from text."""
    return model_of(parse_document(text))


def parse_document(text: str) -> Any:  # noqa: ANN401
    """What libsbml reads, if it is valid and supported."""
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text):
        raise ModelError("a document type or an entity is declared: SBML has none")
    for package in re.findall(r"(\w+):required\s*=\s*['\"](?:true|1)", text):
        raise UnsupportedError(f"the package {package!r} is required: SBML's core is read")
    document = libsbml.readSBMLFromString(text)
    _refuse_errors(document)
    model = document.getModel()
    if model is None:
        raise ModelError("there is no model in it")
    _refuse_unsupported(document, model)
    return document


def model_of(document: Any) -> Model:  # noqa: ANN401
    """The network of a document, and what each identifier is in it."""
    return _Builder(Quantities(document.getModel())).model()


def _refuse_errors(document: Any) -> None:  # noqa: ANN401
    errors = each(document.getNumErrors(), document.getError)
    bad = [e for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if bad:
        shown = "; ".join(
            f"line {e.getLine()}: {' '.join(e.getMessage().split())}" for e in bad[:SHOWN]
        )
        rest = f"; and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        raise ModelError(f"not valid SBML: {shown}{rest}")


def _refuse_unsupported(document: Any, model: Any) -> None:  # noqa: ANN401
    if document.getLevel() not in {2, 3}:
        raise UnsupportedError(f"SBML Level {document.getLevel()}: Levels 2 and 3 are read")
    for i in range(model.getNumRules()):
        if model.getRule(i).isAlgebraic():
            raise UnsupportedError(
                f"algebraic rule {i + 1}: only assignment and rate rules are read"
            )
    for i in range(model.getNumReactions()):
        reaction = model.getReaction(i)
        if reaction.isSetFast() and reaction.getFast():
            raise UnsupportedError(f"reaction {reaction.getId()!r} is fast: use reduce() instead")
    if model.getNumConstraints():
        raise UnsupportedError("constraint 1: constraints are not watched")


class _Builder:
    """The network of a model, put together."""

    def __init__(self, quantities: Quantities) -> None:
        self.of = quantities
        self.volume_symbol = self._common_volume()

    def model(self) -> Model:
        of = self.of
        states = [
            n
            for n in [*of.species, *of.compartments, *of.parameters, *of.references]
            if of.is_state(n)
        ]
        states = states or self._something()
        self.states = {of.names[name] for name in states}
        reactions, extra = self._reactions()
        if extra:
            self.volume_symbol = None
            reactions, extra = self._reactions()
        totals = self._totals(states)
        totals |= {of.symbol(n): self._ruled(n, totals) for n in of.rates if n in of.species}
        events = self._events()
        rates = {
            of.names[name]: extra.get(name, sp.S.Zero)
            if name not in of.rates
            else totals[of.symbol(name)]
            for name in states
            if name in extra or name in of.rates
        }
        rates = dict(zip(rates, of.with_rates(rates.values(), totals), strict=True))
        reactions = [self._resolved(reaction, totals) for reaction in reactions]
        events = [self._event_resolved(event, totals) for event in events]
        initial = {of.names[n]: of.start_amount(n) for n in states}
        volume = 1.0 if self.volume_symbol is None else of.start(self._volume_name)
        network = self._network(reactions, rates, events, initial, volume)
        everything = [*of.species, *of.compartments, *of.parameters, *of.references, *of.reactions]
        values = of.with_rates([of.value(name) for name in everything], totals)
        amounts = of.with_rates([of.amount(name) for name in of.species], totals)
        sizes = of.with_rates([of.size(name) for name in of.species], totals)
        return Model(
            network,
            self._numbered(dict(zip(of.species, amounts, strict=True)), network),
            self._numbered(dict(zip(of.species, sizes, strict=True)), network),
            self._numbered(dict(zip(everything, values, strict=True)), network),
        )

    def _something(self) -> list[str]:
        """One quantity that keeps its value, where nothing changes but by rules."""
        of = self.of
        found = [n for n in [*of.species, *of.parameters, *of.compartments] if n not in of.rules]
        for name in found:
            if of.has_value(name):
                return [name]
        raise UnsupportedError("nothing in the model is simulated: all values follow from time")

    def _numbered(self, found: Mapping[str, sp.Expr], network: Network) -> dict[str, sp.Expr]:
        """Those that have a value, with numbers for what the network does not know."""
        of, known = self.of, {*map(symbol, network.parameters), *network.symbols, TIME}
        numbers = {}
        for s in set().union(*(e.free_symbols for e in found.values())) - known:
            name = of.identifiers[s.name]
            if of.has_value(name):
                numbers[s] = exact_number(of.start_amount(name))
        replaced = {name: e.xreplace(numbers) for name, e in found.items()}
        return {name: e for name, e in replaced.items() if e.free_symbols <= known}

    def _common_volume(self) -> sp.Symbol | None:
        """The symbol of the one compartment, if it is constant and nothing but reactions happen.

        And if laws mean concentrations: amounts know no volume.
        """
        of = self.of
        self._volume_name = next(iter(of.compartments), "")
        plain = not (of.rates or of.set_by_events) and len(of.compartments) == 1
        if not plain or of.rules.keys() & {*of.compartments, *of.species, *of.references}:
            return None
        if not all(map(of.is_concentration, of.species)):
            return None
        if not of.compartments[self._volume_name].isSetSize() or of.start(self._volume_name) <= 0:
            return None
        return of.symbol(self._volume_name)

    def _network(
        self,
        reactions: Sequence[Reaction],
        rates: Mapping[str, sp.Expr],
        events: Sequence[Event],
        initial: Mapping[str, float],
        volume: float,
    ) -> Network:
        """With the constants that it needs, and all parameters that have a value."""
        of = self.of
        used = set().union(
            *(reaction.law.expression.free_symbols for reaction in reactions),
            *(rate.free_symbols for rate in rates.values()),
            *(event.symbols for event in events),
        )
        parameters = {}
        for name in [*of.parameters, *of.compartments, *of.species, *of.references]:
            if of.names[name] in initial or name in of.rules:
                continue
            if of.symbol(name) in used or (name in of.parameters and of.has_value(name)):
                parameters[of.names[name]] = of.start_amount(name)
        return Network(reactions, parameters | of.local_values, initial, volume, rates, events)

    def _totals(self, states: Iterable[str]) -> dict[sp.Symbol, sp.Expr]:
        """d/dt of the states: by reactions, or by rate rules of what is no species."""
        of = self.of
        totals = {of.symbol(name): sp.S.Zero for name in states}
        for name in of.rates.keys() - of.species.keys():
            totals[of.symbol(name)] = of.reader(f"the rate rule of {name!r}").number(of.rates[name])
        for name, reaction in of.reactions.items():
            for sign, references in ((-1, _reactants(reaction)), (1, _products(reaction))):
                for reference in filter(self._moves, references):
                    symbol_of = of.symbol(reference.getSpecies())
                    totals[symbol_of] += sign * self._effect(reference) * of.law(name)
        return totals

    def _ruled(self, name: str, totals: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
        """d/dt of the amount of a species with a rate rule."""
        of = self.of
        rate = of.reader(f"the rate rule of {name!r}").number(of.rates[name])
        if not of.is_concentration(name):
            return rate
        return rate * of.size(name) + of.value(name) * derivative(of.size(name), totals)

    def _effect(self, reference: Any) -> sp.Expr:  # noqa: ANN401
        of = self.of
        species = of.species[reference.getSpecies()]
        factor = species.getConversionFactor() or of.model.getConversionFactor()
        stoichiometry = of.stoichiometry(reference)
        return stoichiometry * of.value(factor) if factor else stoichiometry

    def _reactions(self) -> tuple[list[Reaction], dict[str, sp.Expr]]:
        """Reactions of whole molecules; and rates of change by all the others."""
        of = self.of
        reactions: list[Reaction] = []
        extra: dict[str, sp.Expr] = {}
        for name, reaction in of.reactions.items():
            law = of.law(name)
            sides = [self._side(_reactants(reaction)), self._side(_products(reaction))]
            if all(v.is_Integer and v > 0 for side in sides for v in side.values()):
                counts = [{of.names[k]: int(v) for k, v in side.items()} for side in sides]
                if counts[0] or counts[1]:
                    plain = reaction.getKineticLaw().getSBOTermID() == ANY_LAW
                    reactions += self._as_reactions(law, *counts, plain=plain)
            else:
                for sign, side in zip((-1, 1), sides, strict=True):
                    for species, stoichiometry in side.items():
                        extra[species] = extra.get(species, 0) + sign * stoichiometry * law
        return reactions, extra

    def _side(self, references: Iterable[Any]) -> dict[str, sp.Expr]:
        """How much of each species that a reaction changes is on one side."""
        side: dict[str, sp.Expr] = {}
        for reference in filter(self._moves, references):
            name = reference.getSpecies()
            side[name] = side.get(name, sp.S.Zero) + self._effect(reference)
        return {name: amount for name, amount in side.items() if amount != 0}

    def _moves(self, reference: Any) -> bool:  # noqa: ANN401
        name = reference.getSpecies()
        return name in self.of.reacting and name not in self.of.rates and name not in self.of.rules

    def _as_reactions(
        self, law: sp.Expr, reactants: dict[str, int], products: dict[str, int], *, plain: bool
    ) -> list[Reaction]:
        """One, or the two directions of mass action; as it stands where it is to be plain."""
        volume = self.volume_symbol or sp.S.One
        found = [] if plain else directions(law, reactants, products, self.states, volume)
        if found and all(self._is_rate(direction) for direction in found):
            return [_mass_action(direction, reactants, products) for direction in found]
        counts = {s: s * volume for s in law.free_symbols if s.name in self.states}
        flux = law.xreplace(counts) / volume
        return [Reaction(reactants, products, GeneralLaw(flux))]

    def _is_rate(self, direction: Direction) -> bool:
        """Whether the constant is a number >= 0 at time 0."""
        try:
            return self.of.start_of(direction.constant) >= 0
        except UnsupportedError:
            return False

    def _resolved(self, reaction: Reaction, totals: Mapping[sp.Symbol, sp.Expr]) -> Reaction:
        [expression] = self.of.with_rates([reaction.law.expression], totals)
        law = MassActionLaw if reaction.law.is_constant else GeneralLaw
        return Reaction(reaction.reactants, reaction.products, law(expression))

    def _events(self) -> list[Event]:
        events = each(self.of.model.getNumEvents(), self.of.model.getEvent)
        return [self._event(i, event) for i, event in enumerate(events) if _does(event)]

    def _event(self, number: int, event: Any) -> Event:  # noqa: ANN401
        of = self.of
        what = f"event {event.getId()!r}" if event.getId() else f"event {number + 1}"
        trigger = event.getTrigger()
        read = of.reader(what)
        optional = [
            None if part is None or part.getMath() is None else read.number(part.getMath())
            for part in (event.getDelay(), event.getPriority())
        ]
        given = {
            change.getVariable(): read.number(change.getMath())
            for change in each(event.getNumEventAssignments(), event.getEventAssignment)
            if change.getMath() is not None
        }
        values = {}
        for name, value in given.items():
            if name in of.species and of.is_concentration(name):
                compartment = of.species[name].getCompartment()
                values[of.names[name]] = value * given.get(compartment, of.size(name))
            else:
                values[of.names[name]] = value
        return Event(
            read.condition(trigger.getMath()),
            values,
            optional[0] if optional[0] is not None else sp.S.Zero,
            optional[1],
            at_start=not trigger.getInitialValue(),
            cancellable=not trigger.getPersistent(),
            values_when_due=not event.getUseValuesFromTriggerTime(),
        )

    def _event_resolved(self, event: Event, totals: Mapping[sp.Symbol, sp.Expr]) -> Event:
        names = list(event.assignments)
        parts = [event.trigger, event.delay, *event.assignments.values()]
        priority = [] if event.priority is None else [event.priority]
        trigger, delay, *rest = self.of.with_rates([*parts, *priority], totals)
        return replace(
            event,
            trigger=trigger,
            assignments=dict(zip(names, rest, strict=False)),
            delay=delay,
            priority=rest[-1] if priority else None,
        )


def _mass_action(
    direction: Direction, reactants: Mapping[str, int], products: Mapping[str, int]
) -> Reaction:
    sides = (reactants, products) if direction.forward else (products, reactants)
    catalysts = Counter(direction.catalysts)
    before, after = (dict(Counter(side) + catalysts) for side in sides)
    return Reaction(before, after, MassActionLaw(direction.constant))


def _does(event: Any) -> bool:  # noqa: ANN401
    """Whether it can be called, and sets anything: formulas may be missing in Level 3 Version 2."""
    changes = each(event.getNumEventAssignments(), event.getEventAssignment)
    trigger = event.getTrigger()
    called = trigger is not None and trigger.getMath() is not None
    return called and any(change.getMath() is not None for change in changes)


def _reactants(reaction: Any) -> list[Any]:  # noqa: ANN401
    return each(reaction.getNumReactants(), reaction.getReactant)


def _products(reaction: Any) -> list[Any]:  # noqa: ANN401
    return each(reaction.getNumProducts(), reaction.getProduct)
