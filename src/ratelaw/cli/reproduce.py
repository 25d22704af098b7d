"""`ratelaw reproduce`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ratelaw.atomic import check_writable
from ratelaw.cli.options import Trajectories, whole
from ratelaw.cli.outcome_files import Json
from ratelaw.formats.files import write_json


def reproduce_command(
    example: Annotated[
        str,
        typer.Argument(help="spcm: trajectories to rates; gene: stiff to small; all: both."),
    ],
    trajectories: Trajectories = None,
    seed: Annotated[
        int,
        typer.Option(
            parser=whole, metavar="N", help="Of the samples; the same seed, the same page."
        ),
    ] = 1,
    html: Annotated[
        Path | None, typer.Option(help="The page; out/spcm.html or out/gene.html if left out.")
    ] = None,
    json: Json = None,
) -> None:
    """Run an example of Yang 2020 from end to end and write a page about it."""
    from ratelaw.paper.examples import EXAMPLES
    from ratelaw.report import print_table, write_page

    if example not in (*EXAMPLES, "all"):
        listed = ", ".join(EXAMPLES)
        raise typer.BadParameter(f"{example!r} is not an example: they are {listed}, all")
    if example == "all" and (html or json):
        raise typer.BadParameter("--html and --json name the files of one example, not of all")
    if trajectories and example != "spcm":
        raise typer.BadParameter(f"--trajectories is for spcm alone; {example} takes none")
    counts = {"trajectories": trajectories} if trajectories else {}
    for name in EXAMPLES if example == "all" else [example]:
        path = html or Path(f"out/{name}.html")
        for file in filter(None, (path, json)):
            check_writable(file, make_folder=True)
        outcome = EXAMPLES[name](seed, _progress, **counts)
        write_page(outcome.page, path)
        if json:
            write_json(json, outcome.numbers)
        typer.echo(f"{print_table(outcome.table)}\n\nThe page: {path.resolve()}")


def _progress(step: str) -> None:
    """A line for whoever watches."""
    if sys.stderr.isatty():
        typer.echo(f"{step} ...", err=True)
