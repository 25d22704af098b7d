"""Tables of counts: a row a cell, or one for several that showed the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ratelaw.arguments import expect_path
from ratelaw.errors import DataError
from ratelaw.formats.files import inside
from ratelaw.formats.table_files import Row, read_remarks, read_rows
from ratelaw.formats.tidy import GROUPS, TIME, one_of

CELLS, TRAJECTORY, UNSEEN = "cells", "trajectory", "unseen"


@dataclass(frozen=True, eq=False)
class CountTable:
    """The cells of one condition.

    Attributes
    ----------
    condition
        Its name; empty if the table has no such column.
    species
        Names, in the order of the columns.
    initial
        The state in which all cells began.
    times, counts, cells
        Shapes (rows,), (rows, species) and (rows,): when they were measured, what was seen, and of
        how many cells.
    unseen
        States in which no cell could be seen, ``"A + B == 0"``, as the file says; else None.
    """

    condition: str
    species: tuple[str, ...]
    initial: Mapping[str, float]
    times: np.ndarray
    counts: np.ndarray
    cells: np.ndarray
    unseen: str | None = None


def read_counts(
    path: str | Path, *, whole: bool = True, species: Sequence[str] | None = None
) -> list[CountTable]:
    r"""Read counts of cells from a CSV or Parquet file.

    ::

        # unseen: A + B == 0
        condition,time,A,B,cells
        fed,0,1,0,
        fed,2,1,1,14
        fed,2,2,0,3

    Parameters
    ----------
    path
        The file: Parquet if it ends in ``.parquet``, else CSV. `time` is required; `cells` says how
        many cells a row stands for, one unless told; `condition` or `experiment` separates cells
        that began otherwise; every other column is a species. The row at time 0 of each condition
        is the state in which its cells began. A first line ``# unseen: A + B == 0`` (in Parquet the
        metadata `unseen` of the schema) says which cells could not be seen, such as clones that
        have died out.
    whole
        Whether what was seen are numbers of molecules; with errors added they are not.
    species
        The columns that are species, and nothing else is read; all others unless told.

    Returns
    -------
    One table a condition, in order of appearance.

    Raises
    ------
    DataError
        Naming the file, the line (in Parquet the row) and the column: for a missing column, a cell
        that is not a finite number, a negative time, a count that is no number of molecules, a
        number of cells that is not 1, 2, ...; for a condition without a row at time 0, with two
        different ones, or with no other row.
    MissingPackageError
        If pyarrow is not installed and the file is Parquet.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.csv").write_text("time,A\n0,1\n2,3\n2,4\n")
    ...     (table,) = read_counts(f"{folder}/a.csv")
    >>> table.initial, table.counts[:, 0]
    ({'A': 1.0}, array([3., 4.]))
    """
    path = expect_path(path)
    columns, rows = read_rows(path)
    with inside(path):
        group = one_of(columns, GROUPS)
        chosen = _species(columns, group, species)
        conditions: dict[str, list[Row]] = {}
        for row in rows:
            conditions.setdefault(str(row.cells.get(group, "")), []).append(row)
        tables = [_table(name, part, chosen, whole=whole) for name, part in conditions.items()]
    unseen = read_remarks(path).get(UNSEEN)
    return [replace(table, unseen=unseen) for table in tables]


def _species(columns: Sequence[str], group: str, wanted: Sequence[str] | None) -> tuple[str, ...]:
    if TIME not in columns:
        raise DataError(f"no column {TIME!r}: the columns are {', '.join(columns)}")
    if TRAJECTORY in columns:
        raise DataError(f"column {TRAJECTORY!r}: each row is to be another cell, measured once")
    for name in wanted or ():
        if name not in columns:
            raise DataError(f"no column of species {name!r}: the columns are {', '.join(columns)}")
    species = tuple(wanted or (name for name in columns if name not in {TIME, CELLS, group}))
    if not species:
        raise DataError(f"no column of a species: the columns are {', '.join(columns)}")
    return species


def _table(
    condition: str, rows: Sequence[Row], species: tuple[str, ...], *, whole: bool
) -> CountTable:
    times = np.array([_time(row) for row in rows])
    counts = np.array(
        [
            [_count(row, name, whole=whole or time == 0) for name in species]
            for row, time in zip(rows, times, strict=True)
        ]
    )
    named = f"condition {condition!r}: " if condition else ""
    begins, later = np.flatnonzero(times == 0), np.flatnonzero(times)
    if not begins.size:
        raise DataError(f"{named}no row at time 0: one gives the state in which its cells began")
    if not later.size:
        raise DataError(f"{named}no row after time 0: no cell was measured")
    start = counts[begins[0]]
    for i in begins[(counts[begins] != start).any(axis=1)][:1].tolist():
        raise DataError(
            f"{named}{rows[begins[0]].place} and {rows[i].place}: two different states at time 0; "
            f"give cells that began otherwise another condition"
        )
    cells = np.array([_cells(rows[i]) for i in later.tolist()])
    initial = dict(zip(species, start.tolist(), strict=True))
    return CountTable(condition, species, initial, times[later], counts[later], cells)


def _time(row: Row) -> float:
    time = row.number(TIME)
    if time < 0:
        raise row.error(TIME, f"{time:g}; times are >= 0")
    return time


def _count(row: Row, name: str, *, whole: bool) -> float:
    count = row.number(name)
    if whole and not (count >= 0 and count.is_integer()):
        raise row.error(name, f"{count:g} is no number of molecules")
    return count


def _cells(row: Row) -> int:
    many = row.number(CELLS) if CELLS in row.cells else 1.0
    if not (many >= 1 and many.is_integer()):
        raise row.error(CELLS, f"{many:g} cells; use whole numbers from 1 on")
    return int(many)
