"""Reports: sections as data, drawn and written as one self-contained HTML page."""

from ratelaw.report.blocks import (
    Figure,
    Formulas,
    Highlights,
    Listing,
    Page,
    Panel,
    Section,
    Table,
    Text,
)
from ratelaw.report.numbers import Number
from ratelaw.report.page import render, write_page
from ratelaw.report.text import print_table

__all__ = [
    "Figure",
    "Formulas",
    "Highlights",
    "Listing",
    "Number",
    "Page",
    "Panel",
    "Section",
    "Table",
    "Text",
    "print_table",
    "render",
    "write_page",
]
