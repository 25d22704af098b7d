"""Units of an SBML model: what it says they are, and whether its formulas agree."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libsbml

from ratelaw.formats.sbml.document import check, each, gist, parse_document, parse_path

BUILT_IN = {"substance": "mole", "volume": "litre", "time": "second"}
"""What names of Level 2 mean where they are not defined anew."""
DIMENSIONS = 3
LARGEST_FORMULA = 300
"""Names and numbers."""
CONTRADICTIONS = range(libsbml.InconsistentArgUnits, libsbml.UpperUnitBound)
"""libsbml's numbers of messages of units that differ; its others say what cannot be checked."""


@dataclass(frozen=True)
class Units:
    """Units of a model. They change no value: SBML's formulas mean their numbers as they stand.

    Where units differ, between compartments or between species and reactions, it is the model that
    converts, by a factor in a law or by conversion factors. Nothing is converted a second time.

    Attributes
    ----------
    substance, volume
        Of species and of compartments of three dimensions: each unit that is used; empty where
        none is stated.
    time, extent
        Of the model; empty where not stated.
    contradictions
        Formulas whose units do not agree, by libsbml, with lines.
    unchecked
        How many times units could not be checked, as some were not stated; None if nothing was
        checked, as a formula has more than `LARGEST_FORMULA` parts.

    Notes
    -----
    Hucka et al. 2019 (SBML Level 3 Version 2), sections 3.4.3 and 4.2.
    """

    substance: tuple[str, ...]
    volume: tuple[str, ...]
    time: str
    extent: str
    contradictions: tuple[str, ...]
    unchecked: int | None


def read_units(path: str | Path) -> Units:
    """The units of an SBML file.

    Raises
    ------
    DataError
        If the file cannot be read.
    ModelError
        If it is not valid SBML, or empty.
    UnsupportedError
        As of `read_sbml`.
    """
    return parse_path(Path(path), parse_units)


def parse_units(text: str) -> Units:
    """The same from text."""
    document = parse_document(text)
    model = document.getModel()
    if document.getLevel() == 2:  # noqa: PLR2004
        substance, volume, time, extent = "substance", "volume", "time", "substance"
    else:
        substance, volume = model.getSubstanceUnits(), model.getVolumeUnits()
        time, extent = model.getTimeUnits(), model.getExtentUnits()
    species = each(model.getNumSpecies(), model.getSpecies)
    compartments = each(model.getNumCompartments(), model.getCompartment)
    large = _is_large(text)
    found = [] if large else _messages(document)
    contradictions = [e for e in found if e.getErrorId() in CONTRADICTIONS]
    return Units(
        _used((s.getSubstanceUnits() or substance for s in species), model),
        _used((c.getUnits() or volume for c in compartments if _is_volume(c)), model),
        _text(time, model),
        _text(extent, model),
        tuple(f"line {e.getLine()}: {gist(e.getMessage())}" for e in contradictions),
        None if large else len(found) - len(contradictions),
    )


def _is_volume(compartment: Any) -> bool:  # noqa: ANN401
    return bool(compartment.getSpatialDimensionsAsDouble() == DIMENSIONS)


def _used(names: Iterable[str], model: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Each of them once, in order."""
    return tuple(dict.fromkeys(text for name in names if (text := _text(name, model))))


def _text(name: str, model: Any) -> str:  # noqa: ANN401
    """A unit by its name: '0.001 litre'."""
    definition = model.getUnitDefinition(name) if name else None
    if definition is None:
        return BUILT_IN.get(name, name)
    return " ".join(map(_factor, each(definition.getNumUnits(), definition.getUnit)))


def _factor(unit: Any) -> str:  # noqa: ANN401
    kind = libsbml.UnitKind_toString(unit.getKind())
    multiplier, scale, power = unit.getMultiplier(), unit.getScale(), unit.getExponentAsDouble()
    if abs(scale) > sys.float_info.max_10_exp:
        text = f"{multiplier:g}*10^{scale} {kind}"
    else:
        size = multiplier * 10.0**scale
        text = kind if size == 1 else f"{size:g} {kind}"
    if power == 1:
        return text
    return f"{text}^{power:g}" if text == kind else f"({text})^{power:g}"


def _is_large(text: str) -> bool:
    """Whether libsbml would take too long: it goes with the third power of a formula's length."""
    formulas = re.findall(r"<(?:\w+:)?math\b.*?</(?:\w+:)?math>", text, re.DOTALL)
    return any(len(re.findall(r"</(?:\w+:)?c[in]>", f)) > LARGEST_FORMULA for f in formulas)


def _messages(document: Any) -> list[Any]:  # noqa: ANN401
    """What libsbml says of units."""
    known = document.getNumErrors()
    check(document, [libsbml.LIBSBML_CAT_UNITS_CONSISTENCY])
    return each(document.getNumErrors(), document.getError)[known:]
