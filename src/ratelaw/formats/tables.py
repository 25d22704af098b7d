"""Time series as CSV: one column a species, one row a time."""

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError
from ratelaw.formats.files import write_text

if TYPE_CHECKING:
    import xarray as xr

ERROR = "_sd"


@dataclass(frozen=True)
class _Row:
    """One line of the file: its number, and its cells by column."""

    line: int
    cells: dict[str, str]

    def number(self, column: str) -> float:
        text = self.cells[column]
        try:
            value = float(text)
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            raise self.error(column, f"{text!r} is not a finite number")
        return value

    def error(self, column: str, found: str) -> DataError:
        return DataError(f"line {self.line}, column {column!r}: {found}")


def read_table(path: str | Path) -> "list[xr.Dataset]":
    r"""Read time series from a CSV file.

    ::

        experiment,time,A,B,A_sd,B_sd
        1,0,10,0,0,0
        1,1,10.08,9.43,0.001,0.004

    Parameters
    ----------
    path
        The file. `time` is required and increases within each experiment; `experiment` separates
        several series; ``X_sd`` is the standard error of the values of species X. Every other
        column is a species.

    Returns
    -------
    One dataset an experiment, in order of appearance, with `average` (time, species) and, if the
    file has them, `standard_error` (time, species).

    Raises
    ------
    DataError
        Naming the line and the column: for a missing column, a cell that is not a finite number,
        times that do not increase, a negative standard error, a series of a single time.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.csv").write_text("time,A\n0,10\n1,9\n")
    ...     read_table(f"{folder}/a.csv")[0]["average"].values
    array([[10.],
           [ 9.]])
    """
    columns, rows = _read(path)
    species = _species(columns)
    experiments: dict[str, list[_Row]] = {}
    for row in rows:
        experiments.setdefault(row.cells.get("experiment", ""), []).append(row)
    return [_series(part, species, str(path)) for part in experiments.values()]


def write_table(results: "xr.Dataset", path: str | Path) -> None:
    """Write the averages of a result, and their standard errors where known, as CSV.

    Parameters
    ----------
    results
        With `average` (time, species); covariances, paths and probabilities are not written.
    path
        The file; a failed write leaves what was there before.

    Raises
    ------
    DataError
        If the results hold no averages, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from ratelaw import MassAction, simulate, zoo
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_table(simulate(zoo.spcm(), MassAction(), [0, 1]), f"{folder}/a.csv")
    ...     print(Path(folder, "a.csv").read_text().splitlines()[:2])
    ['time,A,B', '0.0,10.0,0.0']
    """
    write_text(Path(path), format_table(results))


def format_table(results: "xr.Dataset") -> str:
    """What `write_table` writes, at full precision."""
    if "average" not in results:
        raise DataError("the results hold no averages to put in a table")
    species = [str(name) for name in results["species"].values]
    header = ["time", *species]
    columns = [results["time"].values, *results["average"].values.T]
    if "moment_covariance" in results:
        variances = np.einsum("tmtm->mt", results["moment_covariance"].values)
        header += [name + ERROR for name in species]
        columns += list(np.sqrt(variances[: len(species)]))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(np.array(columns).T.tolist())
    return text.getvalue()


def _read(path: str | Path) -> tuple[list[str], list[_Row]]:
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            lines = [(reader.line_num, [c.strip() for c in line]) for line in reader if line]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"cannot read a table from {path}: {error}") from None
    if not lines:
        raise DataError(f"{path} is empty: expected a header such as 'time,A,B'")
    (_, header), *body = lines
    if not body:
        raise DataError(f"{path} has a header but no rows")
    for number, line in body:
        if len(line) != len(header):
            raise DataError(f"line {number}: {len(line)} cells, but {len(header)} columns")
    return header, [_Row(number, dict(zip(header, line, strict=True))) for number, line in body]


def _species(columns: list[str]) -> list[str]:
    """The species among the columns, checked."""
    for i, name in enumerate(columns):
        if not name or name in columns[:i]:
            raise DataError(f"column {i + 1}: {name!r} is empty or there twice; rename it")
    if "time" not in columns:
        raise DataError(f"no column 'time': the columns are {', '.join(columns)}")
    values = [name for name in columns if name not in ("time", "experiment")]
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


def _series(rows: list[_Row], species: list[str], source: str) -> "xr.Dataset":
    import xarray as xr

    times = [row.number("time") for row in rows]
    if len(rows) == 1:
        raise DataError(f"line {rows[0].line}: a single time point; dynamics need at least two")
    for before, row in zip(times, rows[1:], strict=False):
        if row.number("time") <= before:
            raise row.error("time", f"{row.number('time'):g} after {before:g}; times must increase")
    variables = {"average": [[row.number(name) for name in species] for row in rows]}
    if species[0] + ERROR in rows[0].cells:
        variables["standard_error"] = [[_error(row, name) for name in species] for row in rows]
    return xr.Dataset(
        {name: (["time", "species"], table) for name, table in variables.items()},
        coords={"time": times, "species": species},
        attrs={"source": source},
    )


def _error(row: _Row, name: str) -> float:
    value = row.number(name + ERROR)
    if value < 0:
        raise row.error(name + ERROR, f"{value:g}; a standard error is >= 0")
    return value
