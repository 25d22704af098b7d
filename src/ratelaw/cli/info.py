"""`ratelaw info`: what a network is."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from ratelaw import formats
from ratelaw.cli.inputs import read_network
from ratelaw.cli.simulate import METHODS
from ratelaw.network import Network, conservation_laws
from ratelaw.network.structure import deficiency
from ratelaw.suffixes import PETAB, SBML, suffix_of

if TYPE_CHECKING:
    from ratelaw.formats.petab.problem import EstimationProblem
    from ratelaw.formats.sbml import Units

SHOWN = 12
"""Names in a line, at most."""

NetworkOrProblem = Annotated[
    str, typer.Argument(help="A network's file, a name from the zoo, or a PEtab problem, .yaml.")
]


def info_command(network: NetworkOrProblem) -> None:
    """Say what a network is: species, reactions, what is conserved, which methods can treat it.

    Of a PEtab problem also what was measured and what is to be estimated.
    """
    if suffix_of(network) in PETAB:
        problem = formats.read_petab(network)
        lines = [*describe(problem.network), *describe_problem(problem)]
    else:
        lines = describe(read_network(network))
        if suffix_of(network) in SBML:
            from ratelaw.formats.sbml import read_units

            lines += describe_units(read_units(network))
    typer.echo("\n".join(lines))


def describe(network: Network) -> list[str]:
    """Lines of text."""
    general = [str(r) for r in network.reactions if not r.law.is_constant]
    laws = [
        " + ".join(
            name if weight == 1 else f"{weight} {name}"
            for weight, name in zip(row, network.species, strict=True)
            if weight
        ).replace("+ -", "- ")
        for row in conservation_laws(network)
    ]
    able = [name for name, method in METHODS.items() if method.refusal(network) is None]
    return [
        f"{len(network.species)} species: {_some(network.species)}",
        f"{len(network.reactions)} reactions: {_some(map(str, network.reactions))}",
        f"mass action: {len(network.reactions) - len(general)} of them",
        f"general rate laws: {_some(general)}",
        f"rates of change besides reactions: {_some(network.rates)}",
        f"events: {_some(map(str, network.events))}",
        f"volume: {network.volume:g}",
        f"conserved: {_some(laws)}",
        f"deficiency: {deficiency(network)}",
        f"methods: {_some(able)}",
    ]


def describe_units(units: "Units") -> list[str]:
    """What an SBML file says of units, which change no number, and where they disagree."""
    return [
        f"units of substance: {_some(units.substance)}",
        f"units of volume: {_some(units.volume)}",
        f"units of time: {units.time or 'none'}",
        f"units of extent: {units.extent or 'none'}",
        f"units that disagree: {_some(units.contradictions)}",
        f"units that cannot be checked: {'all' if units.unchecked is None else units.unchecked}",
    ]


def describe_problem(problem: "EstimationProblem") -> list[str]:
    """Lines of text on what a parameter estimation problem adds to its network."""
    observables = [f"{name} = {o.formula}" for name, o in problem.observables.items()]
    estimated = [
        f"{name} ({p.lower:g} to {p.upper:g}, {p.scale.value})"
        for name, p in problem.parameters.items()
        if p.estimated
    ]
    return [
        f"{len(observables)} observables: {_some(observables)}",
        f"{len(problem.experiments)} experiments: {_some(filter(None, problem.experiments))}",
        f"{len(problem.measurements)} measurements",
        f"{len(estimated)} parameters to be estimated: {_some(estimated)}",
    ]


def _some(names: Iterable[str]) -> str:
    found = list(names)
    rest = f", and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (", ".join(found[:SHOWN]) + rest) or "none"
