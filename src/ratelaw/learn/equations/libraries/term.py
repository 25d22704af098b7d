"""One candidate term: what it changes, and how fast."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sympy as sp

from ratelaw.network import Reaction
from ratelaw.network.expression import print_expression


@dataclass(frozen=True)
class Shape:
    r"""A parameter > 0 inside a term, fitted beside the coefficients, as its logarithm.

    Attributes
    ----------
    symbol
        As it stands in the rate.
    start
        Where its search begins, in units of `unit`.
    unit
        Species and powers: the unit is the product of their largest values to these powers.
    optional
        Whether it may be 0: then it is chosen as terms are, and has their price.
    """

    symbol: sp.Symbol
    start: float = 1.0
    unit: tuple[tuple[str, int], ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Term:
    r"""A candidate term, a column over all equations.

    .. math:: \dot y_v = \dots + \theta\, u_v\, \phi(y, x)

    Attributes
    ----------
    rate
        phi, an expression in the species y, the inputs x and the shape parameters.
    changes
        u by species, those that it changes.
    positive
        Whether theta must be >= 0.
    shapes
        The shape parameters in the rate.
    label
        How it is shown; the rate itself unless given.
    reaction
        The mass-action reaction that it is, if it is one.

    Examples
    --------
    >>> A = sp.Symbol("A", real=True)
    >>> str(Term(A**2, {"A": -2, "B": 1}))
    'A^2'
    """

    rate: sp.Expr
    changes: Mapping[str, float]
    positive: bool = False
    shapes: tuple[Shape, ...] = ()
    label: str = ""
    reaction: Reaction | None = None

    def __str__(self) -> str:
        return self.label or print_expression(self.rate).replace("**", "^")

    @property
    def key(self) -> tuple:
        """What makes it another term: its rate, what it changes, and whether theta may be < 0."""
        return self.rate, tuple(sorted(self.changes.items())), self.positive

    def prefactor(self, species: Collection[str]) -> sp.Expr:
        """The factors of the rate that depend on inputs and shape parameters alone."""
        names = {*species}
        factors = [
            factor
            for factor in sp.Mul.make_args(self.rate)
            if factor.free_symbols and not {s.name for s in factor.free_symbols} & names
        ]
        return sp.Mul(*factors)


def names_of(terms: Sequence[Term]) -> tuple[str, ...]:
    """The terms as text; those that read alike also say what they change, 'A*B in dA/dt'."""
    alike = Counter(map(str, terms))
    return tuple(
        f"{term} in {', '.join(f'd{name}/dt' for name in term.changes)}"
        if alike[str(term)] > 1
        else str(term)
        for term in terms
    )
