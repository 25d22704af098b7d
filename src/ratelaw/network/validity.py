"""Whether the parts of a network fit together."""

import math
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import sympy as sp

from ratelaw.errors import ModelError
from ratelaw.network import notation
from ratelaw.network.expression import print_expression
from ratelaw.network.ratelaws import RateLaw, orderings
from ratelaw.network.reaction import Reaction
from ratelaw.network.time_dependence import TIME, inputs_at, jumps_of

if TYPE_CHECKING:
    from ratelaw.network.network import Network


def require_valid(network: "Network") -> None:
    """Refuse a network whose names or values contradict each other.

    Raises
    ------
    ModelError
        Naming the reaction, parameter or species.
    """
    if not (network.reactions or network.driven or network.species):
        raise ModelError("the network has no reaction: write at least one, such as 'A --> B, k'")
    for name in (*network.parameters, *network.species):
        notation.check_name(name)
    both = sorted(set(network.parameters) & set(network.species))
    if both:
        value = network.parameters[both[0]]
        raise ModelError(
            f"{both[0]!r} is both a species and a parameter: rename one of them, or did you mean "
            f"'{both[0]}(0) = {value:g}'?"
        )
    for name, value in network.parameters.items():
        if not math.isfinite(value):
            raise ModelError(f"parameter {name!r} is {value}: it must be a finite number")
    for name, count in network.initial.items():
        if not (math.isfinite(count) and (count >= 0 or name not in network.reacting)):
            least = " >= 0" if name in network.reacting else ""
            raise ModelError(
                f"the initial count of {name!r} is {count:g}: it must be a finite number{least}"
            )
    if not (math.isfinite(network.volume) and network.volume > 0):
        raise ModelError(f"the volume is {network.volume:g}: it must be positive")
    for reaction in network.reactions:
        _check_law(reaction, reaction.law, network)
    _check_driven(network)


def require_spelled(network: "Network", written: Iterable[str]) -> None:
    """Refuse an initial count that is written for a name of nothing, but nearly that of a species.

    Raises
    ------
    ModelError
        Naming both.
    """
    laws = [reaction.law.expression for reaction in network.reactions]
    symbols = {s.name for part in (*laws, *network.rates.values()) for s in part.free_symbols}
    symbols |= {s.name for event in network.events for s in event.symbols}
    idle = {*written} - network.reacting - {*network.driven} - symbols
    for name in sorted(idle):
        for meant in sorted(network.reacting - {*written}):
            if name.lower() == meant.lower():
                raise ModelError(
                    f"'{name}(0) = {network.initial[name]:g}', but {name!r} is in no reaction: did "
                    f"you mean '{meant}(0)'?"
                )


def _check_driven(network: "Network") -> None:
    if network.driven and network.volume != 1:
        raise ModelError(
            f"the volume is {network.volume:g}: rates of change and events are in counts, so that "
            f"it must be 1"
        )
    places = [(f"{name}'", rate.free_symbols) for name, rate in network.rates.items()]
    places += [(f"'{event}'", event.symbols) for event in network.events]
    known = {*network.parameters, *network.initial}
    for place, symbols in places:
        for name in sorted(s.name for s in symbols - {TIME}):
            if name not in known:
                raise ModelError(
                    f"{place}: {name!r} is neither a parameter nor a species"
                    + notation.suggest(name, known)
                )


def _check_law(reaction: Reaction, law: RateLaw, network: "Network") -> None:
    for name in sorted(s.name for s in law.expression.free_symbols - {TIME}):
        if name in network.parameters or (name in network.initial and not law.is_constant):
            continue
        if name in network.initial:
            raise ModelError(
                f"reaction '{reaction}': the rate constant depends on the species {name!r}; "
                f"'-->' is mass action, write the whole rate after '=>'"
            )
        raise ModelError(
            f"reaction '{reaction}': {name!r} is neither a parameter nor a species"
            + notation.suggest(
                name, [*network.parameters, *(() if law.is_constant else network.initial)]
            )
        )
    if law.is_constant:
        _check_orders(reaction)
        values = {s: network.parameters[s.name] for s in law.expression.free_symbols - {TIME}}
        constant = law.expression.subs(values)
        for start in (-math.inf, *jumps_of([constant])):
            _check_constant(reaction, law, inputs_at(constant, start))


def _check_orders(reaction: Reaction) -> None:
    """Refuse more molecules than a float64 can order: their rate would be 0."""
    if orderings(reaction.reactants) > sys.float_info.max:
        count = sum(reaction.reactants.values())
        raise ModelError(
            f"reaction '{reaction}': mass action of {count} molecules, whose orderings are too "
            f"many for a number; let it consume fewer, or write the whole rate after '=>'"
        )


def _check_constant(reaction: Reaction, law: RateLaw, constant: sp.Expr) -> None:
    """Refuse a rate constant that no rate has; where it depends on time the simulation watches."""
    if TIME in constant.free_symbols:
        return
    if not (constant.is_finite and constant.is_real and constant >= 0):
        raise ModelError(
            f"reaction '{reaction}': the rate constant {print_expression(law.expression)} "
            f"is {print_expression(constant)}; it must be a finite number >= 0"
        )
