"""`ratelaw fit`."""

from pathlib import Path
from typing import Annotated

import typer

from ratelaw.cli.options import Seed, positive, typed, whole
from ratelaw.cli.outcome_files import Json, NetworkFile, Report, check_outcome
from ratelaw.formats import read_petab
from ratelaw.formats.files import write_json
from ratelaw.formats.networks import write_network
from ratelaw.learn.petab.fit_petab import HOPS, fit_petab
from ratelaw.learn.petab.petab_fit import PetabFit, Start
from ratelaw.report.values import petab_values


def fit_command(
    context: typer.Context,
    problem: Annotated[Path, typer.Argument(help="A problem in PEtab, .yaml.")],
    *,
    starts: Annotated[
        int, typer.Option(parser=positive, metavar="N", help="Random starts; 20 if left out.")
    ] = 20,
    hops: Annotated[
        int,
        typer.Option(parser=whole, metavar="N", help=f"Further descents of each; {HOPS}."),
    ] = HOPS,
    seed: Seed = None,
    json: Json = None,
    output: NetworkFile = None,
    report: Report = None,
) -> None:
    """Estimate the parameters of a PEtab problem, and say which the data determine."""
    check_outcome([problem], json=json, output=output, report=report)

    def tell(number: int, start: Start) -> None:
        led = start.failure or f"objective {start.objective:.6g}"
        typer.echo(f"start {number + 1} of {starts}: {led}", err=True)

    fit = fit_petab(read_petab(problem), starts=starts, seed=seed, hops=hops, watch=tell)
    typer.echo(fit)
    if json:
        write_json(json, petab_values(fit))
    if output:
        write_network(fit.to_network(), output)
    if report:
        _write_report(fit, report, typed(context))


def _write_report(fit: PetabFit, path: Path, command: str) -> None:
    from ratelaw.report import write_page
    from ratelaw.report.petab_page import petab_page

    write_page(petab_page(fit, command), path)
