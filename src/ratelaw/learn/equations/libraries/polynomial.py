"""Monomials: the terms of polynomial right-hand sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import sympy as sp

from ratelaw.arguments import expect_whole
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.term import Term
from ratelaw.network.expression import symbol


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
    >>> [str(term) for term in PolynomialLibrary(degree=2).columns(["x"])]
    ['x', 'x^2']
    """

    degree: int = 2
    constant: bool = False

    def __post_init__(self) -> None:
        expect_whole("degree", self.degree, 1)

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        rates = [
            sp.Mul(*map(symbol, factors))
            for factors in monomials(species, 0 if self.constant else 1, self.degree)
        ]
        return tuple(Term(rate, {name: 1}) for name in species for rate in rates)


def monomials(variables: Sequence[str], lowest: int, degree: int) -> list[tuple[str, ...]]:
    """The factors of each monomial, degree by degree.

    Examples
    --------
    >>> monomials("AB", 1, 2)
    [('A',), ('B',), ('A', 'A'), ('A', 'B'), ('B', 'B')]
    """
    return [
        factors
        for size in range(lowest, degree + 1)
        for factors in combinations_with_replacement(variables, size)
    ]
