"""SBML that is written: valid, and read back as an equal network."""

import libsbml
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ratelaw as rl
from ratelaw.formats import read_network, write_network
from ratelaw.formats.sbml.reader import parse_sbml
from ratelaw.formats.sbml.writer import format_sbml

EVENTS = rl.Network.parse(
    "0 --> A, 0.1\nA => B, k*A/(1 + A)\nT' = 2*(20 - T) + piecewise(1, time < 2, 0)\n"
    "when A > 5 and not (T == 3 or time >= 2), after 2*k, priority 3: A = A + 1, T = 0\n"
    "when T < 0, at start, if still true, values when due: T = 1\nk = 1e-300\nT(0) = -4"
)
NETWORKS = {name: rl.zoo.load(name) for name in rl.zoo.names()} | {"events": EVENTS}


def messages(text):
    document = libsbml.readSBMLFromString(text)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)  # noqa: FBT003
    document.checkConsistency()
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    return [e.getMessage() for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_come_back_equal_from_valid_sbml(name):
    text = format_sbml(NETWORKS[name])
    assert messages(text) == []
    assert parse_sbml(text).network == NETWORKS[name]


@pytest.mark.parametrize("volume", [1, 0.25, 8])
def test_every_volume_and_kind_of_law_comes_back(volume):
    network = rl.Network.parse(
        "2 A + B --> C, k\nC --> A + C, 0.5\nA => 0, v*A/(1 + A)\nB => C, k*B\n"
        "0 => A, v*exp(-time)\nD(0) = 2",
        {"k": 0.1 + 0.2, "v": 1 / 3}, {"A": 3}, volume,
    )  # fmt: skip
    text = format_sbml(network)
    assert messages(text) == []
    assert parse_sbml(text).network == network


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 3), max_size=3),
    st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 3), max_size=3),
    st.floats(1e-300, 1e300),
    st.sampled_from([1.0, 0.5, 4.0]),
)
def test_reactions_of_mass_action_come_back(reactants, products, rate, volume):
    if not {*reactants, *products}:
        return
    sides = [" + ".join(f"{n} {s}" for s, n in x.items()) or "0" for x in (reactants, products)]
    network = rl.Network.parse(f"{sides[0]} --> {sides[1]}, k", {"k": rate}, volume=volume)
    assert parse_sbml(format_sbml(network)).network == network


def test_an_input_of_steps_becomes_pieces_with_the_same_course():
    network = rl.Network.parse("0 --> A, steps(1, 2, 5, 3, 0)\nA --> 0, 1")
    back = parse_sbml(format_sbml(network)).network
    courses = [rl.simulate(n, rl.MassAction(), [1, 2.5, 4])["average"] for n in (network, back)]
    np.testing.assert_allclose(*courses, rtol=1e-6)


def test_files_by_their_ending(tmp_path):
    for name in ("spcm.xml", "spcm.sbml", "spcm.txt"):
        write_network(rl.zoo.spcm(), tmp_path / name)
        assert read_network(tmp_path / name) == rl.zoo.spcm()
    with pytest.raises(rl.DataError, match="networks are written as"):
        write_network(rl.zoo.spcm(), tmp_path / "spcm.doc")
    with pytest.raises(rl.DataError, match="cannot write"):
        write_network(rl.zoo.spcm(), tmp_path / "nowhere" / "spcm.xml")


@pytest.mark.parametrize("law", ["A/3000000000", "2^40*A", "3e9*A", "2.0*A", "6.022e23*A", "A^2.0"])
def test_numbers_of_any_size_come_back(law):
    network = rl.Network.parse(f"A => B, {law}\nA(0) = 10")
    text = format_sbml(network)
    assert messages(text) == []
    back = parse_sbml(text).network
    assert back == network
    assert rl.Network.parse(str(back)) == network
