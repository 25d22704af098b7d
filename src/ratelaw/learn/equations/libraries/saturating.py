"""Terms that saturate: Michaelis-Menten and Hill, and ratios with one shared denominator."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

import sympy as sp

from ratelaw.arguments import expect_list, expect_whole
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.polynomial import monomials
from ratelaw.learn.equations.libraries.term import Shape, Term
from ratelaw.network.expression import symbol


@dataclass(frozen=True)
class HillLibrary(Library):
    r"""Saturating activation by each species, in every equation.

    .. math:: \Gamma = \frac{y_s^n}{K_{s,n}^n + y_s^n}

    Order 1 is Michaelis and Menten's law. Repression is a constant less an activation: add a
    library with the constant 1.

    Parameters
    ----------
    orders
        The orders n, whole numbers.

    Raises
    ------
    DataError
        If an order is no whole number >= 1.

    Notes
    -----
    Michaelis and Menten 1913; Hill 1910.

    Examples
    --------
    >>> print(HillLibrary((2,)).columns(["A"])[0])
    A^2/(A^2 + K_A_2^2)
    """

    orders: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        expect_list("orders", self.orders, "(1, 2)")
        for order in self.orders:
            expect_whole("an order", order, 1)

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        found = []
        for equation in species:
            for name in species:
                for order in self.orders:
                    half, y = symbol(f"K_{name}_{order}"), symbol(name)
                    rate = y**order / (half**order + y**order)
                    shape = Shape(half, unit=((name, 1),))
                    found.append(Term(rate, {equation: 1}, shapes=(shape,)))
        return tuple(found)


@dataclass(frozen=True)
class RationalLibrary(Library):
    r"""Ratios of polynomials with one shared denominator, which stays positive.

    .. math:: \dot y_v = \frac{\sum_m \theta_{vm} y^m}{1 + \sum_{m \ne 0} d_m y^m}, \qquad d \ge 0

    The terms of the denominator are chosen as those of the numerators are.

    Parameters
    ----------
    degree
        Of the numerators.
    denominator
        Of the denominator.
    constant
        Whether the numerators may hold a constant.

    Raises
    ------
    DataError
        If a degree is no whole number >= 1.

    Examples
    --------
    >>> [str(term) for term in RationalLibrary(degree=1, denominator=1).columns(["x"])]
    ['1/(d_x*x + 1)', 'x/(d_x*x + 1)']
    """

    degree: int = 2
    denominator: int = 1
    _: KW_ONLY
    constant: bool = True

    def __post_init__(self) -> None:
        expect_whole("degree", self.degree, 1)
        expect_whole("denominator", self.denominator, 1)

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        below = sp.S.One
        shapes = []
        for names in monomials(species, 1, self.denominator):
            weight = symbol("d_" + "_".join(names))
            monomial = sp.Mul(*map(symbol, names))
            below += weight * monomial
            unit = tuple((name, -1) for name in names)
            shapes.append(Shape(weight, unit=unit, optional=True))
        return tuple(
            Term(sp.Mul(*map(symbol, names)) / below, {equation: 1}, shapes=tuple(shapes))
            for equation in species
            for names in monomials(species, 0 if self.constant else 1, self.degree)
        )
