"""A progress bar on the terminal for runs that take a while."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Seconds before a bar appears: shorter runs show none."""


@contextmanager
def progress_bar(total: int, unit: str, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many of `total` are done."""
    if not shown:
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn(unit),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(unit, total=total, speed="")
    begin = time.monotonic()

    def advance(done: int) -> None:
        elapsed = time.monotonic() - begin
        if elapsed > PATIENCE:
            bar.start()
            bar.update(task, completed=done, speed=f"{done / elapsed:,.0f}/s")

    try:
        yield advance
    finally:
        bar.stop()
