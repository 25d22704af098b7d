"""An SBML document, read by libsbml, once it is seen to be harmless."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

import libsbml

from ratelaw.errors import DataError, ModelError, UnsupportedError
from ratelaw.formats.files import Parsed, one_line, parse_file

LARGEST_FILE = 100_000_000
SHOWN = 3
"""Of libsbml's messages."""

DEEPEST = 500
"""Elements in elements: parsers of SBML and MathML go down by recursion."""
TRUE = {"true", "1"}
VALID = (
    libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY,
    libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
    libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
)
"""What has to hold for a model to mean anything."""


def parse_path(path: Path, parse: Callable[[str], Parsed]) -> Parsed:
    """What an SBML file says; refusals begin with its name.

    Raises
    ------
    DataError
        If it cannot be read, or is too large.
    ModelError, UnsupportedError
        Of `parse`.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path} is larger than {LARGEST_FILE:,} bytes")
    except OSError as error:
        raise DataError(f"cannot read a network from {path}: {error}") from None
    return parse_file(path, "a network", parse)


def parse_document(text: str) -> Any:  # noqa: ANN401
    """The document as libsbml has it: valid, and with a model in it that is supported.

    Raises
    ------
    ModelError
        If it is not valid SBML, with libsbml's messages and lines; or there is nothing in it.
    UnsupportedError
        If it is of Level 1, a package is required, or there are algebraic rules, fast reactions, or
        constraints.
    """
    text = text.removeprefix("\ufeff")
    _screen(text)
    document = libsbml.readSBMLFromString(text)
    _refuse_errors(document)
    check(document, VALID)
    _refuse_errors(document)
    if document.getModel() is None:
        raise ModelError("there is no model in it")
    if document.getLevel() not in {2, 3}:
        raise UnsupportedError(f"SBML Level {document.getLevel()}: Levels 2 and 3 are read")
    _refuse_empty(document.getModel())
    _refuse_unsupported(document.getModel())
    return document


def check(document: Any, categories: Collection[int]) -> None:  # noqa: ANN401
    """Let libsbml check what belongs to some of its categories: it adds errors to the document."""
    for category in range(libsbml.LIBSBML_CAT_SBML, libsbml.LIBSBML_CAT_MODELING_PRACTICE + 1):
        document.setConsistencyChecks(category, category in categories)
    document.checkConsistency()


def each(count: int, get: Any) -> list[Any]:  # noqa: ANN401
    """The parts of a list of libsbml's."""
    return [get(i) for i in range(count)]


def gist(message: str) -> str:
    r"""What is particular in a message of libsbml's: what follows the rule and where that is from.

    Examples
    --------
    >>> gist("Names are unique.\nReference: L3V2 Section 3.3\n 'k' is there twice.")
    "'k' is there twice."
    """
    rule, _, rest = message.partition("\nReference: ")
    return one_line(rest.partition("\n")[2]) or one_line(rule)


def _refuse_errors(document: Any) -> None:  # noqa: ANN401
    errors = each(document.getNumErrors(), document.getError)
    bad = [e for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if bad:
        shown = "; ".join(f"line {e.getLine()}: {gist(e.getMessage())}" for e in bad[:SHOWN])
        rest = f"; and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        raise ModelError(f"not valid SBML: {shown}{rest}")


def _refuse_empty(model: Any) -> None:  # noqa: ANN401
    parts = (model.getNumSpecies, model.getNumCompartments, model.getNumParameters)
    others = (model.getNumRules, model.getNumReactions, model.getNumEvents)
    if not any(count() for count in (*parts, *others)):
        raise ModelError("there is nothing in it: no species, no parameter, no compartment")


def _refuse_unsupported(model: Any) -> None:  # noqa: ANN401
    for i in range(model.getNumRules()):
        if model.getRule(i).isAlgebraic():
            raise UnsupportedError(
                f"algebraic rule {i + 1}: only assignment and rate rules are read"
            )
    for i in range(model.getNumReactions()):
        reaction = model.getReaction(i)
        if reaction.isSetFast() and reaction.getFast():
            raise UnsupportedError(f"reaction {reaction.getId()!r} is fast: use reduce() instead")
    if model.getNumConstraints():
        raise UnsupportedError("constraint 1: constraints are not watched")


def _screen(text: str) -> None:
    """Refuse XML that is broken, bombs, and packages without which a model means something else."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    children: list[int] = []  # so far, of all elements that are open

    def opened(name: str, attributes: dict[str, str]) -> None:
        if not children:
            _refuse_root(name, attributes)
        elif name.endswith(" csymbol"):
            _refuse_misplaced(attributes.get("definitionURL", ""), children[-1])
        if children:
            children[-1] += 1
        children.append(0)
        if len(children) > DEEPEST:
            line = parser.CurrentLineNumber
            raise ModelError(f"line {line}: elements are nested more than {DEEPEST} deep")

    parser.XmlDeclHandler = _refuse_encoding
    parser.StartDoctypeDeclHandler = _refuse_type
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda _: children.pop()
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        raise ModelError(f"not valid SBML: line {error.lineno}: {reason}") from None


def _refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in {"utf-8", "us-ascii"}:
        raise ModelError(f"the encoding is {encoding}: SBML is UTF-8")


def _refuse_type(*_: object) -> None:
    raise ModelError("a document type or an entity is declared: SBML has none")


def _refuse_misplaced(meaning: str, place: int) -> None:
    """A function that is given as a value ends the process in libsbml."""
    if place > 0 and meaning.endswith(("/delay", "/rateOf")):
        raise ModelError(f"not valid SBML: the function {meaning} stands where a value should")


def _refuse_root(name: str, attributes: Mapping[str, str]) -> None:
    """A level and version that contradict the namespace are more than libsbml survives."""
    level, version = attributes.get("level", "?"), attributes.get("version", "?")
    plain = level == "1" or (level, version) == ("2", "1")
    namespace = f"http://www.sbml.org/sbml/level{level}" + ("" if plain else f"/version{version}")
    if name != f"{namespace}{'/core' if level == '3' else ''} sbml":
        raise ModelError(f"not valid SBML: it begins with {name!r} of level {level}.{version}")
    for key, value in attributes.items():
        if key.endswith(" required") and value.strip() in TRUE:
            package = key.split("/")[-2]
            raise UnsupportedError(f"the package {package!r} is required: SBML's core is read")
