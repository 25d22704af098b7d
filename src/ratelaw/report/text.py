"""Tables as text for a terminal."""

from ratelaw.report.blocks import Cell, Table
from ratelaw.report.numbers import Number

GAP = "  "


def print_table(table: Table) -> str:
    """The table of a page as aligned text; notes stand under their numbers.

    Examples
    --------
    >>> print(print_table(Table("Rates", ("rate", "truth"), (("lam", Number(1.1)),))))
    Rates
    rate  truth
    ----  -----
    lam     1.1
    """
    lines = [list(table.head), ["-" * len(title) for title in table.head]]
    for row in table.rows:
        lines.append([str(cell) for cell in row])
        notes = [_note(cell) for cell in row]
        if any(notes):
            lines.append(notes)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines[1] = ["-" * width for width in widths]
    return "\n".join([table.caption, *(_aligned(line, widths) for line in lines)])


def _note(cell: Cell) -> str:
    return cell.note if isinstance(cell, Number) else ""


def _aligned(line: list[str], widths: list[int]) -> str:
    first, *others = [*zip(line, widths, strict=True)]
    cells = [f"{first[0]:<{first[1]}}", *(f"{text:>{width}}" for text, width in others)]
    return GAP.join(cells).rstrip()
