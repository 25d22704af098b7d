"""Units of SBML: read and reported; they change no number."""

import re

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.cli.info import describe_units
from ratelaw.formats.sbml.reader import parse_sbml
from ratelaw.formats.sbml.units import parse_units

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
LITRE = '<unit kind="litre" exponent="1" scale="{}" multiplier="1"/>'


def model(law, *, volume="litre", second="millilitre", unit="per_second", extent="mole"):
    """A in a compartment of litres becomes B in one of millilitres, 1000 of them."""
    kinds = {
        "millilitre": LITRE.format(-3),
        "per_second": '<unit kind="second" exponent="-1" scale="0" multiplier="1"/>',
        "area": '<unit kind="metre" exponent="2" scale="0" multiplier="0.1"/>',
    }
    units = "".join(
        f'<unitDefinition id="{name}"><listOfUnits>{parts}</listOfUnits></unitDefinition>'
        for name, parts in kinds.items()
    )
    species = "".join(
        f'<species id="{name}" compartment="{place}" initialAmount="{amount}" constant="false" '
        f'boundaryCondition="false" hasOnlySubstanceUnits="false"/>'
        for name, place, amount in (("A", "V", 8), ("B", "W", 0))
    )
    return (
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
        f'<model substanceUnits="mole" timeUnits="second" extentUnits="{extent}">'
        f"<listOfUnitDefinitions>{units}</listOfUnitDefinitions><listOfCompartments>"
        f'<compartment id="V" size="1" units="{volume}" spatialDimensions="3" constant="true"/>'
        f'<compartment id="W" size="1000" units="{second}" spatialDimensions="3" constant="true"/>'
        f"</listOfCompartments><listOfSpecies>{species}</listOfSpecies><listOfParameters>"
        f'<parameter id="k" value="0.5" units="{unit}" constant="true"/></listOfParameters>'
        '<listOfReactions><reaction id="R" reversible="false" fast="false"><listOfReactants>'
        '<speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants>'
        '<listOfProducts><speciesReference species="B" stoichiometry="1" constant="true"/>'
        f"</listOfProducts><kineticLaw>{MATH.format(law)}</kineticLaw></reaction>"
        "</listOfReactions></model></sbml>"
    )


RATE = "<apply><times/><ci>k</ci><ci>A</ci><ci>V</ci></apply>"


def test_volumes_in_two_units_change_no_number():
    """SBML's formulas mean their numbers: [A] per litre, [B] per millilitre, amounts in moles."""
    units, found = parse_units(model(RATE)), parse_sbml(model(RATE))
    assert units.volume == ("litre", "0.001 litre")
    assert units.contradictions == ()
    times = np.linspace(0, 2, 5)
    course = rl.simulate(found.network, rl.MassAction(), times)["average"]
    np.testing.assert_allclose(course.sel(species="A"), 8 * np.exp(-times / 2), rtol=1e-7)
    np.testing.assert_allclose(course.sel(species="B"), 8 - 8 * np.exp(-times / 2), atol=1e-7)
    assert str(found.values["B"]) == "B/1000"


@pytest.mark.parametrize(
    "changes",
    [
        {"law": "<apply><times/><ci>k</ci><ci>A</ci></apply>"},  # moles per litre and second
        {"law": RATE, "unit": "second"},
        {"law": RATE, "volume": "millilitre", "extent": "item"},
    ],
)
def test_what_disagrees_is_told_with_its_line(changes):
    units = parse_units(model(**changes))
    assert len(units.contradictions) == 1
    assert re.match(r"line \d+: In level 3 the expected units are", units.contradictions[0])


def test_units_as_the_shell_tells_them():
    units = parse_units(model(RATE.replace("<ci>V</ci>", "<ci>V</ci><cn>2</cn>")))
    assert describe_units(units)[:4] == [
        "units of substance: mole",
        "units of volume: litre, 0.001 litre",
        "units of time: second",
        "units of extent: mole",
    ]
    assert units.unchecked > 0
    bare = model(RATE).replace(' substanceUnits="mole" timeUnits="second" extentUnits="mole"', "")
    assert "units of time: none" in describe_units(parse_units(bare))


def test_level_2_has_units_of_its_own():
    text = (
        '<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model>'
        '<listOfUnitDefinitions><unitDefinition id="time"><listOfUnits>'
        '<unit kind="second" multiplier="60"/></listOfUnits></unitDefinition>'
        '</listOfUnitDefinitions><listOfCompartments><compartment id="C"/></listOfCompartments>'
        '<listOfSpecies><species id="A" compartment="C" initialAmount="1"/></listOfSpecies>'
        "</model></sbml>"
    )
    units = parse_units(text)
    assert (units.substance, units.volume) == (("mole",), ("litre",))
    assert (units.time, units.extent) == ("60 second", "mole")


def test_formulas_too_large_for_libsbml_are_not_checked():
    law = f"<apply><plus/>{'<ci>k</ci>' * 2000}</apply>"
    units = parse_units(model(law))
    assert units.unchecked is None
    assert "units that cannot be checked: all" in describe_units(units)
