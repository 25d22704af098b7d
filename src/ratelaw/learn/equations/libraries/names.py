"""Names in candidate terms: each stands for one thing, in all libraries that are added."""

from collections.abc import Collection, Iterable

from ratelaw.errors import ModelError
from ratelaw.learn.equations.libraries.term import Shape, Term


def require_own_parameters(terms: Collection[Term], others: Collection[Term]) -> None:
    """Refuse a parameter of one name inside different terms of two libraries.

    Raises
    ------
    ModelError
        Naming it.
    """
    for name in sorted(_parameters(terms) & _parameters(others)):
        ours, theirs = (
            {term.key: term for term in library if name in _parameters([term])}
            for library in (terms, others)
        )
        alone = [(ours | theirs)[key] for key in (ours.keys() ^ theirs.keys())]
        if alone:
            raise ModelError(
                f"two of the added libraries have a parameter {name!r}, which is also in the term "
                f"'{min(map(str, alone))}' that only one of them has: make one library of all its "
                f"terms, such as Arrhenius(first + second), or choose another name"
            )


def require_known(terms: Iterable[Term], species: Collection[str], inputs: Collection[str]) -> None:
    """Refuse names that are none of the data, and parameters with the name of something else.

    Raises
    ------
    ModelError
        Naming the term.
    """
    kinds = {**dict.fromkeys(inputs, "input"), **dict.fromkeys(species, "species")}
    known = ", ".join(kinds)
    parameters: dict[str, Shape] = {}
    for term in terms:
        for shape in term.shapes:
            name = shape.symbol.name
            if name in kinds:
                raise ModelError(
                    f"{name!r} is a parameter of the term '{term}', and a name in the data "
                    f"({kinds[name]}): rename one of the two"
                )
            if parameters.setdefault(name, shape) != shape:
                raise ModelError(
                    f"{name!r} stands for two parameters, one of them of the term '{term}': "
                    f"rename one of the two"
                )
        used = {symbol.name for symbol in term.rate.free_symbols} - _parameters([term])
        for name in sorted({*used, *term.changes} - kinds.keys()):
            raise ModelError(
                f"{name!r} in the term '{term}' is neither in the data, which have {known}, nor "
                f"one of the term's parameters"
            )
        for name in term.changes:
            if kinds[name] != "species":
                raise ModelError(f"the term '{term}' changes {name!r}, which is an input")


def _parameters(terms: Iterable[Term]) -> set[str]:
    return {shape.symbol.name for term in terms for shape in term.shapes}
