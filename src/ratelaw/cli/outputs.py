"""Where a result is written."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratelaw.errors import DataError
from ratelaw.formats.table_files import check_table
from ratelaw.formats.tables import format_table, write_table
from ratelaw.simulate import RecordEvents, RecordMoments, RecordPaths, save
from ratelaw.simulate.recorders.recorder import Recorder
from ratelaw.simulate.result_files import check_savable
from ratelaw.suffixes import RESULTS, TABLES, suffix_of

if TYPE_CHECKING:
    import xarray as xr

TABULAR = (RecordMoments, RecordPaths, RecordEvents)
"""What a table can hold: the first of them that is recorded."""

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="A .nc or .zarr; for a table a .csv or .parquet."),
]


def writer(output: Path | None, record: Sequence[Recorder]) -> "Callable[[xr.Dataset], None]":
    """What to do with a result, checked before there is one.

    Parameters
    ----------
    output
        The file; without one a table is printed.
    record
        What is recorded: of this a table holds one thing, the first of `TABULAR`.
    """
    if output is not None and suffix_of(output) in RESULTS:
        check_savable(output)
        return lambda results: save(results, output)
    if output is not None and suffix_of(output) not in TABLES:
        raise DataError(f"{output}: the name must end in {', '.join([*RESULTS, *TABLES])}")
    held = [part for kind in TABULAR for part in record if isinstance(part, kind)][:1]
    lost = [part.records for part in record if part not in held]
    if lost:
        without = (
            ", or leave out averages by --moments 0"
            if any(isinstance(part, RecordMoments) for part in record)
            else ""
        )
        raise DataError(
            f"a table holds averages alone, or paths, or events, and would lose "
            f"{', '.join(lost)}: give -o a name that ends in {' or '.join(RESULTS)}{without}"
        )
    if output is None:
        return lambda results: typer.echo(format_table(results), nl=False)
    check_table(output)
    return lambda results: write_table(results, output)
