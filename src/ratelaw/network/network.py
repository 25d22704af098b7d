"""The network: species, reactions, parameters, initial copy numbers and volume."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy as sp

from ratelaw.arguments import expect
from ratelaw.errors import ModelError, UnsupportedError
from ratelaw.network import notation
from ratelaw.network.event import Event
from ratelaw.network.expression import symbol
from ratelaw.network.features import Feature
from ratelaw.network.given import numbers, require_known
from ratelaw.network.reaction import Reaction, names_in
from ratelaw.network.time_dependence import TIME, jumps_of
from ratelaw.network.validity import require_spelled, require_valid

LARGEST_COUNT = 2**53
"""Whole numbers up to here are exact in a float64."""


@dataclass(frozen=True, init=False, repr=False, eq=False)
class Network:
    r"""A chemical reaction network: the one object that every scale is computed from.

    Reaction j consumes ``nu[i, j]`` and produces ``nu'[i, j]`` molecules of species i:

    .. math:: \sum_i \nu_{ij} S_i \to \sum_i \nu'_{ij} S_i, \qquad U = \nu' - \nu.

    Parameters
    ----------
    reactions
        The reactions; there may be none where species are given.
    parameters
        Values of the names used in rate expressions. Rate constants are in
        volume^(order - 1) per unit time.
    initial
        Copy numbers n(0); a species left out starts at 0. Fractions are allowed here and refused by
        the methods that count molecules.
    volume
        V, in the unit that makes n/V the concentration of the rate laws.
    rates
        What changes a variable besides reactions, per unit time: ``dn_i/dt = ... + rates[i]``.
        Together with them, or with events, the volume is 1.
    events
        What is set when a condition becomes true.

    Returns
    -------
    A frozen network, safe to share. Species are ordered by their first appearance in the reactions,
    then in `initial`, `rates` and `events`. ``Network.parse(str(network)) == network`` holds.

    Raises
    ------
    ModelError
        For an unknown name, a rate constant that is negative or not finite, a negative count, a
        volume that is not positive; the reaction or species is named.

    Notes
    -----
    Yang 2020, Eq. (3).

    Examples
    --------
    >>> network = Network.parse("A --> B, k", parameters={"k": 2.0}, initial={"A": 10})
    >>> network.species
    ('A', 'B')
    """

    reactions: tuple[Reaction, ...]
    parameters: Mapping[str, float]
    initial: Mapping[str, float]
    volume: float
    rates: Mapping[str, sp.Expr]
    events: tuple[Event, ...]

    def __init__(  # noqa: PLR0917
        self,
        reactions: Iterable[Reaction],
        parameters: Mapping[str, float] | None = None,
        initial: Mapping[str, float] | None = None,
        volume: float = 1.0,
        rates: Mapping[str, sp.Expr] | None = None,
        events: Iterable[Event] = (),
    ) -> None:
        rates = dict(rates or {})
        reactions, events = tuple(reactions), tuple(events)
        for reaction in reactions:
            expect("a reaction", reaction, Reaction, "a Reaction; Network.parse reads text")
        initial = numbers("initial", initial, "{'A': 10}")
        changed = [*names_in(reactions), *initial, *rates]
        names = dict.fromkeys([*changed, *(name for event in events for name in event.assignments)])
        counts = {name: initial.get(name, 0.0) for name in names}
        values = numbers("parameters", parameters, "{'k': 0.5}")
        object.__setattr__(self, "reactions", reactions)
        object.__setattr__(self, "parameters", MappingProxyType(values))
        object.__setattr__(self, "initial", MappingProxyType(counts))
        object.__setattr__(self, "volume", float(volume))
        object.__setattr__(self, "rates", MappingProxyType(rates))
        object.__setattr__(self, "events", events)
        require_valid(self)

    def __reduce__(self) -> tuple[Any, ...]:
        plain = (self.reactions, dict(self.parameters), dict(self.initial), self.volume)
        return Network, (*plain, dict(self.rates), self.events)

    def __eq__(self, other: object) -> bool:
        """Whether all is the same, in the same order: that of species and of arrays follows it."""
        return self._identity == other._identity if isinstance(other, Network) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity)

    @cached_property
    def _identity(self) -> tuple[Any, ...]:
        values = (self.parameters, self.initial, self.rates)
        ordered = (tuple(value.items()) for value in values)
        return self.reactions, *ordered, self.volume, self.events

    @classmethod
    def parse(
        cls,
        text: str,
        parameters: Mapping[str, float] | None = None,
        initial: Mapping[str, float] | None = None,
        volume: float | None = None,
    ) -> "Network":
        """Read a network from text, one statement a line.

        ::

            A + B --> C,  k           # mass action: the expression is the rate constant
            2 A --> B,  k             # happens k n (n - 1)/(2 V) times a unit of time
            A + B <--> C, kf, kr      # reversible: two reactions
            S => P, vmax*S/(km + S)   # any law: the expression is the whole rate, in concentrations
            0 --> A, k*(1 + sin(time))   # rates may depend on time
            0 --> A, steps(1, 5, 3)   # an input: 1, from time 5 on 3
            0 --> A, 2*k              # 0 is nothing, '2 A' are two molecules
            k = 0.5                   # a parameter
            A(0) = 10                 # an initial copy number
            volume = 1
            T' = h*(T0 - T)           # a rate of change besides reactions
            when A > 5: B = 0         # an event; options after the condition, with commas:
                                      # after 2 / priority 3 / at start / if still true /
                                      # values when due

        Parameters
        ----------
        text
            The statements; ``#`` starts a comment.
        parameters, initial, volume
            Values that add to, or replace, those in the text.

        Returns
        -------
        The network.

        Raises
        ------
        ModelError
            With the number of the line, what was found there and what is expected.

        Examples
        --------
        >>> print(Network.parse("2 A <--> B, kf, 0.1", parameters={"kf": 3}, initial={"A": 8}))
        2 A --> B,  kf
        B --> 2 A,  0.1
        kf = 3
        A(0) = 8
        """
        expect("text", text, str, "the reactions as text; ratelaw.formats.read_network reads files")
        parsed = notation.parse(text)
        network = cls(
            parsed.reactions,
            parsed.parameters | numbers("parameters", parameters, "{'k': 0.5}"),
            parsed.initial,
            parsed.volume if volume is None else volume,
            parsed.rates,
            parsed.events,
        )
        require_spelled(network, parsed.initial)
        return network.replace(initial=initial) if initial else network

    def replace(
        self,
        *,
        parameters: Mapping[str, float] | None = None,
        initial: Mapping[str, float] | None = None,
        volume: float | None = None,
    ) -> "Network":
        """A copy with some values changed; copy numbers stay as they are when the volume changes.

        Raises
        ------
        ModelError
            For a name that is not in the network.

        Examples
        --------
        >>> network = Network.parse("A --> 0, k", parameters={"k": 1})
        >>> network.replace(parameters={"k": 3}).parameters["k"]
        3.0
        """
        new = numbers("parameters", parameters, "{'k': 0.5}")
        counts = numbers("initial", initial, "{'A': 10}")
        require_known("parameter", new, self.parameters)
        require_known("species", counts, self.initial)
        return Network(
            self.reactions,
            dict(self.parameters) | new,
            dict(self.initial) | counts,
            self.volume if volume is None else volume,
            self.rates,
            self.events,
        )

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        plain = (self.reactions, self.parameters, self.initial, self.volume)
        return notation.print_network(*plain, self.rates, self.events)

    def __repr__(self) -> str:
        return (
            f"<Network: {len(self.species)} species, {len(self.reactions)} reactions, "
            f"volume {self.volume:g}>"
        )

    def _repr_latex_(self) -> str:
        return notation.latex(self.reactions, self.species, self.rate_equations)

    @cached_property
    def species(self) -> tuple[str, ...]:
        """Names of the N species, in the order of every array."""
        return tuple(self.initial)

    @cached_property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """The species as symbols: copy numbers in `propensities`, concentrations in `fluxes`."""
        return tuple(map(symbol, self.species))

    @cached_property
    def values(self) -> dict[sp.Symbol, float]:
        """The parameters as symbols with their values, ready to substitute."""
        return {symbol(name): value for name, value in self.parameters.items()}

    @cached_property
    def initial_counts(self) -> np.ndarray:
        """Copy numbers n(0), shape (species,)."""
        return np.array(list(self.initial.values()))

    @cached_property
    def initial_molecules(self) -> np.ndarray:
        """n(0) as whole molecules, shape (species,), integers.

        Raises
        ------
        ModelError
            If an initial count is not a whole number that a float64 holds exactly.
        """
        self.require_molecules()
        return self.initial_counts.astype(np.int64)

    def require_molecules(self) -> None:
        """Refuse initial counts that are none, of all species but those that events alone set.

        Raises
        ------
        ModelError
            If an initial count is not a whole number that a float64 holds exactly.
        """
        free = {*self.driven} - self.reacting
        for name, count in self.initial.items():
            if name not in free and not (count.is_integer() and count <= LARGEST_COUNT):
                raise ModelError(
                    f"the initial count of {name!r} is {count:g}: this method counts molecules, "
                    f"so it must be a whole number up to 2^53"
                )

    @cached_property
    def orders(self) -> np.ndarray:
        """Reactant orders nu, shape (species, reactions), integers."""
        return self._coefficients("reactants")

    @cached_property
    def stoichiometry(self) -> np.ndarray:
        """Net change U = nu' - nu, shape (species, reactions), integers."""
        return self._coefficients("products") - self.orders

    @cached_property
    def propensities(self) -> tuple[sp.Expr, ...]:
        """Phi_j(n), reactions per unit time, of copy numbers and parameters (Yang 2020, Eq. 5)."""
        species = frozenset(self.species)
        return tuple(
            reaction.law.propensity(reaction.reactants, species, self.volume)
            for reaction in self.reactions
        )

    @cached_property
    def fluxes(self) -> tuple[sp.Expr, ...]:
        """phi_j(c), concentration per unit time, of concentrations and parameters."""
        return tuple(reaction.law.flux(reaction.reactants) for reaction in self.reactions)

    @cached_property
    def depends_on_time(self) -> tuple[Reaction, ...]:
        """The reactions whose rate law contains ``time`` or ``steps(...)``."""
        return tuple(
            reaction for reaction in self.reactions if TIME in reaction.law.expression.free_symbols
        )

    @cached_property
    def jumps(self) -> tuple[float, ...]:
        """The times at which an input, ``steps(...)``, jumps; in order."""
        laws = [reaction.law.expression for reaction in self.depends_on_time]
        return jumps_of([*laws, *self.rates.values()])

    @cached_property
    def reacting(self) -> frozenset[str]:
        """The species that take part in reactions."""
        return frozenset(names_in(self.reactions))

    @cached_property
    def driven(self) -> tuple[str, ...]:
        """The species that something besides reactions changes, in order."""
        names = {*self.rates, *(name for event in self.events for name in event.assignments)}
        return tuple(name for name in self.species if name in names)

    @cached_property
    def features(self) -> dict[Feature, str]:
        """What not every method can treat, with the first place where it is."""
        found: dict[Feature, str] = {}
        if not self.reactions:
            found[Feature.NO_REACTIONS] = "the network has no reaction"
        for event in self.events[:1]:
            found[Feature.EVENTS] = f"'{event}': an event"
        for name in list(self.rates)[:1]:
            found[Feature.RATES] = f"{name}': a rate of change besides reactions"
        for reaction in self.depends_on_time[:1]:
            found[Feature.TIME] = f"reaction '{reaction}': its rate depends on time"
        return found

    def require_only(self, what: str, supported: Collection[Feature] = ()) -> None:
        """Refuse what something cannot treat.

        Raises
        ------
        UnsupportedError
            Naming the first reaction, rate or event that has it.
        """
        for feature, place in self.features.items():
            if feature not in supported:
                raise UnsupportedError(
                    f"{place}, which {what} cannot treat; `ratelaw info` tells which methods can"
                )

    @cached_property
    def rate_equations(self) -> tuple[sp.Expr, ...]:
        """dc_i/dt = sum_j U_ij phi_j(c), the mass-action limit (Yang 2020, Eq. 8); plus `rates`."""
        return tuple(
            sp.Add(
                *(int(row[j]) * self.fluxes[j] for j in np.flatnonzero(row)),
                self.rates.get(name, sp.S.Zero),
            )
            for name, row in zip(self.species, self.stoichiometry, strict=True)
        )

    def _coefficients(self, side: str) -> np.ndarray:
        matrix = np.zeros((len(self.species), len(self.reactions)), dtype=np.int64)
        places = {name: i for i, name in enumerate(self.species)}
        for j, reaction in enumerate(self.reactions):
            for name, count in getattr(reaction, side).items():
                matrix[places[name], j] = count
        return matrix


def require_network(value: object, name: str = "network") -> None:
    """Refuse what is no network.

    Raises
    ------
    DataError
        Saying how to make one.
    """
    expect(name, value, Network, "a Network, such as Network.parse('A --> B, 0.5')")
