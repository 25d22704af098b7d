"""Options that several commands share, and how their text is read."""

import shlex
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, TypeVar

import numpy as np
import typer

T = TypeVar("T")


def whole(text: object) -> int:
    """A whole number >= 0, written as 1000000 or 1e6."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is not a number") from None
    if not 0 <= number < 2**63 or number != int(number):
        raise typer.BadParameter(f"{text} is not a whole number from 0 to 2^63 - 1")
    return int(number)


def positive(text: object) -> int:
    """A whole number >= 1."""
    number = whole(text)
    if not number:
        raise typer.BadParameter(f"{text} is not a whole number >= 1")
    return number


def chosen(name: str, known: Mapping[str, T], option: str = "--method") -> T:
    """What an option names."""
    if name not in known:
        raise typer.BadParameter(f"{option} {name}: it is one of {', '.join(known)}")
    return known[name]


def refuse(reason: str, options: Mapping[str, object]) -> None:
    """Name the options that were given and have no meaning here."""
    given = [
        f"--{name.replace('_', '-')}"
        for name, value in options.items()
        if value not in (None, [], ())
    ]
    if given:
        raise typer.BadParameter(f"{reason}: leave out {', '.join(given)}")


def names(text: str | None) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def typed(context: typer.Context) -> str:
    """The command line that gives these parameters."""
    words = ["ratelaw", str(context.info_name)]
    for parameter in context.command.params:
        value = context.params.get(str(parameter.name))
        named = parameter.secondary_opts if value is False else parameter.opts
        if value is None or not named:
            continue
        option = [named[0]] if parameter.param_type_name == "option" else []
        if isinstance(value, bool):
            words += option
            continue
        for part in value if isinstance(value, list | tuple) else [value]:
            words += [*option, str(part)]
    return shlex.join(words)


def even_times(until: float, points: int) -> np.ndarray:
    """Times from 0 to the last."""
    if not (0 < until < np.inf and points > 1):
        raise typer.BadParameter(f"--until {until:g} --points {points}: give > 0 and >= 2")
    return np.linspace(0.0, until, points)


def numbers(option: str, text: str) -> list[float]:
    """Numbers with commas between them."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"{option} {text}: write a list such as 0,1,5") from None


NetworkName = Annotated[str, typer.Argument(help="A network file, or a name from the zoo.")]
Trajectories = Annotated[
    int | None, typer.Option(parser=positive, metavar="N", help="Such as 1000000 or 1e6.")
]
Seed = Annotated[
    int | None, typer.Option(parser=whole, metavar="N", help="The same seed, the same result.")
]
