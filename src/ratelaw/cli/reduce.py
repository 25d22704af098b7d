"""`ratelaw reduce`."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from ratelaw.cli.endings import BEYOND, complain
from ratelaw.cli.inputs import read_data, read_network
from ratelaw.cli.options import NetworkName, chosen, even_times, names, positive
from ratelaw.cli.outcome_files import check_files
from ratelaw.errors import DataError
from ratelaw.formats.files import write_json, write_text
from ratelaw.network import Network
from ratelaw.reduce import (
    LearnedRational,
    PartialEquilibrium,
    QuasiSteadyState,
    TotalQuasiSteadyState,
    certify,
    equilibria,
    reduce,
    settling_times,
    timescales,
)
from ratelaw.report.values import certificate_values, reduced_values

REDUCTIONS: dict[str, Any] = {
    "qssa": QuasiSteadyState,
    "tqssa": TotalQuasiSteadyState,
    "pea": PartialEquilibrium,
    "learned": LearnedRational,
}
JUDGED = 1001
"""Times at which a reduction is judged."""


def reduce_command(
    network: NetworkName,
    *,
    method: Annotated[str, typer.Option(metavar="NAME", help=", ".join(REDUCTIONS) + ".")],
    fast: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Fast species, G,GP; for pea fast reactions, 'S + E <--> C'. Found if left out.",
        ),
    ] = None,
    slow: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="For qssa, tqssa: slow although tied to fast ones."),
    ] = None,
    degree: Annotated[
        int | None,
        typer.Option(parser=positive, metavar="N", help="For learned: of the polynomials."),
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(help="For learned: tables or results, as for learn; else the network's own."),
    ] = None,
    until: Annotated[
        float | None, typer.Option(help="Judge the error until this time, not until settled.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Of the error, as a fraction of each species' range.")
    ] = 0.05,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write this name .txt, .tex and .json.")
    ] = None,
) -> int:
    """Reduce a network and measure the error; exit status 1 if that is beyond the tolerance."""
    reduction = chosen(method, REDUCTIONS)
    given = {k: v for k, v in {"slow": names(slow), "degree": degree}.items() if v}
    for option in given.keys() - {field.name for field in fields(reduction)}:
        raise typer.BadParameter(f"--method {method} takes no --{option}")
    files = {ending: Path(f"{output}.{ending}") for ending in ("txt", "tex", "json") if output}
    check_files(list(files.values()), [network, *(data or [])])
    model = read_network(network)
    if until is not None and not 0 < until < np.inf:
        raise typer.BadParameter(f"--until {until:g}: give > 0")
    times = settling_times(model) if until is None else even_times(until, JUDGED)
    named = names(fast) or _fast(model, method, times)
    reduced = reduce(model, reduction(named, **given), *read_data(data or []))
    certificate = certify(reduced, times, tolerance=tolerance)
    typer.echo(f"{reduced}\n\n{certificate}")
    if output:
        write_text(files["txt"], f"{reduced}\n")
        write_text(files["tex"], f"{reduced.latex}\n")
        write_json(
            files["json"],
            reduced_values(reduced) | {"certificate": certificate_values(certificate)},
        )
    if certificate.holds:
        return 0
    return complain(f"the reduction is not within its tolerance of {tolerance:.2%}", BEYOND)


def _fast(model: Network, method: str, times: np.ndarray) -> tuple[str, ...]:
    """What is fast, where the user did not say."""
    split = timescales(model, times)
    if not split.has_gap:
        raise DataError(f"{split}; name what is fast by --fast")
    return equilibria(model, split.fast) if method == "pea" else split.fast
