"""Which data `ratelaw learn` is told, and how they scatter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import typer

from ratelaw.formats.table_files import finite
from ratelaw.formats.tables import read_table
from ratelaw.learn import (
    AdditiveNoise,
    Experiments,
    LogNormalNoise,
    MixedNoise,
    ProportionalNoise,
)
from ratelaw.learn.data.noise import NoiseModel

NOISES: dict[str, Callable[[bool], NoiseModel]] = {
    "mixed": MixedNoise,
    "additive": AdditiveNoise,
    "proportional": ProportionalNoise,
    "lognormal": LogNormalNoise,
}


def pairs(option: str, texts: Sequence[str] | None) -> dict[str, str]:
    """``NAME=TEXT``, each name once."""
    found: dict[str, str] = {}
    for text in texts or ():
        name, _, value = (part.strip() for part in text.partition("="))
        if not (name and value) or name in found:
            raise typer.BadParameter(f"{option} {text}: write NAME=..., each name once")
        found[name] = value
    return found


def numbers_of(option: str, texts: Sequence[str] | None) -> dict[str, float]:
    """``NAME=NUMBER``, each name once."""
    return {
        name: finite(text, f"{option} {name}={text}") for name, text in pairs(option, texts).items()
    }


def read_experiments(
    paths: Sequence[Path],
    *,
    observables: Mapping[str, str],
    inputs: Iterable[str],
    initial: Mapping[str, float],
    species: Sequence[str],
    start_time: float | None,
    exact_start: bool | None,
    noise: NoiseModel,
) -> Experiments:
    """All series of some tables; a start is exact, unless told, if a species is exactly 0 there.

    What was weighed in is known, and a measurement seldom is 0.
    """
    tables = [series for path in paths for series in read_table(path, allow_missing=True)]
    weighed = start_time is None and all((t["average"].values[0] == 0).any() for t in tables)
    data = Experiments.of(
        *tables,
        observables=observables,
        inputs=tuple(inputs),
        initial=initial,
        exact_start=weighed if exact_start is None else exact_start,
        noise=noise,
        species=species or None,
        start_time=start_time,
    )
    used = {*map(str, data.observables), *observables, *data.inputs}
    ignored = [name for name in tables[0]["species"].values.tolist() if name not in used]
    if ignored:
        typer.echo(f"note: of no species, and not used: {', '.join(ignored)}")
    if weighed and exact_start is None:
        typer.echo(
            "note: all first values are taken as exact, as some are 0; --fitted-start takes them "
            "as measured"
        )
    return data
