"""What a command writes beside what it prints: numbers, a network, a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ratelaw.atomic import check_writable
from ratelaw.errors import DataError
from ratelaw.formats.networks import check_network_path
from ratelaw.suffixes import PAGES, suffix_of

Json = Annotated[Path | None, typer.Option("--json", help="Also write every number to this file.")]
NetworkFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write the network: .txt, .xml, .ant."),
]
Report = Annotated[Path | None, typer.Option(metavar="HTML", help="Also write a page.")]


def check_outcome(
    read: Sequence[str | Path],
    *,
    json: Path | None,
    output: Path | None,
    report: Path | None,
) -> None:
    """Refuse, before long work, files that cannot be written or would be lost."""
    if output:
        check_network_path(output)
    if report and suffix_of(report) not in PAGES:
        raise DataError(f"{report}: a page is written as {' or '.join(PAGES)}")
    check_files([path for path in (json, output, report) if path], read)


def check_files(written: Sequence[Path], read: Sequence[str | Path]) -> None:
    """Refuse files that cannot be written, that are read too, or of which two are one."""
    sources, targets = {Path(path).resolve() for path in read}, [path.resolve() for path in written]
    for path, target in zip(written, targets, strict=True):
        check_writable(path)
        if target in sources:
            raise DataError(f"{path} is read, and would be lost: write to another file")
        if targets.count(target) > 1:
            raise DataError(f"{path} is to be written twice: give each a file of its own")
