"""An SBML model with other values at time 0."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import libsbml

from ratelaw.errors import DataError
from ratelaw.formats.sbml.document import parse_document, parse_path
from ratelaw.formats.sbml.quantities import Quantities
from ratelaw.formats.sbml.reader import Model, model_of


def model_text(path: Path) -> str:
    """The text of an SBML file in which there is a model; refusals begin with its name."""

    def checked(text: str) -> str:
        quantities(text)
        return text

    return parse_path(path, checked)


@lru_cache(maxsize=8)
def quantities(sbml: str) -> Quantities:
    """What the model's identifiers stand for."""
    return Quantities(_document(sbml).getModel())


@lru_cache(maxsize=8)
def _document(sbml: str) -> Any:  # noqa: ANN401
    return parse_document(sbml)


def identifiers(sbml: str) -> set[str]:
    """All that formulas can name."""
    of = quantities(sbml)
    return {*of.species, *of.compartments, *of.parameters, *of.references, *of.reactions}


def refuse_target(sbml: str, name: str, place: str) -> None:
    """Refuse to change what the model does not have, or what follows from a rule.

    Raises
    ------
    DataError
        Saying where.
    """
    of = quantities(sbml)
    if not any(name in group for group in (of.species, of.compartments, of.parameters)):
        raise DataError(f"{place}: the model has no species, compartment or parameter {name!r}")
    if name in of.rules:
        raise DataError(f"{place}: {name!r} follows from a rule of the model: it cannot be set")


def changed_model(sbml: str, values: Mapping[str, float]) -> Model:
    """The model with values instead of its own, or of its initial assignments."""
    return model_of(changed_document(sbml, values))


def changed_document(sbml: str, values: Mapping[str, float]) -> Any:  # noqa: ANN401
    """The same as libsbml's document.

    That of a species is what formulas mean by it, a concentration or an amount. Names that the
    model does not have are left out.
    """
    document = _document(sbml).clone()
    model = document.getModel()
    for name, value in values.items():
        element = model.getElementBySId(name)
        if isinstance(element, libsbml.Species):
            if quantities(sbml).is_concentration(name):
                element.setInitialConcentration(value)
            else:
                element.setInitialAmount(value)
        elif isinstance(element, libsbml.Compartment):
            element.setSize(value)
        elif isinstance(element, libsbml.Parameter):
            element.setValue(value)
        else:
            continue
        model.removeInitialAssignment(name)
    return document
