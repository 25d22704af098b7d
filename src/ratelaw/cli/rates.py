"""`ratelaw rates`."""

from pathlib import Path
from typing import Annotated

import typer

from ratelaw import formats
from ratelaw.atomic import check_writable
from ratelaw.cli.inputs import read_network
from ratelaw.cli.options import Json, names, refuse, typed, whole
from ratelaw.cli.rate_data import ESTIMATORS, Measurement, RateData, read_rate_data
from ratelaw.formats.files import write_json
from ratelaw.formats.networks import check_network_path
from ratelaw.learn import (
    Discovery,
    ObservedPaths,
    ODENet,
    PolynomialLibrary,
    Snapshots,
    candidates,
    discover,
    fit_rates,
    profile,
)
from ratelaw.network import Network, all_reactions
from ratelaw.report import write_page
from ratelaw.report.rate_page import RateReport, rate_page
from ratelaw.report.values import discovery_values, profile_values, rate_values

ORDER, PRODUCTS = 1, 2
"""Limits of the candidates of --discover unless told."""


def rates_command(
    context: typer.Context,
    data: Annotated[
        list[Path],
        typer.Argument(
            help="Tables of counts, a row a cell, or of moments with standard errors (.csv, "
            ".parquet); results of simulate (.nc, .zarr)."
        ),
    ],
    *,
    network: Annotated[
        str | None,
        typer.Option(help="Candidate reactions: a file or a zoo name."),
    ] = None,
    discovers: Annotated[
        bool,
        typer.Option("--discover", help="List every network that explains the data."),
    ] = False,
    order: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="N", help="Most molecules consumed; 1 if left out."),
    ] = None,
    products: Annotated[
        int | None,
        typer.Option(parser=whole, metavar="N", help="Most molecules produced; 2 if left out."),
    ] = None,
    species: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Columns of a table of counts to use; all if left out."),
    ] = None,
    unseen: Annotated[
        str | None,
        typer.Option(metavar="CONDITION", help="Cells that are not seen, 'A + B == 0'."),
    ] = None,
    capture: Annotated[
        float | None, typer.Option(help="Probability to count a molecule; 1 if left out.")
    ] = None,
    noise: Annotated[
        float | None, typer.Option(help="Standard deviation of a normal error of each count.")
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=" or ".join(ESTIMATORS) + "; what suits the data."),
    ] = None,
    profiles: Annotated[
        bool, typer.Option("--profiles", help="Also intervals by the profile of the deviance.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Also write a page, .html.")] = None,
    json: Json = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the network: .txt, .xml, .ant.")
    ] = None,
) -> None:
    """Estimate the rate constants of candidate reactions, and which are absent."""
    for path in filter(None, (report, json, output)):
        check_writable(path)
    if output:
        check_network_path(output)
    if network or not discovers:
        limits = {"order": order, "products": products}
        refuse("without --discover alone the candidates are given", limits)
    measurement = Measurement(unseen, capture, noise, names(species) or None)
    read = read_rate_data(data, measurement, method)
    typer.echo("\n".join(read.lines) + "\n")
    if network:
        guess = read_network(network)
    elif discovers:
        most = ORDER if order is None else order
        guess = all_reactions(
            read.species, order=most, products=PRODUCTS if products is None else products
        )
    else:
        guess = _learned(read)
    found = (discover if discovers else fit_rates)(guess, read.sets, read.method)
    best = found.best if isinstance(found, Discovery) else found
    profiled = profile(best, read.sets, read.method) if profiles else None
    typer.echo("\n\n".join(map(str, filter(None, (found, profiled)))))
    if json:
        values = discovery_values(found) if isinstance(found, Discovery) else rate_values(found)
        values |= {"profiles": profile_values(profiled)} if profiled else {}
        write_json(json, {"data": read.lines} | values)
    if output:
        formats.write_network(best.to_network(), output)
    if report:
        made = RateReport(read.lines, read.sets, read.method, best, found, profiled)
        write_page(rate_page(made, typed(context)), report)


def _learned(read: RateData) -> Network:
    """Candidates by way of the equations of averages, where the data hold these."""
    if isinstance(read.sets[0], Snapshots | ObservedPaths):
        raise typer.BadParameter("give the candidates by --network FILE, or --discover")
    return candidates(ODENet(PolynomialLibrary(degree=2)).fit(*read.sets))
