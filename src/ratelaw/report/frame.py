"""The first and the last section of every page: what to know, and how it was made."""

from collections.abc import Sequence

from ratelaw.report.blocks import Block, Listing, Section, Text
from ratelaw.report.versions import print_versions


def remarks_section(said: Sequence[str], otherwise: str) -> Section:
    """What to know beforehand, a paragraph each, or that there is nothing."""
    return Section(
        "To know beforehand", tuple(Text(as_sentence(text)) for text in said or (otherwise,))
    )


def record_section(command: str, *middle: Block, remark: str = "") -> Section:
    """The command, what a page has of its own, and the versions of what computed it."""
    return Section(
        "How this page was made",
        (Listing(command, "The command."), *middle, Text(f"{remark} {print_versions()}.".strip())),
    )


def as_sentence(text: str) -> str:
    """With a capital and one full stop.

    Examples
    --------
    >>> as_sentence("nothing stands out")
    'Nothing stands out.'
    """
    return text[0].upper() + text[1:].rstrip(".") + "."
