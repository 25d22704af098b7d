"""Columns and rows in files: CSV or Parquet, by the ending of the name."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import takewhile
from pathlib import Path

import numpy as np

from ratelaw.atomic import check_writable, whole_file
from ratelaw.errors import DataError
from ratelaw.extras import require
from ratelaw.formats.files import inside, write_text
from ratelaw.suffixes import CSV, PARQUET, TABLES, suffix_of

REMARK = "#"
"""Begins the lines above the header of a CSV that say something about the table."""

_MISSING = {"", "na", "nan", "n/a", "nd", "n.d", "none", "null", "missing", "bdl", "lod"}
"""What tables hold for a value that is not there."""


@dataclass(frozen=True)
class Row:
    """One row: where it stands in the file, and its cells by column."""

    place: str
    cells: dict[str, object]

    def number(self, column: str) -> float:
        """A cell as a finite number."""
        return finite(self.cells.get(column), self._at(column))

    def is_empty(self, column: str) -> bool:
        """Whether nothing is in a cell: no text, null, or in Parquet NaN."""
        cell = self.cells[column]
        return cell is None or cell == "" or (isinstance(cell, float) and np.isnan(cell))

    def error(self, column: str, found: str) -> DataError:
        """What is wrong with a cell."""
        return DataError(f"{self._at(column)}: {found}")

    def _at(self, column: str) -> str:
        return f"{self.place}, column {column!r}"


def finite(cell: object, place: str) -> float:
    """A cell as a finite number.

    Raises
    ------
    DataError
        Saying where, if it is none.
    """
    if cell is None or cell == "":
        raise DataError(f"{place}: it is empty")
    try:
        value = float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = np.nan
    if not np.isfinite(value):
        raise DataError(f"{place}: {cell!r} is not a finite number{_advice(str(cell))}")
    return value


def _advice(cell: str) -> str:
    if cell.strip("<>./- ").lower() in _MISSING:
        return ": leave the cell empty where nothing was measured"
    return ": write decimals with a point" if "," in cell else ""


def check_table(path: Path) -> None:
    """Refuse a table that could not be written, before long work is done for it.

    Raises
    ------
    DataError
        If the ending is none of a table, or the file cannot be written.
    MissingPackageError
        If the format needs a package that is not installed.
    """
    if suffix_of(path) not in TABLES:
        raise DataError(f"{path}: the name of a table ends in {' or '.join(TABLES)}")
    if suffix_of(path) == PARQUET:
        require("pyarrow", f"to write {path}", extra="parquet")
    check_writable(path)


def write_columns(columns: Mapping[str, np.ndarray], path: Path) -> None:
    """Write columns of equal length; a failed write leaves what was there before."""
    check_table(path)
    if suffix_of(path) == CSV:
        write_text(path, format_columns(columns))
        return
    import pyarrow as pa
    from pyarrow import parquet

    with whole_file(path) as partial:
        parquet.write_table(pa.table(dict(columns)), partial)


def format_columns(columns: Mapping[str, np.ndarray]) -> str:
    """Columns as CSV, at full precision."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    return text.getvalue()


def read_rows(path: Path) -> tuple[list[str], list[Row]]:
    """The names of the columns, and at least one row."""
    header, rows = _read_parquet(path) if suffix_of(path) == PARQUET else _read_csv(path)
    with inside(path):
        _check_shape(header, rows)
    return header, [Row(place, dict(zip(header, cells, strict=True))) for place, cells in rows]


def read_remarks(path: Path) -> dict[str, str]:
    """What a table says of itself: first lines such as ``# unseen: A == 0``; Parquet's metadata."""
    if suffix_of(path) == PARQUET:
        from pyarrow import parquet

        metadata = parquet.ParquetFile(path).schema_arrow.metadata or {}
        return {key.decode(): value.decode() for key, value in metadata.items()}
    with path.open(encoding="utf-8-sig") as file:
        first = [line[1:].partition(":") for line in takewhile(_is_remark, file)]
    return {key.strip(): value.strip() for key, colon, value in first if colon}


def _is_remark(line: str) -> bool:
    return line.startswith(REMARK)


def _check_shape(header: Sequence[str], rows: Sequence[tuple[str, tuple[object, ...]]]) -> None:
    if not header:
        raise DataError("it is empty: expected columns such as 'time', 'A', 'B'")
    _check_header(header)
    if not rows:
        raise DataError("there is a header, but no rows")
    for place, cells in rows:
        if len(cells) != len(header):
            raise DataError(f"{place}: {len(cells)} cells, but {len(header)} columns")


def _check_header(header: Sequence[str]) -> None:
    for separator in (";", "\t"):
        if len(header) == 1 and separator in header[0]:
            raise DataError(
                f"columns are separated by {separator!r}: separate them by commas, and write "
                f"decimals with a point"
            )
    if all(map(_is_number, header)):
        raise DataError("there is no header: write names in the first line, 'time', 'A', 'B'")
    for i, name in enumerate(header):
        if not name:
            raise DataError(
                f"column {i + 1} has no name: name it, or leave it out, pandas by index=False"
            )
        if name in header[:i]:
            raise DataError(f"column {i + 1}: {name!r} is there twice; rename it")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _read_csv(path: Path) -> tuple[list[str], list[tuple[str, tuple[object, ...]]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = file.readlines()
            remarks = sum(1 for _ in takewhile(_is_remark, lines))
            reader = csv.reader(lines[remarks:], strict=True)
            rows = [
                (f"line {remarks + reader.line_num}", tuple(cell.strip() for cell in line))
                for line in reader
                if any(cell.strip() for cell in line)
            ]
    except UnicodeDecodeError:
        raise _unreadable(path, "it is no text in UTF-8: save it as CSV in UTF-8") from None
    except (OSError, csv.Error) as error:
        raise _unreadable(path, error) from None
    (_, header), *body = rows or [("", ())]
    return list(header), list(body)


def _read_parquet(path: Path) -> tuple[list[str], list[tuple[str, tuple[object, ...]]]]:
    require("pyarrow", f"to read {path}", extra="parquet")
    from pyarrow import ArrowException, parquet

    try:
        table = parquet.ParquetFile(path).read()
    except (OSError, ArrowException) as error:
        raise _unreadable(path, error) from None
    cells = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return table.column_names, [(f"row {i}", row) for i, row in enumerate(cells, start=1)]


def _unreadable(path: Path, error: Exception | str) -> DataError:
    return DataError(f"cannot read a table from {path}: {error}")
