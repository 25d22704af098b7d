"""Tidy tables, one row a value, to wide ones, one row a time."""

from collections.abc import Sequence

from ratelaw.errors import DataError
from ratelaw.formats.result_columns import ERROR
from ratelaw.formats.table_files import Row

NAMES, GROUPS = ("species", "observable"), ("experiment", "condition")
TIME, VALUE, DEVIATION = "time", "value", "sd"
REPLICATE = "replicate"
"""The column that tells apart what was measured several times in one experiment."""


def is_tidy(columns: Sequence[str]) -> bool:
    """Whether a table has a row for each value: by its columns."""
    return {TIME, VALUE} <= {*columns} and any(name in columns for name in NAMES)


def widened(
    columns: Sequence[str], rows: Sequence[Row], *, allow_missing: bool
) -> tuple[list[str], list[Row]]:
    """The columns and rows of the wide table; a value that is not there is an empty cell.

    Raises
    ------
    DataError
        Naming the line and the column: for other columns than those of a tidy table, a cell that
        is not what its column says, a value that is there twice or, unless allowed, not at all.
    """
    names, group = one_of(columns, NAMES), one_of(columns, GROUPS)
    for column in columns:
        if column not in {TIME, VALUE, DEVIATION, REPLICATE, names, group}:
            raise DataError(
                f"column {column!r} is none of a tidy table's: they are {', '.join(GROUPS)}, "
                f"{REPLICATE}, {TIME}, {', '.join(NAMES)}, {VALUE}, {DEVIATION}"
            )
    species: dict[str, None] = {}
    found: dict[tuple[object, object, float], Row] = {}
    for row in rows:
        name = _name(row, names)
        species[name] = None
        key = row.cells.get(group, ""), row.cells.get(REPLICATE, ""), row.number(TIME)
        cells = dict(zip((GROUPS[0], REPLICATE, TIME), key, strict=True))
        wide = found.setdefault(key, Row(row.place, cells)).cells
        if name in wide:
            raise row.error(
                names,
                f"{name!r} at time {key[2]:g} is there twice: number what is measured anew in a "
                f"column {REPLICATE!r}",
            )
        wide[name] = row.cells[VALUE] if row.is_empty(VALUE) else row.number(VALUE)
        if DEVIATION in columns:
            wide[name + ERROR] = row.cells[DEVIATION]
    values = [*species, *(name + ERROR for name in species if DEVIATION in columns)]
    for (*_, time), row in found.items():
        for column in values:
            if column not in row.cells and not allow_missing:
                raise row.error(column, f"no row at time {time:g}")
            row.cells.setdefault(column, None)
    appeared = list(dict.fromkeys(key[:2] for key in found))
    ordered = sorted(found, key=lambda key: (appeared.index(key[:2]), key[2]))
    return [GROUPS[0], REPLICATE, TIME, *values], [found[key] for key in ordered]


def one_of(columns: Sequence[str], names: Sequence[str]) -> str:
    """The one of these names that is a column; the first if none is."""
    present = [name for name in names if name in columns]
    if len(present) > 1:
        raise DataError(f"columns {' and '.join(map(repr, present))} say the same: leave one")
    return present[0] if present else names[0]


def _name(row: Row, column: str) -> str:
    name = str(row.cells[column])
    if row.is_empty(column) or name in {TIME, GROUPS[0], REPLICATE} or name.endswith(ERROR):
        raise row.error(column, f"{row.cells[column]!r} is no name of a species: rename it")
    return name
