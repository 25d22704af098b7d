"""The command that a page says it was made by."""

import typer
from click import Context
from typer.main import get_command

from ratelaw.cli.options import typed

app = typer.Typer()


@app.command()
def learn(
    data: list[str],
    *,
    observable: list[str] | None = typer.Option(None),  # noqa: B008
    initial: list[str] | None = typer.Option(None),  # noqa: B008
    exact: bool | None = typer.Option(None, "--exact/--fitted"),
    loss: str = "squared",
) -> None:
    """A command with options of every kind."""


def shown(*words):
    command = get_command(app)
    context: Context = command.make_context("learn", list(words))
    return typed(context)


def test_what_is_typed_again_is_the_same_command():
    given = "learn a.csv b.csv --observable T=A --observable Q=B --fitted --loss absolute"
    assert shown(*given.split()[1:]) == (
        "ratelaw learn a.csv b.csv --observable T=A --observable Q=B --fitted --loss absolute"
    )
    assert shown("a.csv") == "ratelaw learn a.csv --loss squared"
