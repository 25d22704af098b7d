"""SBML to a network."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.formats.sbml.document import parse_document, parse_path
from ratelaw.formats.sbml.events import events_of
from ratelaw.formats.sbml.mass_action import ANY_LAW, Direction, directions
from ratelaw.formats.sbml.quantities import Quantities
from ratelaw.network import Network, Reaction
from ratelaw.network.event import Event
from ratelaw.network.expression import exact_number, symbol
from ratelaw.network.ratelaws import GeneralLaw, MassActionLaw
from ratelaw.network.time_dependence import TIME

MOST_MOLECULES = 1000
"""Of one species in one reaction: more are rates of change."""


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
        Of every identifier: what formulas mean by it. Those without a finite value are left out.
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
        If it is not valid SBML, with libsbml's messages and lines; if there is nothing in it; or a
        formula names nothing.
    UnsupportedError
        For algebraic rules, fast reactions, delays of what is simulated, constraints, required
        packages, and values in use that are missing or not finite; with the element's identifier.

    Notes
    -----
    Hucka et al. 2019 (SBML Level 3 Version 2).
    """
    return parse_path(Path(path), parse_sbml)


def parse_sbml(text: str) -> Model:
    """The same from text."""
    return model_of(parse_document(text))


def model_of(document: Any) -> Model:  # noqa: ANN401
    """The network of a document, and what each identifier is in it."""
    try:
        return _Builder(Quantities(document.getModel())).model()
    except RecursionError:
        raise UnsupportedError("its formulas are nested too deeply") from None


class _Builder:
    """The network of a model, put together."""

    def __init__(self, quantities: Quantities) -> None:
        self.of = quantities
        self.volume_symbol = self._common_volume()

    def model(self) -> Model:
        of = self.of
        reactions, extra = self._reactions()
        if extra:
            self.volume_symbol = None
            reactions, extra = self._reactions()
        ruled = {name: of.slopes.of_states[of.symbol(name)] for name in of.rates}
        rates = {of.names[n]: (extra | ruled)[n] for n in of.states if n in extra or n in ruled}
        rates = dict(zip(rates, of.slopes.put_in(rates.values()), strict=True))
        reactions = list(map(self._resolved, reactions))
        events = events_of(of)
        initial = {of.names[name]: of.start_amount(name) for name in of.states}
        if not initial:
            initial, rates = {self._clock: 0.0}, {self._clock: sp.S.One}
            self.volume_symbol = None
        volume = 1.0 if self.volume_symbol is None else of.start(self._volume_name)
        network = self._network(reactions, rates, events, initial, volume)
        everything = [*of.species, *of.compartments, *of.parameters, *of.references, *of.reactions]
        return Model(
            network,
            self._known(of.amount, of.species, network),
            self._known(of.size, of.species, network),
            self._known(of.value, everything, network),
        )

    @property
    def _clock(self) -> str:
        """The state of a model in which all values follow from time."""
        name = "clock"
        while name in self.of.identifiers:
            name += "_"
        return name

    def _starts(self, name: str) -> bool:
        """Whether the model gives it a finite value at time 0."""
        try:
            self.of.start_amount(name)
        except UnsupportedError:
            return False
        return True

    def _known(
        self, value: Callable[[str], sp.Expr], names: Iterable[str], network: Network
    ) -> dict[str, sp.Expr]:
        """Those that have a finite value, with numbers for what the network does not know."""
        of, known = self.of, {*map(symbol, network.parameters), *network.symbols, TIME}
        expressions = dict(zip(names, of.slopes.put_in(map(value, names)), strict=True))
        numbers = {}
        for s in set().union(*(e.free_symbols for e in expressions.values())) - known:
            name = of.identifiers[s.name]
            if self._starts(name):
                numbers[s] = exact_number(of.start_amount(name))
        replaced = {name: e.xreplace(numbers) for name, e in expressions.items()}
        return {
            name: e
            for name, e in replaced.items()
            if e.free_symbols <= known and not e.has(sp.zoo, sp.nan, sp.oo)
        }

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
            if of.symbol(name) in used or (name in of.parameters and self._starts(name)):
                parameters[of.names[name]] = of.start_amount(name)
        return Network(reactions, parameters | of.local_values, initial, volume, rates, events)

    def _reactions(self) -> tuple[list[Reaction], dict[str, sp.Expr]]:
        """Reactions of whole molecules; and rates of change by all the others."""
        of = self.of
        reactions: list[Reaction] = []
        extra: dict[str, sp.Expr] = {}
        for name, reaction in of.reactions.items():
            law, sides = of.law(name), of.slopes.sides(name)
            if all(map(self._counts_molecules, sides)):
                counts = [{of.names[k]: int(v) for k, v in side.items()} for side in sides]
                if counts[0] or counts[1]:
                    plain = reaction.getKineticLaw().getSBOTermID() == ANY_LAW
                    reactions += self._as_reactions(law, *counts, plain=plain)
            else:
                for sign, side in zip((-1, 1), sides, strict=True):
                    for species, stoichiometry in side.items():
                        extra[species] = extra.get(species, 0) + sign * stoichiometry * law
        return reactions, extra

    def _counts_molecules(self, side: Mapping[str, sp.Expr]) -> bool:
        """Whether whole molecules, of which there may be some, come or go."""
        return all(
            count.is_Integer and 0 < count <= MOST_MOLECULES and self.of.start_amount(name) >= 0
            for name, count in side.items()
        )

    def _as_reactions(
        self, law: sp.Expr, reactants: dict[str, int], products: dict[str, int], *, plain: bool
    ) -> list[Reaction]:
        """One, or the two directions of mass action; as it stands where it is to be plain."""
        volume = self.volume_symbol or sp.S.One
        found = [] if plain else directions(law, reactants, products, self._states, volume)
        if found and all(self._is_rate(direction) for direction in found):
            return [_mass_action(direction, reactants, products) for direction in found]
        counts = {s: s * volume for s in law.free_symbols if s.name in self._states}
        flux = law.xreplace(counts) / volume
        return [Reaction(reactants, products, GeneralLaw(flux))]

    @cached_property
    def _states(self) -> set[str]:
        return {self.of.names[name] for name in self.of.states}

    def _is_rate(self, direction: Direction) -> bool:
        """Whether the constant is a number >= 0 at time 0, and names no rate of change."""
        if self.of.slopes.are_in(direction.constant):
            return False
        try:
            return self.of.start_of(direction.constant) >= 0
        except UnsupportedError:
            return False

    def _resolved(self, reaction: Reaction) -> Reaction:
        [expression] = self.of.slopes.put_in([reaction.law.expression])
        law = MassActionLaw if reaction.law.is_constant else GeneralLaw
        return Reaction(reaction.reactants, reaction.products, law(expression))


def _mass_action(
    direction: Direction, reactants: Mapping[str, int], products: Mapping[str, int]
) -> Reaction:
    sides = (reactants, products) if direction.forward else (products, reactants)
    catalysts = Counter(direction.catalysts)
    before, after = (dict(Counter(side) + catalysts) for side in sides)
    return Reaction(before, after, MassActionLaw(direction.constant))
