"""What a page is made of: data that the template lays out."""

from dataclasses import dataclass
from typing import ClassVar

from ratelaw.report.numbers import Number

Cell = str | Number


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Highlights:
    """The few numbers a reader should leave with, each with what it says."""

    kind: ClassVar[str] = "highlights"
    items: tuple[tuple[Cell, str], ...]


@dataclass(frozen=True)
class Formulas:
    """Displayed equations as MathML, made by `formulas.equation`."""

    kind: ClassVar[str] = "formulas"
    mathml: tuple[str, ...]
    caption: str


@dataclass(frozen=True)
class Listing:
    """Text to copy, in a fixed-width face."""

    kind: ClassVar[str] = "listing"
    text: str
    caption: str


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Panel:
    """One drawing of a figure as SVG, and what it shows for those who cannot see it."""

    svg: str
    alternative: str


@dataclass(frozen=True)
class Figure:
    """Panels in a grid of so many columns on a wide screen, fewer on a phone.

    Attributes
    ----------
    panels
        In reading order.
    strip
        A colour scale or key under the grid; None for none.
    """

    kind: ClassVar[str] = "figure"
    caption: str
    panels: tuple[Panel, ...]
    columns: int
    strip: Panel | None = None


Block = Text | Highlights | Formulas | Listing | Table | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """A report: its title, what was done in two sentences, and its sections."""

    title: str
    summary: str
    highlights: Highlights
    sections: tuple[Section, ...]
