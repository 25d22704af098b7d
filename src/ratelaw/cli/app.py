"""The commands, and how they are run."""

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Annotated, Any

import typer

from ratelaw.cli.convert import convert_command, info_command
from ratelaw.cli.endings import FAILED, NOTHING_KEPT, STOPPED, Kept, complain
from ratelaw.cli.fit import fit_command
from ratelaw.cli.learn import learn_command
from ratelaw.cli.rates import rates_command
from ratelaw.cli.reduce import reduce_command
from ratelaw.cli.reproduce import reproduce_command
from ratelaw.cli.simulate import simulate_command
from ratelaw.errors import RatelawError
from ratelaw.learn.equations.compile_cache import keep_compiled_flows

COMMANDS: dict[str, tuple[Callable[..., Any], str]] = {
    "simulate": (
        simulate_command,
        "model.txt --method direct --until 20 --trajectories 1e6 --checkpoint run -o cells.nc",
    ),
    "convert": (convert_command, "model.xml model.txt"),
    "info": (info_command, "model.xml"),
    "learn": (learn_command, "cells.csv --degree 2"),
    "fit": (fit_command, "problem.yaml --starts 20 --seed 1 -o fitted.txt"),
    "rates": (rates_command, "clones.csv --discover --report rates.html"),
    "reduce": (reduce_command, "gene_autoregulation --method qssa -o small"),
    "reproduce": (reproduce_command, "spcm --seed 3 --html out/spcm.html --json out/spcm.json"),
}
"""What each name runs, and the example that its help shows."""
_USAGE_ERROR: Any = typer.BadParameter.__base__

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
for _name, (_command, _example) in COMMANDS.items():
    app.command(_name, epilog=f"\b\nExample:\n  ratelaw {_name} {_example}")(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a refusal is one line on stderr and exit status 2."""
    keep_compiled_flows()
    try:
        status = app(arguments, prog_name="ratelaw", standalone_mode=False)
    except RatelawError as error:
        status = complain(str(error), FAILED)
    except _USAGE_ERROR as error:
        status = complain(error.format_message(), FAILED)
    except Kept as stop:
        status = complain(str(stop), STOPPED)
    except (KeyboardInterrupt, typer.Abort):
        status = complain(NOTHING_KEPT, STOPPED)
    else:
        if status == STOPPED:  # Typer made a status of a KeyboardInterrupt
            complain(NOTHING_KEPT, STOPPED)
    sys.exit(status or 0)


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
