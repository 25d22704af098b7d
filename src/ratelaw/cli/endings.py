"""How a command ends: a line on stderr and an exit status."""

import typer

BEYOND, FAILED, STOPPED = 1, 2, 130
NOTHING_KEPT = "interrupted; nothing was written"


class Kept(Exception):  # noqa: N818
    """A run that was stopped, and what was finished of it is kept."""


def complain(text: str, status: int) -> int:
    """Say what is wrong, in one line; the status to exit with."""
    typer.echo(f"ratelaw: {' '.join(text.split())}", err=True)
    return status
