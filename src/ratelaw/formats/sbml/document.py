"""An SBML document, read by libsbml, once it is seen to be harmless."""

from pathlib import Path
from typing import Any
from xml.parsers import expat

import libsbml

from ratelaw.errors import DataError, ModelError, UnsupportedError
from ratelaw.formats.files import read_text
from ratelaw.formats.sbml.slopes import each

LARGEST_FILE = 100_000_000
SHOWN = 3
"""Of libsbml's messages."""

DEEPEST = 500
"""Elements in elements: parsers of SBML and MathML go down by recursion."""
TRUE = {"true", "1"}


def read_file(path: Path) -> str:
    """The text of an SBML file.

    Raises
    ------
    DataError
        If it cannot be read, or is too large.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path} is larger than {LARGEST_FILE:,} bytes")
    except OSError as error:
        raise DataError(f"cannot read a network from {path}: {error}") from None
    return read_text(path, "a network")


def document_of(text: str) -> Any:  # noqa: ANN401
    """The document as libsbml has it: valid and with a model in it.

    Raises
    ------
    ModelError
        If it is not valid SBML, with libsbml's messages and lines.
    UnsupportedError
        If it is of Level 1, or a package is required.
    """
    text = text.removeprefix("\ufeff")
    _screen(text)
    document = libsbml.readSBMLFromString(text)
    _refuse_errors(document)
    if document.getModel() is None:
        raise ModelError("there is no model in it")
    if document.getLevel() not in {2, 3}:
        raise UnsupportedError(f"SBML Level {document.getLevel()}: Levels 2 and 3 are read")
    return document


def _refuse_errors(document: Any) -> None:  # noqa: ANN401
    errors = each(document.getNumErrors(), document.getError)
    bad = [e for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if bad:
        shown = "; ".join(
            f"line {e.getLine()}: {' '.join(e.getMessage().split())}" for e in bad[:SHOWN]
        )
        rest = f"; and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        raise ModelError(f"not valid SBML: {shown}{rest}")


def _screen(text: str) -> None:
    """Refuse XML that is broken, bombs, and packages without which a model means something else.

    Raises
    ------
    ModelError
        If it is not well-formed, is not in UTF-8, declares a document type, or is nested too
        deeply; with the line.
    UnsupportedError
        If a package is required.
    """
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in {"utf-8", "us-ascii"}:
            raise ModelError(f"the encoding is {encoding}: SBML is UTF-8")

    def typed(*_: object) -> None:
        raise ModelError("a document type or an entity is declared: SBML has none")

    def opened(_name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            line = parser.CurrentLineNumber
            raise ModelError(f"line {line}: elements are nested more than {DEEPEST} deep")
        for name, value in attributes.items():
            if name.endswith(":required") and value.strip() in TRUE:
                package = name.partition(":")[0]
                raise UnsupportedError(f"the package {package!r} is required: SBML's core is read")

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = typed
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        raise ModelError(f"not valid SBML: line {error.lineno}: {reason}") from None
