"""Formulas of pages and docstrings as MathML, which browsers draw without any script."""

import re
from typing import TYPE_CHECKING

from latex2mathml import converter
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markdown import Markdown

SPELLED = {r"\arg": r"\operatorname{arg}", r"\Bigl\{": r"\left\{", r"\Bigr\}": r"\right\}"}
"""What latex2mathml does not know, in words that it knows."""


def convert(formula: str, display: str) -> str:
    """LaTeX to MathML."""
    for unknown, known in SPELLED.items():
        formula = formula.replace(unknown, known)
    return converter.convert(formula, display=display)


class Displayed(BlockProcessor):
    """A paragraph between ``$$``, or one that begins with ``.. math::``."""

    START = re.compile(r"(?:\.\. math::|\$\$)")

    def test(self, parent: "Element", block: str) -> bool:  # noqa: ARG002
        return self.START.match(block) is not None

    def run(self, parent: "Element", blocks: list[str]) -> None:  # noqa: ARG002
        formula = self.START.sub("", blocks.pop(0)).strip()
        html = convert(formula, display="block")
        blocks.insert(0, self.parser.md.htmlStash.store(f'<div class="formula">{html}</div>'))


class Inline(InlineProcessor):
    """Between single dollars."""

    def handleMatch(self, m: re.Match, data: str) -> tuple[str, int, int]:  # noqa: ARG002, N802
        return self.md.htmlStash.store(convert(m[1], display="inline")), m.start(0), m.end(0)


class MathML(Extension):
    """Both."""

    def extendMarkdown(self, md: "Markdown") -> None:  # noqa: N802
        md.parser.blockprocessors.register(Displayed(md.parser), "displayed-math", 100)
        md.inlinePatterns.register(Inline(r"\$([^$\s](?:[^$]*[^$\s])?)\$", md), "inline-math", 185)


def makeExtension(**options: object) -> MathML:  # noqa: N802
    """What Markdown asks for."""
    return MathML(**options)
