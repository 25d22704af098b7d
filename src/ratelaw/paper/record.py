"""How a page was made: versions, times, the command."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ratelaw.paper.published import REFERENCE
from ratelaw.report import Listing, Number, Section, Table, frame


class Steps:
    """Tells what begins and remembers how long it took."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """One step; `progress` hears its name as it begins."""
        self._progress(name)
        begin = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begin


def record_section(seconds: dict[str, float], command: str, network: str, remark: str) -> Section:
    """The last section of a page: command, times, network, the paper, versions."""
    rows = [(name, Number(part, digits=3)) for name, part in seconds.items()]
    return frame.record_section(
        command,
        Table(
            "Wall-clock time, compilation included.",
            ("step", "seconds"),
            (*rows, ("all", Number(sum(seconds.values()), digits=3))),
        ),
        Listing(network, "The network that the data were made with."),
        remark=f"{remark} The paper: {REFERENCE}.",
    )
