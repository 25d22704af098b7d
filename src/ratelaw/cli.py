"""The command line: parses, calls, prints. Strings become objects here and nowhere else."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

import numpy as np
import typer

from ratelaw.errors import DataError, Interrupted, RatelawError
from ratelaw.formats.files import check_writable, write_json, write_text
from ratelaw.formats.tables import format_table, read_table, write_table
from ratelaw.learn import ODENet, PolynomialLibrary, candidates, fit_rates
from ratelaw.learn.compile_cache import keep_compiled_flows
from ratelaw.network import Network, zoo
from ratelaw.network.notation import suggest
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
from ratelaw.report.values import certificate_values, fit_values, rate_values, reduced_values
from ratelaw.simulate import (
    Direct,
    FirstReaction,
    MassAction,
    MasterEquation,
    Moments,
    load,
    save,
    simulate,
)
from ratelaw.simulate.method import Sampler, Solver

if TYPE_CHECKING:
    import xarray as xr

T = TypeVar("T")
METHODS: dict[str, Solver | Sampler] = {
    "direct": Direct(),
    "first-reaction": FirstReaction(),
    "moments": Moments(),
    "master-equation": MasterEquation(),
    "mass-action": MassAction(),
}
REDUCTIONS: dict[str, Any] = {
    "qssa": QuasiSteadyState,
    "tqssa": TotalQuasiSteadyState,
    "pea": PartialEquilibrium,
    "learned": LearnedRational,
}
WRITERS: dict[str, Callable[["xr.Dataset", Path], None]] = {".nc": save, ".csv": write_table}
BEYOND, FAILED, STOPPED = 1, 2, 130
NOTHING_KEPT = "interrupted; nothing was written"
MOST_RIVALS, JUDGED = 9, 1001
"""Rival models that are printed, the JSON holds all; times at which a reduction is judged."""
_USAGE_ERROR: Any = typer.BadParameter.__base__

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def _example(command: str) -> str:
    return f"\b\nExample:\n  {command}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a refusal is one line on stderr and exit status 2."""
    keep_compiled_flows()
    try:
        status = app(arguments, prog_name="ratelaw", standalone_mode=False)
    except RatelawError as error:
        status = _complain(str(error), FAILED)
    except _USAGE_ERROR as error:
        status = _complain(error.format_message(), FAILED)
    except _Kept as stop:
        status = _complain(str(stop), STOPPED)
    except (KeyboardInterrupt, typer.Abort):
        status = _complain(NOTHING_KEPT, STOPPED)
    else:
        if status == STOPPED:  # Typer made a status of a KeyboardInterrupt
            _complain(NOTHING_KEPT, STOPPED)
    sys.exit(status or 0)


class _Kept(Exception):  # noqa: N818
    """A run that was stopped, and what was finished of it is kept."""


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    *,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Chemical reaction networks across scales, from data."""
    if show_version:
        typer.echo(f"ratelaw {version('ratelaw')}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _whole(text: object) -> int:
    """A whole number >= 0, written as 1000000 or 1e6."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is not a number") from None
    if not 0 <= number < 2**63 or number != int(number):
        raise typer.BadParameter(f"{text} is not a whole number from 0 to 2^63 - 1")
    return int(number)


def _positive(text: object) -> int:
    """A whole number >= 1."""
    number = _whole(text)
    if not number:
        raise typer.BadParameter(f"{text} is not a whole number >= 1")
    return number


def _chosen(name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        raise typer.BadParameter(f"--method {name}: it is one of {', '.join(known)}")
    return known[name]


def _times(until: float | None, points: int, listed: str | None) -> np.ndarray:
    if until is not None and listed is None:
        if not (0 < until < np.inf and points > 1):
            raise typer.BadParameter(f"--until {until:g} --points {points}: give > 0 and >= 2")
        return np.linspace(0.0, until, points)
    if until is not None or listed is None:
        raise typer.BadParameter("give the times by --until (and --points) or by --times")
    try:
        return np.array([float(part) for part in listed.split(",")])
    except ValueError:
        raise typer.BadParameter(f"--times {listed}: write a list such as 0,1,5") from None


Trajectories = Annotated[
    int | None, typer.Option(parser=_positive, metavar="N", help="Such as 1000000 or 1e6.")
]
Seed = Annotated[
    int | None, typer.Option(parser=_whole, metavar="N", help="The same seed, the same result.")
]
Json = Annotated[Path | None, typer.Option("--json", help="Also write every number to this file.")]


@app.command(
    "simulate",
    epilog=_example(
        "ratelaw simulate model.txt --method direct --until 20 --trajectories 1e6 -o cells.nc"
    ),
)
def _simulate(
    network: Annotated[str, typer.Argument(help="A network file, or a name from the zoo.")],
    *,
    method: Annotated[str, typer.Option(metavar="NAME", help=", ".join(METHODS) + ".")],
    until: Annotated[float | None, typer.Option(help="The last time.")] = None,
    points: Annotated[
        int, typer.Option(parser=_positive, metavar="N", help="Times from 0 to the last.")
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
    model, chosen, grid = _network(network), _chosen(method, METHODS), _times(until, points, times)
    write = _writer(output)
    try:
        results = simulate(model, chosen, grid, trajectories=trajectories, seed=seed)
    except Interrupted as stop:
        if stop.partial is None:
            raise
        write(cast("xr.Dataset", stop.partial))
        where = f"they are saved in {output}" if output else "their averages are printed"
        raise _Kept(f"{stop}; {where}") from None
    write(results)


@app.command("learn", epilog=_example("ratelaw learn cells.csv --degree 2"))
def _learn(
    data: Annotated[list[Path], typer.Argument(help="Tables (.csv) or results (.nc).")],
    degree: Annotated[
        int, typer.Option(parser=_positive, metavar="N", help="Of the polynomials.")
    ] = 2,
    json: Json = None,
) -> None:
    """Learn differential equations from time series, and which terms they need."""
    if json:
        check_writable(json)
    fit = ODENet(PolynomialLibrary(degree=degree)).fit(*_data(data))
    typer.echo(fit)
    for rival in fit.alternatives[1 : 1 + MOST_RIVALS]:
        equations = str(rival).splitlines()[: len(rival.species)]
        heading = f"\nor, with a BIC higher by {rival.bic - fit.bic:.1f}:"
        typer.echo("\n".join([heading, *equations]))
    if len(fit.alternatives) > 1 + MOST_RIVALS:
        typer.echo(f"\nand {len(fit.alternatives) - 1 - MOST_RIVALS} more: --json holds them all")
    if json:
        write_json(json, {"models": [fit_values(model) for model in fit.alternatives]})


@app.command("rates", epilog=_example("ratelaw rates cells.nc --network candidates.txt"))
def _rates(
    data: Annotated[list[Path], typer.Argument(help="Results (.nc) of a stochastic simulation.")],
    network: Annotated[
        str | None,
        typer.Option(help="Candidate reactions: a file or a zoo name; learned if left out."),
    ] = None,
    json: Json = None,
) -> None:
    """Estimate the rate constants of candidate reactions, and which are absent."""
    if json:
        check_writable(json)
    sets = _data(data)
    guess = (
        _network(network) if network else candidates(ODENet(PolynomialLibrary(degree=2)).fit(*sets))
    )
    rates = fit_rates(guess, sets)
    typer.echo(rates)
    if json:
        write_json(json, rate_values(rates))


@app.command("reduce", epilog=_example("ratelaw reduce gene_autoregulation --method qssa -o small"))
def _reduce(
    network: Annotated[str, typer.Argument(help="A network file, or a name from the zoo.")],
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
        typer.Option(parser=_positive, metavar="N", help="For learned: of the polynomials."),
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(help="For learned: tables (.csv) or results (.nc); else the network's own."),
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
    reduction = _chosen(method, REDUCTIONS)
    given = {k: v for k, v in {"slow": _names(slow), "degree": degree}.items() if v}
    for option in given.keys() - {field.name for field in fields(reduction)}:
        raise typer.BadParameter(f"--method {method} takes no --{option}")
    files = {ending: Path(f"{output}.{ending}") for ending in ("txt", "tex", "json") if output}
    for path in files.values():
        check_writable(path)
    model = _network(network)
    if until is not None and not 0 < until < np.inf:
        raise typer.BadParameter(f"--until {until:g}: give > 0")
    times = settling_times(model) if until is None else _times(until, JUDGED, None)
    named = _names(fast) or _fast(model, method, times)
    reduced = reduce(model, reduction(named, **given), *_data(data or []))
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
    return _complain(f"the reduction is not within its tolerance of {tolerance:.2%}", BEYOND)


def _fast(model: Network, method: str, times: np.ndarray) -> tuple[str, ...]:
    """What is fast, where the user did not say."""
    split = timescales(model, times)
    if not split.has_gap:
        raise DataError(f"{split}; name what is fast by --fast")
    return equilibria(model, split.fast) if method == "pea" else split.fast


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


@app.command(
    "reproduce",
    epilog=_example("ratelaw reproduce spcm --seed 3 --html out/spcm.html --json out/spcm.json"),
)
def _reproduce(
    example: Annotated[
        str,
        typer.Argument(help="spcm: trajectories to rates; gene: stiff to small; all: both."),
    ],
    trajectories: Trajectories = None,
    seed: Annotated[int, typer.Option(parser=_whole, metavar="N")] = 1,
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


def _network(source: str) -> Network:
    """A network from a file, or from the zoo if there is no such file."""
    path = Path(source)
    if not path.exists():
        if source in zoo.names():
            return zoo.load(source)
        raise DataError(
            f"no file {source!r}, and no such name in the zoo" + suggest(source, zoo.names())
        )
    try:
        return Network.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read a network from {source}: {error}") from None


def _data(paths: Sequence[Path]) -> "list[xr.Dataset]":
    sets: list[xr.Dataset] = []
    for path in paths:
        sets += [load(path)] if path.suffix == ".nc" else read_table(path)
        if "average" not in sets[-1]:
            raise DataError(f"{path} holds no averages to learn from")
    return sets


def _writer(output: Path | None) -> "Callable[[xr.Dataset], None]":
    """What to do with a result, checked before there is one."""
    if output is None:
        return lambda results: typer.echo(format_table(results), nl=False)
    if output.suffix not in WRITERS:
        raise DataError(f"{output}: the name must end in {' or '.join(WRITERS)}")
    check_writable(output)
    return lambda results: WRITERS[output.suffix](results, output)


def _complain(text: str, status: int) -> int:
    typer.echo(f"ratelaw: {' '.join(text.split())}", err=True)
    return status
