"""The text a user types: reactions, parameters, initial counts; reading, printing, LaTeX."""

import difflib
import keyword
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from ratelaw.errors import ModelError
from ratelaw.network.event import FLAGS, Event
from ratelaw.network.expression import (
    RESERVED,
    parse_condition,
    parse_expression,
    print_expression,
    quote,
)
from ratelaw.network.ratelaws import GeneralLaw, MassActionLaw
from ratelaw.network.reaction import Reaction

LARGEST_COEFFICIENT = 9999
DIGITS = 5
"""Of a coefficient that are read: enough to see that it is too large."""

_ARROW = re.compile(r"<-->|<=>|-->|=>")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TERM = re.compile(r"(?:(\d+)\s*\*?\s*)?([A-Za-z_][A-Za-z0-9_]*)")
_COUNT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*\(\s*0\s*\)")
_OTHER_ARROWS = {
    "<->": "<-->",
    "⇌": "<-->",
    "->": "-->",
    "→": "-->",
    "⇒": "=>",
    "<--": "-->",
}
"""What other programs write, and what is written here."""
_NOTHING = {"0", "∅", ""}
_RATE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*'\s*=(?!=)(.*)")
_EVENT = re.compile(r"when\b(.*)", re.DOTALL)
RESERVED_NAMES = {"volume", "when", *RESERVED}


@dataclass(frozen=True)
class Statements:
    """What a text says, before it is checked as a network."""

    reactions: tuple[Reaction, ...]
    parameters: dict[str, float]
    initial: dict[str, float]
    volume: float
    rates: dict[str, sp.Expr]
    events: tuple[Event, ...]


def parse(text: str) -> Statements:
    """Read every line of a network's text; a ModelError names the line that is wrong."""
    reactions: list[Reaction] = []
    parameters: dict[str, float] = {}
    initial: dict[str, float] = {}
    sizes: dict[str, float] = {}
    rates: dict[str, sp.Expr] = {}
    events: list[Event] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        try:
            if event := _EVENT.fullmatch(line):
                events.append(_parse_event(event.group(1)))
            elif rate := _RATE.fullmatch(line):
                _parse_rate(rate, rates)
            elif _ARROW.search(line):
                reactions.extend(_parse_reactions(line))
            else:
                _assign(line, parameters, initial, sizes)
        except ModelError as error:
            raise ModelError(f"line {number} ({quote(line)}): {error}") from None
    volume = sizes.get("volume", 1.0)
    return Statements(tuple(reactions), parameters, initial, volume, rates, tuple(events))


def print_network(  # noqa: PLR0917
    reactions: Sequence[Reaction],
    parameters: Mapping[str, float],
    initial: Mapping[str, float],
    volume: float,
    rates: Mapping[str, sp.Expr],
    events: Sequence[Event],
) -> str:
    """Print a network as the text that `parse` reads, reactions aligned."""
    width = max((len(str(reaction)) for reaction in reactions), default=0) + 1
    mentioned = {name for reaction in reactions for name in reaction.species}
    lines = [
        f"{f'{reaction},':<{width}}  {print_expression(reaction.law.expression)}"
        for reaction in reactions
    ]
    lines += [f"{name}' = {print_expression(rate)}" for name, rate in rates.items()]
    lines += [str(event) for event in events]
    lines += [f"{name} = {_shortest(value)}" for name, value in parameters.items()]
    lines += [
        f"{name}(0) = {_shortest(count)}"
        for name, count in initial.items()
        if count or name not in mentioned
    ]
    if volume != 1:
        lines.append(f"volume = {_shortest(volume)}")
    return "\n".join(lines)


def latex(
    reactions: Sequence[Reaction], species: Sequence[str], rate_equations: Sequence[sp.Expr]
) -> str:
    """The reactions and the mass-action equations, as displayed by a notebook."""
    rows = [
        rf"{_latex_side(reaction.reactants)} &\xrightarrow{{{sp.latex(reaction.law.expression)}}} "
        rf"{_latex_side(reaction.products)}"
        for reaction in reactions
    ]
    rows += [
        rf"\frac{{d {sp.latex(sp.Symbol(name))}}}{{dt}} &= {sp.latex(rate)}"
        for name, rate in zip(species, rate_equations, strict=True)
    ]
    body = " \\\\\n".join(rows)
    return f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"


def check_name(name: str) -> None:
    """Refuse a name that expressions could not hold."""
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"{name!r} is not a name: use letters (a to z), digits and _, a letter first"
        )
    if name in RESERVED_NAMES or keyword.iskeyword(name):
        raise ModelError(f"{name!r} is a reserved word: choose another name")


def suggest(name: str, known: Collection[str]) -> str:
    """The end of an error message: the nearest known name, or all of them."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known are {', '.join(sorted(known))}" if known else "; none are defined"


def _assign(
    line: str, parameters: dict[str, float], initial: dict[str, float], sizes: dict[str, float]
) -> None:
    left, equals, right = (part.strip() for part in line.partition("="))
    if not equals:
        for other, own in _OTHER_ARROWS.items():
            if other in line:
                raise ModelError(
                    f"neither a reaction nor 'name = number': write '{own}' for '{other}'"
                )
        raise ModelError(
            "neither a reaction such as 'A --> B, k' nor 'name = number'; "
            "ratelaw.formats.read_network reads files"
        )
    count = _COUNT.fullmatch(left)
    name = count.group(1) if count else left
    values = initial if count else sizes if name == "volume" else parameters
    if name in values:
        raise ModelError(f"{left!r} is given twice")
    if not _NAME.fullmatch(name):
        raise ModelError(f"{left!r} is not a name")
    if "," in right:
        raise ModelError(f"{right!r} is not a number: a reaction has an arrow, '-->'")
    computed = f": write it where it is used, 'A --> B, {right}'" if values is parameters else ""
    values[name] = _number(right, computed)


def _parse_reactions(line: str) -> list[Reaction]:
    equation, *rates = _split_commas(line)
    left, arrow, right = _split_arrow(equation)
    reactants, products = _molecules(left), _molecules(right)
    expected = 2 if arrow == "<-->" else 1
    if len(rates) != expected:
        comma = "; decimals have a point, 0.5" if all(map(str.isdecimal, rates)) else ""
        raise ModelError(
            f"{len(rates)} rates after '{arrow}', expected {expected}: "
            + ("'A <--> B, kf, kr'" if expected == 2 else f"'A {arrow} B, rate'")  # noqa: PLR2004
            + (comma if len(rates) > expected else "")
        )
    law = GeneralLaw if arrow == "=>" else MassActionLaw
    pairs = zip([(reactants, products), (products, reactants)], rates, strict=False)
    return [Reaction(*sides, law(parse_expression(rate))) for sides, rate in pairs]


def _parse_rate(match: re.Match[str], rates: dict[str, sp.Expr]) -> None:
    name, text = match.groups()
    if name in rates:
        raise ModelError(f"the rate of {name!r} is given twice")
    rates[name] = parse_expression(text)


def _parse_event(text: str) -> Event:
    """Read what follows 'when'."""
    condition, colon, changes = text.partition(":")
    if not colon:
        raise ModelError("an event sets values after a colon: 'when A > 5: B = 0'")
    trigger, *options = _split_commas(condition)
    given: dict[str, sp.Expr] = {}
    flags = dict.fromkeys(FLAGS, False)
    for option in options:
        word, _, value = option.partition(" ")
        if option in flags:
            flags[option] = True
        elif word in {"after", "priority"} and word not in given:
            given[word] = parse_expression(value)
        else:
            raise ModelError(
                f"{option!r} is no option of an event: after ..., priority ..., {', '.join(FLAGS)}"
            )
    assignments: dict[str, sp.Expr] = {}
    for change in _split_commas(changes):
        name, equals, value = (part.strip() for part in change.partition("="))
        if not equals or not _NAME.fullmatch(name) or name in assignments:
            raise ModelError(f"{change!r}: write 'name = expression', each name once")
        assignments[name] = parse_expression(value)
    delay, priority = given.get("after", sp.S.Zero), given.get("priority")
    return Event(parse_condition(trigger), assignments, delay, priority, *flags.values())


def _split_arrow(equation: str) -> tuple[str, str, str]:
    arrows = _ARROW.findall(equation)
    if len(arrows) != 1:
        raise ModelError("one reaction a line, with one arrow before the first comma")
    if arrows[0] == "<=>":
        raise ModelError("'<=>' is not read: write the two directions as two '=>' reactions")
    left, right = equation.split(arrows[0])
    return left, arrows[0], right


def _split_commas(line: str) -> list[str]:
    """Split at the commas that are outside all brackets."""
    parts, depth = [""], 0
    for character in line:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _molecules(side: str) -> dict[str, int]:
    if side.strip() in _NOTHING:
        return {}
    molecules: dict[str, int] = {}
    for term in side.split("+"):
        match = _TERM.fullmatch(term.strip())
        if not match:
            raise ModelError(
                f"{term.strip()!r} is not a species: write 'A' or '2 A', with whole numbers and "
                f"letters a to z, 0 for none, and a comma before the rate"
            )
        coefficient = int((match.group(1) or "1")[:DIGITS])
        if not 1 <= coefficient <= LARGEST_COEFFICIENT:
            raise ModelError(f"{term.strip()!r}: a coefficient is from 1 to {LARGEST_COEFFICIENT}")
        molecules[match.group(2)] = molecules.get(match.group(2), 0) + coefficient
    return molecules


def _number(text: str, advice: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ModelError(f"{text!r} is not a number{advice}") from None


def _shortest(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004


def _latex_side(molecules: Mapping[str, int]) -> str:
    terms = [
        (f"{count}\\," if count > 1 else "") + sp.latex(sp.Symbol(name))
        for name, count in molecules.items()
    ]
    return " + ".join(terms) or r"\varnothing"
