"""The commands, and how they are run."""

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Annotated, Any

import typer

from ratelaw.cli.convert import convert_command
from ratelaw.cli.endings import FAILED, NOTHING_KEPT, STOPPED, Kept, complain
from ratelaw.cli.examples import FIRST, example, examples_command
from ratelaw.cli.fit import fit_command
from ratelaw.cli.info import info_command
from ratelaw.cli.learn import learn_command
from ratelaw.cli.rates import rates_command
from ratelaw.cli.reduce import reduce_command
from ratelaw.cli.reproduce import reproduce_command
from ratelaw.cli.simulate import simulate_command
from ratelaw.errors import RatelawError
from ratelaw.learn.equations.compile_cache import keep_compiled_flows

COMMANDS: dict[str, Callable[..., Any]] = {
    "simulate": simulate_command,
    "learn": learn_command,
    "fit": fit_command,
    "rates": rates_command,
    "reduce": reduce_command,
    "convert": convert_command,
    "info": info_command,
    "reproduce": reproduce_command,
    "examples": examples_command,
}
"""What each name runs."""
_USAGE_ERROR: Any = typer.BadParameter.__base__

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
for _name, _command in COMMANDS.items():
    app.command(_name, epilog=f"\b\nExample:\n  {example(_name)}")(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a refusal is one line on stderr and exit status 2."""
    keep_compiled_flows()
    try:
        status = app(arguments, prog_name="ratelaw", standalone_mode=False)
    except RatelawError as error:
        status = complain(str(error), FAILED)
    except _USAGE_ERROR as error:
        status = complain(_usage(error), FAILED)
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
        typer.echo(_greeting())


def _usage(error: Any) -> str:  # noqa: ANN401
    """What is wrong with a line; what an option is for, where it is missing."""
    missing = "Missing" in error.format_message() and getattr(error.param, "help", None)
    return error.format_message() + (f" {error.param.help}" if missing else "")


def _greeting() -> str:
    """The five things that ratelaw does, with an example of each."""
    does = {name: (COMMANDS[name].__doc__ or "").splitlines()[0] for name in FIRST}
    return "\n\n".join(
        [
            f"ratelaw {version('ratelaw')}: chemical reaction networks across scales, from data",
            *(f"{words}\n  {example(name)}" for name, words in does.items()),
            "The files of these examples are written by\n  ratelaw examples",
            "All commands, and all options of one\n  ratelaw --help\n  ratelaw simulate --help",
        ]
    )
