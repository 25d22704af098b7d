"""Damaged SBML files: one clear error, or a network that a simulation can begin with."""

import random
import re
import signal
from contextlib import contextmanager
from xml.etree import ElementTree as ET

import pytest

import ratelaw as rl
from ratelaw.formats.sbml.reader import parse_sbml
from ratelaw.formats.sbml.writer import format_sbml

MODELS = [
    format_sbml(rl.zoo.michaelis_menten()),
    format_sbml(rl.zoo.gene_autoregulation()),
    format_sbml(
        rl.Network.parse(
            "A + B <--> C, kf, kr\nC => A, v*C/(km + C)\nT' = h*(20 - T)*(1 + sin(time))\n"
            "when A > 5 and T < 19, after 0.1, priority 2: B = 2*B, T = 4\nwhen time >= 0.2: C = 0",
            parameters={"kf": 0.1, "kr": 1, "v": 2, "km": 3, "h": 0.5},
            initial={"A": 10, "B": 4, "T": 5},
        )
    ),
]
NUMBERS = ("0", "-1", "1e300", "1e-300", "NaN", "INF", "2.5", "1000000", "", "x", "1e999", "3")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
NAME = re.compile(r'(?<=")[A-Za-z_]\w*(?=")|(?<=<ci>)\s*\w+\s*(?=</ci>)')
LONGEST = 60
"""Seconds for one file."""


@pytest.mark.parametrize("seed", range(150))
def test_damage_gives_one_error_or_a_network(seed):
    text = damaged(MODELS[seed % len(MODELS)], seed)
    with no_longer_than(LONGEST):
        try:
            network = parse_sbml(text).network
            rl.simulate(network, rl.MassAction(), [0, 0.01])
        except rl.errors.RatelawError as error:
            assert str(error)  # noqa: PT017


def test_most_damage_is_seen_and_some_is_harmless():
    """Of the mutations above: they reach behind the parser of XML."""
    kinds = set()
    for seed in range(150):
        try:
            parse_sbml(damaged(MODELS[seed % len(MODELS)], seed))
            kinds.add("read")
        except rl.errors.RatelawError as error:
            kinds.add(type(error).__name__)
    assert kinds == {"read", "ModelError", "UnsupportedError"}


@contextmanager
def no_longer_than(seconds):
    def late(*_):
        pytest.fail(f"not done after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def damaged(text, seed):
    """The text after one to three changes that the seed decides."""
    chance = random.Random(seed)  # noqa: S311
    ways = [_bytes, _element, _element, _attribute, _number, _number, _name]
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        text = chance.choice(ways)(text, chance)
    return text


def _bytes(text, chance):
    """A character is another, or gone with its neighbours."""
    place = chance.randrange(len(text))
    new = chance.choice(["", "<", ">", "&", '"', "\0", "é", "0", chance.choice(text)])
    return text[:place] + new + text[place + chance.choice([0, 1, 1, 20]) :]


def _element(text, chance):
    """An element is deleted, doubled, moved or called another."""
    root = _root(text)
    parents = [] if root is None else [element for element in root.iter() if len(element)]
    if not parents:
        return text
    parent, other = chance.choice(parents), chance.choice(parents)
    child = chance.choice(list(parent))
    way = chance.choice(["delete", "double", "move", "rename"])
    if way == "delete":
        parent.remove(child)
    elif way == "double":
        parent.append(child)
    elif way == "move" and other not in child.iter():
        parent.remove(child)
        other.append(child)
    else:
        child.tag = chance.choice([element.tag for element in root.iter()])
    return ET.tostring(root, encoding="unicode")


def _attribute(text, chance):
    """An attribute is gone or has another value."""
    root = _root(text)
    elements = [] if root is None else [element for element in root.iter() if element.attrib]
    if not elements:
        return text
    element = chance.choice(elements)
    name = chance.choice(list(element.attrib))
    values = [value for part in root.iter() for value in part.attrib.values()]
    if chance.choice([True, False]):
        del element.attrib[name]
    else:
        element.attrib[name] = chance.choice([*values, "true", "false", *NUMBERS])
    return ET.tostring(root, encoding="unicode")


def _number(text, chance):
    return _replaced(NUMBER, text, chance, NUMBERS)


def _name(text, chance):
    return _replaced(NAME, text, chance, NAME.findall(text))


def _replaced(pattern, text, chance, new):
    """One place where the pattern is, with something else."""
    places = list(pattern.finditer(text))
    if not places:
        return text
    place = chance.choice(places)
    return text[: place.start()] + chance.choice(list(new)) + text[place.end() :]


def _root(text):
    try:
        return ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, ValueError):
        return None
