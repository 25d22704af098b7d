"""`ratelaw simulate`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import numpy as np
import typer

from ratelaw.cli.endings import Kept
from ratelaw.cli.inputs import read_network
from ratelaw.cli.options import Seed, Trajectories, chosen, even_times, positive
from ratelaw.errors import DataError, Interrupted
from ratelaw.formats.files import check_writable
from ratelaw.formats.tables import format_table, write_table
from ratelaw.simulate import (
    Direct,
    FirstReaction,
    MassAction,
    MasterEquation,
    Moments,
    save,
    simulate,
)
from ratelaw.simulate.method import Sampler, Solver

if TYPE_CHECKING:
    import xarray as xr

METHODS: dict[str, Solver | Sampler] = {
    "direct": Direct(),
    "first-reaction": FirstReaction(),
    "moments": Moments(),
    "master-equation": MasterEquation(),
    "mass-action": MassAction(),
}
WRITERS: dict[str, Callable[["xr.Dataset", Path], None]] = {".nc": save, ".csv": write_table}


def simulate_command(
    network: Annotated[str, typer.Argument(help="A network file, or a name from the zoo.")],
    *,
    method: Annotated[str, typer.Option(metavar="NAME", help=", ".join(METHODS) + ".")],
    until: Annotated[float | None, typer.Option(help="The last time.")] = None,
    points: Annotated[
        int, typer.Option(parser=positive, metavar="N", help="Times from 0 to the last.")
    ] = 21,
    times: Annotated[
        str | None, typer.Option(metavar="T,T,...", help="The times, instead.")
    ] = None,
    trajectories: Trajectories = None,
    seed: Seed = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .nc file (everything) or .csv (averages)."),
    ] = None,
) -> None:
    """Simulate a network; without -o print its averages as CSV."""
    model, way, grid = read_network(network), chosen(method, METHODS), _times(until, points, times)
    write = _writer(output)
    try:
        results = simulate(model, way, grid, trajectories=trajectories, seed=seed)
    except Interrupted as stop:
        if stop.partial is None:
            raise
        write(cast("xr.Dataset", stop.partial))
        where = f"they are saved in {output}" if output else "their averages are printed"
        raise Kept(f"{stop}; {where}") from None
    write(results)


def _times(until: float | None, points: int, listed: str | None) -> np.ndarray:
    if until is not None and listed is None:
        return even_times(until, points)
    if until is not None or listed is None:
        raise typer.BadParameter("give the times by --until (and --points) or by --times")
    try:
        return np.array([float(part) for part in listed.split(",")])
    except ValueError:
        raise typer.BadParameter(f"--times {listed}: write a list such as 0,1,5") from None


def _writer(output: Path | None) -> "Callable[[xr.Dataset], None]":
    """What to do with a result, checked before there is one."""
    if output is None:
        return lambda results: typer.echo(format_table(results), nl=False)
    if output.suffix not in WRITERS:
        raise DataError(f"{output}: the name must end in {' or '.join(WRITERS)}")
    check_writable(output)
    return lambda results: WRITERS[output.suffix](results, output)
