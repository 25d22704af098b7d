"""Damage done to SBML files: bytes, elements, attributes and numbers."""

import random
import re
from xml.etree import ElementTree as ET

NUMBERS = ("0", "-1", "1e300", "1e-300", "NaN", "INF", "2.5", "1000000", "", "x", "1e999", "3")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
NAME = re.compile(r'(?<=")[A-Za-z_]\w*(?=")|(?<=<ci>)\s*\w+\s*(?=</ci>)')


def damaged(text: str, seed: int) -> str:
    """The text after one to three changes that the seed decides."""
    chance = random.Random(seed)  # noqa: S311
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        text = chance.choice([_bytes, _element, _element, _attribute, _number, _number, _name])(
            text, chance
        )
    return text


def _bytes(text: str, chance: random.Random) -> str:
    """One character is another, or gone, or a piece is moved."""
    if not text:
        return text
    place = chance.randrange(len(text))
    new = chance.choice(["", "<", ">", "&", '"', "\0", "é", "0", chance.choice(text)])
    return text[:place] + new + text[place + chance.choice([0, 1, 1, 20]) :]


def _element(text: str, chance: random.Random) -> str:
    """An element is deleted, doubled, or put into another."""
    try:
        root = ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, ValueError):
        return text
    parents = [element for element in root.iter() if len(element)]
    if not parents:
        return text
    parent = chance.choice(parents)
    child = chance.choice(list(parent))
    match chance.randrange(4):
        case 0:
            parent.remove(child)
        case 1:
            parent.append(child)
        case 2:
            other = chance.choice(parents)
            if child not in other.iter() and other not in child.iter():
                other.append(child)
        case 3:
            child.tag = chance.choice([element.tag for element in root.iter()])
    return ET.tostring(root, encoding="unicode")


def _attribute(text: str, chance: random.Random) -> str:
    """An attribute is gone or has the value of another."""
    try:
        root = ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, ValueError):
        return text
    elements = [element for element in root.iter() if element.attrib]
    if not elements:
        return text
    element = chance.choice(elements)
    name = chance.choice(list(element.attrib))
    if chance.random() < 0.4:  # noqa: PLR2004
        del element.attrib[name]
    else:
        values = [value for part in root.iter() for value in part.attrib.values()]
        element.attrib[name] = chance.choice([*values, "true", "false", *NUMBERS])
    return ET.tostring(root, encoding="unicode")


def _number(text: str, chance: random.Random) -> str:
    return _replaced(NUMBER, text, chance, NUMBERS)


def _name(text: str, chance: random.Random) -> str:
    return _replaced(NAME, text, chance, NAME.findall(text))


def _replaced(pattern: re.Pattern[str], text: str, chance: random.Random, new: object) -> str:
    """One place where the pattern is, with something else."""
    places = list(pattern.finditer(text))
    if not places:
        return text
    place = chance.choice(places)
    return text[: place.start()] + chance.choice(list(new)) + text[place.end() :]
