"""`ratelaw rates`."""

import typer

from ratelaw import formats
from ratelaw.cli import rate_options as option
from ratelaw.cli.inputs import read_network
from ratelaw.cli.options import names, refuse, typed
from ratelaw.cli.outcome_files import Json, NetworkFile, Report, check_outcome
from ratelaw.cli.rate_data import Measurement, RateData, read_rate_data
from ratelaw.formats.files import write_json
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
    data: option.Data,
    *,
    network: option.Candidates = None,
    discovers: option.Discovers = False,
    order: option.Order = None,
    products: option.Products = None,
    species: option.Species = None,
    unseen: option.Unseen = None,
    capture: option.Capture = None,
    noise: option.Noise = None,
    method: option.Method = None,
    profiles: option.Profiles = False,
    report: Report = None,
    json: Json = None,
    output: NetworkFile = None,
) -> None:
    """Estimate the rate constants of candidate reactions, and which are absent."""
    check_outcome(data, json=json, output=output, report=report)
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
        made = PRODUCTS if products is None else products
        guess = all_reactions(read.species, order=most, products=made)
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
        shown = RateReport(read.lines, read.sets, read.method, best, found, profiled)
        write_page(rate_page(shown, typed(context)), report)


def _learned(read: RateData) -> Network:
    """Candidates by way of the equations of averages, where the data hold these."""
    if isinstance(read.sets[0], Snapshots | ObservedPaths):
        raise typer.BadParameter("give the candidates by --network FILE, or --discover")
    return candidates(ODENet(PolynomialLibrary(degree=2)).fit(*read.sets))
