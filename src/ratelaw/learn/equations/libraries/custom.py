"""Terms of the user's own."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

from ratelaw.arguments import expect_list
from ratelaw.errors import DataError
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.term import Shape, Term
from ratelaw.network.expression import parse_expression, symbol


@dataclass(frozen=True)
class TermLibrary(Library):
    r"""Expressions, each a candidate in every equation.

    .. math:: \dot y_v = \sum_l \theta_{vl}\, \Gamma_l(y; \phi, x)

    Parameters
    ----------
    expressions
        In the species, the inputs and the names of `shapes`.
    shapes
        Parameters > 0 inside the expressions, with values to begin at.

    Raises
    ------
    DataError
        If a name of `shapes` stands in no expression.

    Examples
    --------
    >>> library = TermLibrary(("x", "x/(K + x)"), shapes={"K": 0.5})
    >>> [str(term) for term in library.columns(["x"])]
    ['x', 'x/(K + x)']
    """

    expressions: tuple[str, ...]
    _: KW_ONLY
    shapes: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expect_list("expressions", self.expressions, "('A', 'A*B')")
        used = {s.name for text in self.expressions for s in parse_expression(text).free_symbols}
        for name in self.shapes:
            if name not in used:
                raise DataError(f"{name!r} stands in none of the expressions")

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        found = []
        for equation in species:
            for text in self.expressions:
                rate = parse_expression(text)
                shapes = tuple(
                    Shape(symbol(name), start)
                    for name, start in self.shapes.items()
                    if symbol(name) in rate.free_symbols
                )
                found.append(Term(rate, {equation: 1}, shapes=shapes))
        return tuple(found)
