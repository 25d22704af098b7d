"""`ratelaw learn`."""

from pathlib import Path

import typer

from ratelaw.cli import learn_data, learn_library
from ratelaw.cli import learn_options as option
from ratelaw.cli.inputs import read_data
from ratelaw.cli.options import chosen, names, refuse, typed
from ratelaw.cli.outcome_files import Json, NetworkFile, Report, check_outcome
from ratelaw.cli.watching import watched
from ratelaw.formats.files import write_json
from ratelaw.formats.networks import write_network
from ratelaw.learn import Experiments, Fit, ODENet, PolynomialLibrary
from ratelaw.report.values import fit_values
from ratelaw.suffixes import RESULTS, suffix_of

ONLY_TABLES = (
    *("species", "inputs", "temperature", "observable", "initial", "start_time", "exact_start"),
    *("noise", "common_noise", "criterion", "report"),
)
"""Options that have no meaning for results of simulate."""
MOST_RIVALS = 9
"""Rival models that are printed; the JSON holds all."""


def learn_command(
    context: typer.Context,
    data: option.Data,
    *,
    library: option.LibraryName = None,
    degree: option.Degree = None,
    constant: option.Constant = None,
    denominator: option.Denominator = None,
    order: option.Order = None,
    products: option.Products = None,
    element: option.Element = None,
    sources: option.Sources = None,
    network: option.Candidates = None,
    orders: option.Orders = None,
    temperature: option.Temperature = None,
    species: option.Species = None,
    inputs: option.Inputs = None,
    observable: option.Observable = None,
    initial: option.Initial = None,
    start_time: option.StartTime = None,
    exact_start: option.ExactStart = None,
    noise: option.Noise = None,
    common_noise: option.CommonNoise = None,
    loss: option.Loss = "squared",
    criterion: option.Criterion = None,
    report: Report = None,
    output: NetworkFile = None,
    json: Json = None,
) -> None:
    """Learn differential equations from time series, and which terms they need."""
    check_outcome(data, json=json, output=output, report=report)
    powers = {"degree": degree, "constant": constant, "denominator": denominator, "orders": orders}
    reactions = {"order": order, "products": products, "element": element, "sources": sources}
    terms = learn_library.named_library(library, powers | reactions | {"network": network})
    judge = chosen(criterion or option.BIC, option.CRITERIA, "--criterion")()
    distance = chosen(loss, option.LOSSES, "--loss")()
    scatter = chosen(noise or option.MIXED, learn_data.NOISES, "--noise")(bool(common_noise))
    if any(suffix_of(path) in RESULTS for path in data):
        refuse(
            "the data are results of simulate, not tables",
            {name: context.params[name] for name in ONLY_TABLES},
        )
        fit = ODENet(terms or PolynomialLibrary(2), loss=distance).fit(*read_data(data))
    else:
        experiments = learn_data.read_experiments(
            data,
            observables=learn_data.pairs("--observable", observable),
            inputs=dict.fromkeys([*names(inputs), *names(temperature)]),
            initial=learn_data.numbers_of("--initial", initial),
            species=names(species),
            start_time=start_time,
            exact_start=exact_start,
            noise=scatter,
        )
        terms = terms or learn_library.suitable_library(experiments)
        terms = learn_library.with_temperature(terms, temperature, experiments)
        with watched() as watch:
            fit = ODENet(terms, loss=distance, criterion=judge).fit(experiments, watch=watch)
        if report:
            _write_report(fit, experiments, report, typed(context))
    _tell(fit, output, json)


def _tell(fit: Fit, output: Path | None, json: Path | None) -> None:
    """The equations, the coefficients, what to know, and the rivals; the same in files."""
    from ratelaw.report import print_table
    from ratelaw.report.fit_tables import coefficient_table

    typer.echo(fit)
    if fit.selected.any():
        typer.echo(f"\n{print_table(coefficient_table(fit))}")
    for rival in fit.alternatives[1 : 1 + MOST_RIVALS]:
        equations = str(rival).splitlines()[: len(rival.species)]
        heading = f"\nor, with a BIC that differs by {rival.bic - fit.bic:+.1f}:"
        typer.echo("\n".join([heading, *equations]))
    if len(fit.alternatives) > 1 + MOST_RIVALS:
        typer.echo(f"\nand {len(fit.alternatives) - 1 - MOST_RIVALS} more: --json holds them all")
    if output:
        write_network(fit.to_network(), output)
    if json:
        values = {"models": [fit_values(model) for model in fit.alternatives]}
        write_json(json, values | {"remarks": fit.remarks})


def _write_report(fit: Fit, data: Experiments, path: Path, command: str) -> None:
    from ratelaw.report import write_page
    from ratelaw.report.fit_page import fit_page

    write_page(fit_page(fit, data, command), path)
