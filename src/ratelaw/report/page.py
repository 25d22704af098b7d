"""One self-contained HTML page: no script, no request, nothing beside the file."""

from pathlib import Path

from ratelaw.formats.files import write_text
from ratelaw.report.blocks import Page
from ratelaw.report.numbers import Number


def write_page(page: Page, path: Path) -> None:
    """Write a report as one HTML file; a failed write leaves what was there before.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    write_text(path, render(page))


def render(page: Page) -> str:
    """The page as HTML.

    Every text is escaped; only the drawings and formulas that this package makes pass as they are.
    Numbers are ``data`` elements whose value has full precision.

    Examples
    --------
    >>> from ratelaw.report.blocks import Highlights
    >>> "1 &lt; 2" in render(Page("1 < 2", "So it is.", Highlights(()), ()))
    True
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ratelaw.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["shown_number"] = lambda cell: isinstance(cell, Number)
    return environment.get_template("page.html").render(page=page)
