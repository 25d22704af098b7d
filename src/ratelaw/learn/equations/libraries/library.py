"""Libraries: the terms that a learned right-hand side may be made of."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations, combinations_with_replacement

import sympy as sp

from ratelaw.errors import DataError
from ratelaw.learn.equations.libraries.names import require_own_parameters
from ratelaw.learn.equations.libraries.term import Term
from ratelaw.network.expression import symbol


class Library(ABC):
    """A set of basis functions Gamma(y) of the variables.

    A library names its terms, and nothing else: a `Term` is a rate, what it changes in which
    equations, whether its coefficient may be negative, and parameters inside the rate, each a
    `Shape` with a name that no other library uses. Where a term is a mass-action reaction it says
    so, and becomes one in a network again.
    """

    @abstractmethod
    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        """The candidate terms of equations for these species, in a fixed order, each once."""

    def __add__(self, other: "Library") -> "Library":
        """Both libraries; a term that is in both is there once."""
        return SumOfLibraries((self, other))


@dataclass(frozen=True)
class SumOfLibraries(Library):
    """The terms of several libraries."""

    libraries: tuple[Library, ...]

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        parts = [library.columns(species) for library in self.libraries]
        for part, other in combinations(parts, 2):
            require_own_parameters(part, other)
        found: dict[tuple, Term] = {}
        for term in chain(*parts):
            found.setdefault(term.key, term)
        return tuple(found.values())


@dataclass(frozen=True)
class PolynomialLibrary(Library):
    r"""All monomials of the variables from degree 1 (or 0) up to `degree`.

    .. math:: \Gamma(y) = (y_1, \dots, y_V, y_1^2, y_1 y_2, \dots)

    Parameters
    ----------
    degree
        Highest total degree, at least 1.
    constant
        Whether the constant 1 is a term.

    Raises
    ------
    DataError
        If the degree is not a whole number >= 1.

    Notes
    -----
    Yang 2020, Eq. (11), is degree 2 without constant.

    Examples
    --------
    >>> PolynomialLibrary(degree=2).terms(sp.symbols("A B"))
    (A, B, A**2, A*B, B**2)
    """

    degree: int = 2
    constant: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.degree, int) and self.degree >= 1):
            raise DataError(f"degree={self.degree!r}: a library needs a whole number >= 1")

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        rates = self.terms(tuple(map(symbol, species)))
        return tuple(Term(rate, {name: 1}) for name in species for rate in rates)

    def terms(self, variables: Sequence[sp.Symbol]) -> tuple[sp.Expr, ...]:
        """The monomials, in a fixed order, each once."""
        return tuple(
            sp.Mul(*factors)
            for degree in range(0 if self.constant else 1, self.degree + 1)
            for factors in combinations_with_replacement(variables, degree)
        )
