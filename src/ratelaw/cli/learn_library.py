"""Which library of terms `ratelaw learn` is told, or takes where it is told none."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import typer

from ratelaw.cli.inputs import read_network
from ratelaw.cli.learn_data import pairs
from ratelaw.cli.options import chosen
from ratelaw.errors import DataError
from ratelaw.learn import (
    Arrhenius,
    Experiments,
    HillLibrary,
    Library,
    MassActionLibrary,
    PolynomialLibrary,
    RationalLibrary,
    ReactionLibrary,
)

COLDEST = 100.0
"""Kelvin: below, temperatures are taken for degrees Celsius."""
CLOSED = 0.02
"""Relative spread of the sum of all species up to which nothing is taken to leave or enter."""


def suitable_library(data: Experiments) -> Library:
    """The library where none is named.

    Where no value is negative and the species sum to the same at all times, such as per cent of
    what was there: conversions of one species into another, by reactions of order 1. Elsewhere
    polynomials of degree 2.
    """
    values = np.concatenate([_with_start(data, e) for e in range(len(data.experiments))])
    whole = values[np.isfinite(values).all(axis=1)]
    direct = all(observable.is_Symbol for observable in data.observables)
    sums = whole.sum(axis=1)
    several = len(data.observables) > 1 and len(data.observables) == len(data.species)
    telling = direct and several and len(whole) > 0 and (whole >= 0).all()
    if telling and np.ptp(whole) > 0 and np.ptp(sums) <= CLOSED * sums.max():
        return MassActionLibrary(1, 1, elements={"sum": dict.fromkeys(data.species, 1)})
    return PolynomialLibrary(2)


def _with_start(data: Experiments, place: int) -> np.ndarray:
    """Values of an experiment, an exact start among them."""
    part = data.experiments[place]
    values = part.values.copy()
    known = dict(zip(data.species, part.start.tolist(), strict=True))
    for k, observable in enumerate(data.observables):
        start = known.get(str(observable), np.nan)
        values[0, k] = start if np.isfinite(start) else values[0, k]
    return values


def elements(texts: Sequence[str]) -> dict[str, dict[str, int]]:
    """``C=A:5,B:10``: of each element, how much is in a molecule of each species."""
    found = {}
    for element, text in pairs("--element", texts).items():
        content = {}
        for part in text.split(","):
            name, _, count = (piece.strip() for piece in part.partition(":"))
            if not (name and count.isdigit()):
                raise typer.BadParameter(f"--element {element}={text}: write it as C=A:5,B:10")
            content[name] = int(count)
        found[element] = content
    return found


def _mass_action(
    order: int = 2,
    products: int = 2,
    *,
    element: Sequence[str] = (),
    sources: bool = False,
) -> Library:
    return MassActionLibrary(order, products, elements=elements(element), sources=sources)


def _reactions(network: str | None = None) -> Library:
    if network is None:
        raise DataError("--library reactions: name the candidates by --network FILE")
    return ReactionLibrary(read_network(network))


def _hill(orders: str = "1") -> Library:
    try:
        powers = tuple(int(part) for part in orders.split(","))
    except ValueError:
        raise typer.BadParameter(f"--orders {orders}: write whole numbers such as 1,2") from None
    return HillLibrary(powers) + PolynomialLibrary(1, constant=True)


LIBRARIES: dict[str, tuple[Callable[..., Library], tuple[str, ...]]] = {
    "polynomial": (PolynomialLibrary, ("degree", "constant")),
    "mass-action": (_mass_action, ("order", "products", "element", "sources")),
    "reactions": (_reactions, ("network",)),
    "rational": (RationalLibrary, ("degree", "denominator")),
    "hill": (_hill, ("orders",)),
}
"""Names, each with what makes the library and the options that it takes."""


def named_library(name: str | None, options: Mapping[str, Any]) -> Library | None:
    """The library of a name, or the first that takes all options; None if there are neither.

    Raises
    ------
    typer.BadParameter
        If there is no such library, or it does not take the options.
    """
    given = {option: value for option, value in options.items() if value is not None}
    if name is None and not given:
        return None
    fitting = [known for known, (_, takes) in LIBRARIES.items() if {*given} <= {*takes}]
    if name is None and not fitting:
        raise typer.BadParameter(f"no library takes all of {_dashed(given)}: name --library")
    name = name or fitting[0]
    maker, takes = chosen(name, LIBRARIES, "--library")
    if name not in fitting:
        others = [option for option in given if option not in takes]
        raise typer.BadParameter(f"--library {name} takes no {_dashed(others)}")
    return maker(**given)


def _dashed(options: Iterable[str]) -> str:
    return ", ".join(f"--{option}" for option in options)


def with_temperature(library: Library, name: str | None, data: Experiments) -> Library:
    """Every coefficient with an activation energy, where a temperature is named."""
    if not name:
        return library
    for part in data.experiments:
        found = part.inputs[data.inputs.index(name)]
        if found < COLDEST:
            raise typer.BadParameter(
                f"--temperature {name}: it is {found:g} in {part.name}, and should be in kelvin: "
                f"add 273.15 to degrees Celsius"
            )
    return Arrhenius(library, name)
