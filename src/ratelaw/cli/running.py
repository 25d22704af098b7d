"""Where `ratelaw simulate` runs, and on which parameters."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratelaw.cli.options import numbers, positive
from ratelaw.errors import DataError
from ratelaw.extras import require

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 4
"""Seconds that a cluster has for an answer."""

Threads = Annotated[
    int | None,
    typer.Option(parser=positive, metavar="N", help="At most so many; all cores if left out."),
]
Sweep = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=V,V,...", help="Vary k=1,2 or 'A(0)=5,10'; repeatable."),
]
Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Run on the dask cluster of this scheduler, host:8786."),
]
CheckpointFolder = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Keep what is done, to go on from if stopped."),
]


def parse_sweep(texts: Sequence[str]) -> dict[str, list[float]]:
    """``k=0.1,0.2``: each name with its values, one a parameter set."""
    sweep: dict[str, list[float]] = {}
    for text in texts:
        name, _, values = (part.strip() for part in text.partition("="))
        if not (name and values):
            raise typer.BadParameter(f"--sweep {text}: write a name and values, such as k=0.1,0.2")
        if name in sweep:
            raise typer.BadParameter(f"--sweep {text}: {name} is swept twice")
        sweep[name] = numbers("--sweep", values)
    return sweep


@contextmanager
def connected(address: str | None) -> "Iterator[Client | None]":
    """A client of the cluster at this address, for as long as the block runs.

    Raises
    ------
    DataError
        If no scheduler answers there.
    """
    if address is None:
        yield None
        return
    require("distributed", "to run on a cluster", extra="cluster")
    from distributed import Client

    try:
        found = asyncio.run(_identity(address))
    except Exception as error:  # noqa: BLE001  whatever answers there, it is no scheduler
        raise DataError(
            f"--cluster {address}: no dask scheduler answers there "
            f"({str(error) or f'nothing within {PATIENCE} s'}); start one by 'dask scheduler'"
        ) from None
    if found != "Scheduler":
        raise DataError(f"--cluster {address}: a dask {found.lower()} is there, not the scheduler")
    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        yield client


async def _identity(address: str) -> str:
    """What kind of dask server answers, asked without a client, which would not let go."""
    from distributed import Security, rpc

    arguments = Security().get_connection_args("client")
    async with rpc(address, connection_args=arguments) as server:
        answer = await asyncio.wait_for(server.identity(), PATIENCE)
    return str(answer["type"])
