"""What an SBML document must be before a parser of SBML sees it."""

from xml.parsers import expat

from ratelaw.errors import ModelError, UnsupportedError

DEEPEST = 500
"""Elements in elements: parsers of SBML and MathML go down by recursion."""
TRUE = {"true", "1"}


def screen(text: str) -> None:
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
