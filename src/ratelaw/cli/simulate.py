"""`ratelaw simulate`."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import numpy as np
import typer

from ratelaw.cli.endings import NOTHING_KEPT, Kept
from ratelaw.cli.inputs import read_network
from ratelaw.cli.options import (
    NetworkName,
    Seed,
    Trajectories,
    chosen,
    even_times,
    numbers,
    positive,
    refuse,
)
from ratelaw.cli.outputs import Output, writer
from ratelaw.cli.recording import (
    Events,
    Histogram,
    MomentOrder,
    Passages,
    Paths,
    ReactionCounts,
    recorders,
)
from ratelaw.cli.running import (
    CheckpointFolder,
    Cluster,
    Sweep,
    Threads,
    connected,
    parse_sweep,
)
from ratelaw.errors import Interrupted
from ratelaw.network import Network
from ratelaw.simulate import ALL_METHODS, Automatic, Langevin, simulate
from ratelaw.simulate.method import Sampler, Solver
from ratelaw.simulate.ssa.leaping_method import LeapingMethod

if TYPE_CHECKING:
    import xarray as xr

METHODS: dict[str, Solver | Sampler] = {
    re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(method).__name__).lower(): method
    for method in ALL_METHODS
}
"""By the words of its name: `TauLeaping` is tau-leaping."""

POINTS = 21
"""Times, unless told."""
WELL_ABOVE = 3.0
"""Standard deviations by which an average exceeds 0 where there are many copies."""

Method = Annotated[str, typer.Option(metavar="NAME", help=", ".join(METHODS) + ".")]
Until = Annotated[float | None, typer.Option(help="The last time.")]
Points = Annotated[
    int | None,
    typer.Option(parser=positive, metavar="N", help="Times from 0 to the last; 21 if left out."),
]
Times = Annotated[str | None, typer.Option(metavar="T,T,...", help="The times, instead.")]
Epsilon = Annotated[
    float | None,
    typer.Option(help="Leaps change propensities by up to this fraction; automatic: allow leaps."),
]


def simulate_command(
    network: NetworkName,
    *,
    method: Method,
    until: Until = None,
    points: Points = None,
    times: Times = None,
    epsilon: Epsilon = None,
    trajectories: Trajectories = None,
    seed: Seed = None,
    sweep: Sweep = None,
    moments: MomentOrder = None,
    histogram: Histogram = None,
    paths: Paths = None,
    events: Events = None,
    reaction_counts: ReactionCounts = None,
    passage: Passages = None,
    threads: Threads = None,
    cluster: Cluster = None,
    checkpoint: CheckpointFolder = None,
    output: Output = None,
) -> None:
    """Simulate a network; without -o print its averages as CSV."""
    model, way, grid = read_network(network), chosen(method, METHODS), _times(until, points, times)
    if not isinstance(way, Automatic | LeapingMethod):
        refuse(f"--method {method} takes no leaps", {"epsilon": epsilon})
    elif epsilon is not None:
        way = replace(way, epsilon=epsilon)
    recorded: dict[str, Any] = {"moments": moments, "histogram": histogram, "paths": paths}
    recorded |= {"events": events, "reaction_counts": reaction_counts, "passage": passage}
    drawn: dict[str, Any] = {"trajectories": trajectories, "seed": seed, "threads": threads}
    where: dict[str, Any] = {"cluster": cluster, "checkpoint": checkpoint}
    if isinstance(way, Solver):
        refuse(f"--method {method} draws no trajectories", drawn | where | recorded)
    if cluster:
        refuse("the workers of --cluster have threads of their own", {"threads": threads})
    if isinstance(way, Sampler) and trajectories is None:
        raise typer.BadParameter(f"--method {method} draws trajectories: give --trajectories N")
    record = recorders(grid, **recorded)
    write = writer(output, record)
    with connected(cluster) as client, _kept(write, output, checkpoint):
        results = simulate(
            model,
            way,
            grid,
            trajectories=trajectories,
            seed=seed,
            record=record,
            sweep=parse_sweep(sweep or []),
            threads=threads,
            cluster=client,
            checkpoint=checkpoint,
        )
    write(results)
    _note_nothing(model, results)
    _note_few(way, results)


def _note_nothing(network: Network, results: "xr.Dataset") -> None:
    """Say so where nothing happened for want of initial counts."""
    empty = not any(network.initial[name] for name in network.reacting)
    if empty and "average" in results and not results["average"].any():
        typer.echo(
            "note: nothing happens, every species starts at 0: write initial counts into the "
            "network, such as 'A(0) = 10'",
            err=True,
        )


def _note_few(way: Solver | Sampler, results: "xr.Dataset") -> None:
    """Say so where a diffusion comes near 0, where it is no longer what reactions do."""
    if not isinstance(way, Langevin) or "covariance" not in results:
        return
    names = results["species"].values
    deviation = np.sqrt(np.diagonal(results["covariance"].values, axis1=-2, axis2=-1))
    near = (deviation > 0) & (results["average"].values < WELL_ABOVE * deviation)
    few = names[near.reshape(-1, len(names)).any(axis=0)]
    if few.size:
        typer.echo(
            f"note: there are few copies of {', '.join(few)}, whose noise the Langevin equation "
            f"does not describe: compare with --method direct",
            err=True,
        )


@contextmanager
def _kept(
    write: "Callable[[xr.Dataset], None]", output: Path | None, checkpoint: Path | None
) -> Iterator[None]:
    """Write what is finished when the block is stopped."""
    again = f"; the same command goes on from {checkpoint}" if checkpoint else ""
    try:
        yield
    except KeyboardInterrupt as stop:
        if not (isinstance(stop, Interrupted) and stop.partial is not None):
            raise Kept(f"{NOTHING_KEPT}{again}") from None
        write(cast("xr.Dataset", stop.partial))
        where = f"they are saved in {output}" if output else "they are printed"
        raise Kept(f"{stop}; {where}{again}") from None


def _times(until: float | None, points: int | None, listed: str | None) -> np.ndarray:
    if until is not None and listed is None:
        return even_times(until, points or POINTS)
    if until is not None or points is not None or listed is None:
        raise typer.BadParameter("give the times by --until (and --points) or by --times")
    return np.array(numbers("--times", listed))
