"""A network to SBML, Level 3 Version 2 core."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import sympy as sp

from ratelaw.formats.files import write_text
from ratelaw.formats.sbml.mass_action import ANY_LAW
from ratelaw.formats.sbml.math_writer import math
from ratelaw.network import Network, Reaction
from ratelaw.network.event import Event
from ratelaw.network.expression import symbol

NAMESPACE = "http://www.sbml.org/sbml/level3/version2/core"


def write_sbml(network: Network, path: str | Path) -> None:
    r"""Write a network as SBML that reads back as an equal one.

    A law is the rate V phi(c), in substance per time; that of mass action

    .. math:: V k \prod_l c_l^{\nu_l} / \nu_l!

    Species are amounts; in a network of another volume than 1 laws mean their concentrations.
    Variables that no reaction changes become parameters with rate rules, or set by events.

    Parameters
    ----------
    network
        Any network.
    path
        The file, written whole or not at all.

    Raises
    ------
    UnsupportedError
        If a rate uses a function that SBML does not know.

    Notes
    -----
    Hucka et al. 2019 (SBML Level 3 Version 2).
    """
    write_text(Path(path), format_sbml(network))


def format_sbml(network: Network) -> str:
    """The same as text."""
    root = ET.Element("sbml", xmlns=NAMESPACE, level="3", version="2")
    model = ET.SubElement(root, "model")
    taken = {*network.species, *network.parameters}
    compartment = _free("compartment", taken)
    outside = [name for name in network.driven if name not in network.reacting]
    inside = {*network.species} - {*outside}
    size = {"id": compartment, "spatialDimensions": "3", "size": repr(network.volume)}
    _list(model, "listOfCompartments", [_element("compartment", **size, constant="true")])
    amounts = network.volume == 1
    _list(
        model,
        "listOfSpecies",
        [
            _element(
                "species",
                id=name,
                compartment=compartment,
                initialAmount=repr(count),
                hasOnlySubstanceUnits=_word(amounts),
                boundaryCondition="false",
                constant="false",
            )
            for name, count in network.initial.items()
            if name in inside
        ],
    )
    values = [(name, value, "true") for name, value in network.parameters.items()]
    values += [(name, network.initial[name], "false") for name in outside]
    _list(
        model,
        "listOfParameters",
        [_element("parameter", id=n, value=repr(v), constant=c) for n, v, c in values],
    )
    _list(model, "listOfRules", [_rule(n, network.rates[n]) for n in outside if n in network.rates])
    size_of = sp.S.One if amounts else symbol(compartment)
    reactions = [
        _reaction(_free(f"r{j}", taken), reaction, size_of * flux, inside)
        for j, (reaction, flux) in enumerate(
            zip(network.reactions, network.fluxes, strict=True), start=1
        )
    ]
    reactions += [
        _flow(_free(f"flow_{name}", taken), name, rate, inside)
        for name, rate in network.rates.items()
        if name in inside
    ]
    _list(model, "listOfReactions", reactions)
    _list(model, "listOfEvents", [_event(event) for event in network.events])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _reaction(name: str, reaction: Reaction, law: sp.Expr, inside: set[str]) -> ET.Element:
    element = _element("reaction", id=name, reversible="false")
    _side(element, "listOfReactants", reaction.reactants)
    _side(element, "listOfProducts", reaction.products)
    _modifiers(element, law, inside - {*reaction.species})
    kinetic = ET.SubElement(element, "kineticLaw")
    if not reaction.law.is_constant:
        kinetic.set("sboTerm", ANY_LAW)
    kinetic.append(math(law))
    return element


def _flow(name: str, species: str, rate: sp.Expr, inside: set[str]) -> ET.Element:
    """A rate of change besides reactions, of a species that reactions change too."""
    element = _element("reaction", id=name, reversible="false")
    _side(element, "listOfProducts", {species: 1})
    _modifiers(element, rate, inside - {species})
    ET.SubElement(element, "kineticLaw", sboTerm=ANY_LAW).append(math(rate))
    return element


def _modifiers(element: ET.Element, law: sp.Expr, others: set[str]) -> None:
    """List the species that a law depends on, of those that are neither reactant nor product."""
    names = {s.name for s in law.free_symbols} & others
    rows = [_element("modifierSpeciesReference", species=name) for name in sorted(names)]
    _list(element, "listOfModifiers", rows)


def _side(element: ET.Element, tag: str, molecules: Mapping[str, int]) -> None:
    _list(
        element,
        tag,
        [
            _element("speciesReference", species=name, stoichiometry=str(count), constant="true")
            for name, count in molecules.items()
        ],
    )


def _rule(name: str, rate: sp.Expr) -> ET.Element:
    rule = _element("rateRule", variable=name)
    rule.append(math(rate))
    return rule


def _event(event: Event) -> ET.Element:
    element = _element("event", useValuesFromTriggerTime=_word(not event.values_when_due))
    trigger = ET.SubElement(
        element,
        "trigger",
        initialValue=_word(not event.at_start),
        persistent=_word(not event.cancellable),
    )
    trigger.append(math(event.trigger))
    if event.priority is not None:
        ET.SubElement(element, "priority").append(math(event.priority))
    if event.delay != 0:
        ET.SubElement(element, "delay").append(math(event.delay))
    changes = []
    for name, value in event.assignments.items():
        change = _element("eventAssignment", variable=name)
        change.append(math(value))
        changes.append(change)
    _list(element, "listOfEventAssignments", changes)
    return element


def _list(parent: ET.Element, tag: str, rows: Iterable[ET.Element]) -> None:
    """A list, unless it is empty."""
    elements = list(rows)
    if elements:
        ET.SubElement(parent, tag).extend(elements)


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, attributes)


def _word(value: bool) -> str:  # noqa: FBT001
    return str(value).lower()


def _free(name: str, taken: set[str]) -> str:
    """A name that nothing else has."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
