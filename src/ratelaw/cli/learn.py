"""`ratelaw learn`."""

from pathlib import Path
from typing import Annotated

import typer

from ratelaw.atomic import check_writable
from ratelaw.cli.inputs import read_data
from ratelaw.cli.options import Json, positive
from ratelaw.formats.files import write_json
from ratelaw.learn import ODENet, PolynomialLibrary
from ratelaw.report.values import fit_values

MOST_RIVALS = 9
"""Rival models that are printed; the JSON holds all."""


def learn_command(
    data: Annotated[
        list[Path], typer.Argument(help="Tables (.csv, .parquet) or results (.nc, .zarr).")
    ],
    degree: Annotated[
        int, typer.Option(parser=positive, metavar="N", help="Of the polynomials.")
    ] = 2,
    json: Json = None,
) -> None:
    """Learn differential equations from time series, and which terms they need."""
    if json:
        check_writable(json)
    fit = ODENet(PolynomialLibrary(degree=degree)).fit(*read_data(data))
    typer.echo(fit)
    for rival in fit.alternatives[1 : 1 + MOST_RIVALS]:
        equations = str(rival).splitlines()[: len(rival.species)]
        heading = f"\nor, with a BIC higher by {rival.bic - fit.bic:.1f}:"
        typer.echo("\n".join([heading, *equations]))
    if len(fit.alternatives) > 1 + MOST_RIVALS:
        typer.echo(f"\nand {len(fit.alternatives) - 1 - MOST_RIVALS} more: --json holds them all")
    if json:
        write_json(json, {"models": [fit_values(model) for model in fit.alternatives]})
