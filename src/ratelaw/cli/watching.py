"""What `ratelaw learn` shows while it searches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ratelaw.learn.equations.search.structure import Watch


@contextmanager
def watched() -> Iterator[Watch | None]:
    """A function that is told of every fit and shows the best, if a terminal watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    best: list[tuple[float, int]] = []
    with Console(stderr=True).status("smoothing the data") as status:

        def tell(tried: int, terms: int, score: float) -> None:
            best[:] = [min([*best, (score, terms)])]
            loss, count = best[0]
            status.update(f"{tried} models fitted; best: loss {loss:.2f}, {count} active terms")

        yield tell
