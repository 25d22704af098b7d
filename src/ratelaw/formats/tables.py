"""Time series as tables, CSV or Parquet: wide, a row a time, or tidy, a row a value."""

import re
from collections.abc import Callable
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING

from ratelaw.arguments import expect_path
from ratelaw.errors import DataError
from ratelaw.formats.files import inside
from ratelaw.formats.result_columns import ERROR, SET, result_columns
from ratelaw.formats.table_files import Row, format_columns, read_rows, write_columns
from ratelaw.formats.tidy import GROUPS, REPLICATE, is_tidy, widened
from ratelaw.suffixes import RESULTS, suffix_of

if TYPE_CHECKING:
    import xarray as xr

SERIES = (GROUPS[0], REPLICATE)
"""Columns that separate series."""

_LIKELY_ERROR = re.compile(
    r"(.+?)[ _.(-]+(?:sd|sem?|std(?:ev|err)?|err(?:or)?|sigma)\)?", re.IGNORECASE
)


def read_table(path: str | Path, *, allow_missing: bool = False) -> "list[xr.Dataset]":
    r"""Read time series from a CSV or Parquet file, wide or tidy.

    ::

        experiment,time,A,B,A_sd,B_sd        experiment,time,species,value,sd
        1,0,10,0,0,0                         1,0,A,10,0
        1,1,10.08,9.43,0.001,0.004           1,0,B,0,0

    Parameters
    ----------
    path
        The file: Parquet if it ends in ``.parquet``, else CSV. In a wide table `time` is required
        and increases within each series; `experiment` separates several series, `replicate` what
        was measured several times in one experiment; ``X_sd`` is the standard error of the values
        of species X; every other column is a species. A table with the columns `time`, `value`, and
        `species` or `observable` is tidy: its rows, in any order, may have `experiment` or
        `condition`, `replicate`, and `sd`, the standard error.
    allow_missing
        Whether a value may be missing: an empty cell, or in a tidy table no row. It is NaN.

    Returns
    -------
    One dataset an experiment and replicate, in order of appearance, with `average` (time, species)
    and, if the file has them, `standard_error` (time, species). The attributes `experiment` and
    `replicate` are what the columns of these names hold.

    Raises
    ------
    DataError
        Naming the file, the line (in Parquet the row) and the column: for a missing column, a cell
        that is not a finite number, times that do not increase, a value that is there twice, a
        negative standard error, a series of a single time.
    MissingPackageError
        If pyarrow is not installed and the file is Parquet.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.csv").write_text("time,A\n0,10\n1,9\n")
    ...     read_table(f"{folder}/a.csv")[0]["average"].values
    array([[10.],
           [ 9.]])
    """
    path = expect_path(path)
    if suffix_of(path) in RESULTS:
        raise DataError(f"{path} is no table: ratelaw.load reads {suffix_of(path)}")
    columns, rows = read_rows(path)
    with inside(path):
        if is_tidy(columns):
            columns, rows = widened(columns, rows, allow_missing=allow_missing)
        species = _species(columns)
        experiments: dict[tuple[object, ...], list[Row]] = {}
        for row in rows:
            key = tuple(row.cells.get(name, "") for name in SERIES)
            experiments.setdefault(key, []).append(row)
        return [
            _series(part, species, str(path), allow_missing=allow_missing)
            for part in experiments.values()
        ]


def write_table(results: "xr.Dataset", path: str | Path) -> None:
    """Write a result as a table, CSV or Parquet; the first of these that the result holds.

    ============ ==================================================================================
    average      time, a column a species, and ``X_sd``, its standard error, where that is known
    paths        trajectory, time, a column a species
    events       trajectory, time, reaction (its number, from 0), a column a species: counts after
                 it
    ============ ==================================================================================

    Of a parameter sweep, `parameter_set` and the swept values come before these.

    Parameters
    ----------
    results
        Of `simulate`; covariances and probabilities are not written.
    path
        Ending in ``.csv`` or ``.parquet`` (``pip install 'ratelaw[parquet]'``); a failed write
        leaves what was there before.

    Raises
    ------
    DataError
        If the results hold nothing of this, the name ends otherwise, or the file cannot be written.
    MissingPackageError
        If pyarrow is not installed and the file is Parquet.

    Examples
    --------
    >>> import tempfile
    >>> from ratelaw import MassAction, simulate, zoo
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_table(simulate(zoo.spcm(), MassAction(), [0, 1]), f"{folder}/a.csv")
    ...     print(Path(folder, "a.csv").read_text().splitlines()[:2])
    ['time,A,B', '0.0,10.0,0.0']
    """
    write_columns(result_columns(results), expect_path(path))


def format_table(results: "xr.Dataset") -> str:
    """What `write_table` writes as CSV."""
    return format_columns(result_columns(results))


def _species(columns: list[str]) -> list[str]:
    """The species among the columns, checked."""
    _check_spelling(columns)
    if "time" not in columns:
        raise DataError(
            f"no column 'time': the columns are {', '.join(columns)}; rename the one of the times"
        )
    for name in (SET, "trajectory"):
        if name in columns:
            raise DataError(f"column {name!r}: the table is not of averages of one parameter set")
    values = [name for name in columns if name not in ("time", *SERIES)]
    errors = [name for name in values if name.endswith(ERROR)]
    species = [name for name in values if name not in errors]
    if not species:
        raise DataError(f"no column of a species: the columns are {', '.join(columns)}")
    for name in errors:
        if name.removesuffix(ERROR) not in species:
            raise DataError(f"column {name!r}: there is no column {name.removesuffix(ERROR)!r}")
    for name in species:
        if errors and name + ERROR not in errors:
            raise DataError(f"column {name!r} has no {name + ERROR!r}: give all or none")
    return species


def _check_spelling(columns: list[str]) -> None:
    """Refuse what would be taken for a species, and is hardly meant as one."""
    for name in columns:
        if name.lower() in {"time", *SERIES} - {name}:
            raise DataError(f"column {name!r}: write {name.lower()!r}")
        likely = _LIKELY_ERROR.fullmatch(name)
        if likely and likely[1] in columns and name != likely[1] + ERROR:
            raise DataError(
                f"column {name!r}: name it {likely[1] + ERROR!r} if it is the standard error of "
                f"{likely[1]!r}; else rename it"
            )


def _series(
    rows: list[Row], species: list[str], source: str, *, allow_missing: bool
) -> "xr.Dataset":
    import xarray as xr

    times = [row.number("time") for row in rows]
    series = {name: str(rows[0].cells[name]) for name in SERIES if rows[0].cells.get(name)}
    if len(rows) == 1 and REPLICATE not in series:
        raise DataError(f"{rows[0].place}: a single time point; dynamics need at least two")
    for before, row in zip(times, rows[1:], strict=False):
        if row.number("time") <= before:
            told = (
                "; number replicates in a column 'replicate'"
                if row.number("time") == before
                else ""
            )
            raise row.error(
                "time", f"{row.number('time'):g} after {before:g}; times must increase{told}"
            )
    missing = [[allow_missing and row.is_empty(name) for name in species] for row in rows]

    def table(cell: Callable[[Row, str], float]) -> list[list[float]]:
        return [
            [nan if gap else cell(row, name) for name, gap in zip(species, gaps, strict=True)]
            for row, gaps in zip(rows, missing, strict=True)
        ]

    variables = {"average": table(Row.number)}
    if species[0] + ERROR in rows[0].cells:
        variables["standard_error"] = table(_error)
    return xr.Dataset(
        {name: (["time", "species"], values) for name, values in variables.items()},
        coords={"time": times, "species": species},
        attrs={"source": source, **series},
    )


def _error(row: Row, name: str) -> float:
    value = row.number(name + ERROR)
    if value < 0:
        raise row.error(name + ERROR, f"{value:g}; a standard error is >= 0")
    return value
