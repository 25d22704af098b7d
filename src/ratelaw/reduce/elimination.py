"""Solving steady-state equations for the fast species, exactly, as far as closed forms reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from ratelaw.errors import ModelError
from ratelaw.network.expression import print_expression
from ratelaw.reduce.assemble import tidy

LARGEST_DEGREE = 2
"""Roots of a higher degree have no closed form that is worth evaluating."""


@dataclass(frozen=True)
class Branch:
    """One solution: unknowns as expressions in what is known and in `remaining`.

    `conditions` are the equations for the `remaining` unknowns that have no closed form.
    """

    expressions: dict[sp.Symbol, sp.Expr]
    remaining: tuple[sp.Symbol, ...]
    conditions: tuple[sp.Expr, ...]


def solve(
    equations: Sequence[sp.Expr], unknowns: Sequence[sp.Symbol], known: Mapping[sp.Symbol, float]
) -> list[Branch]:
    """Solve equations = 0 for the unknowns, eliminating one after another.

    An unknown that occurs linearly is eliminated; an equation of degree two in one unknown has two
    branches. Equations that resist are returned as the conditions of a branch.

    Parameters
    ----------
    equations, unknowns
        As many equations as unknowns.
    known
        Every other symbol with a typical value: of the two ways to write the root of a quadratic
        equation, the one that does not cancel there is taken.

    Returns
    -------
    All branches, real or not, wanted or not: the caller tells which is physical.

    Raises
    ------
    ModelError
        If the equations contradict or do not determine the unknowns.

    Examples
    --------
    >>> x, y, a = sp.symbols("x y a")
    >>> solve([x + y - a, x - 2 * y], [x, y], {a: 1.0})[0].expressions
    {x: 2*a/3, y: a/3}
    """
    left, free = [_numerator(equation) for equation in equations], list(unknowns)
    _check(left, free)
    linear = _linear(left, free)
    if not (linear and linear[0].certain):
        for equation in left:
            roots = _roots(equation, free, known)
            if roots:
                unknown = next(iter(equation.free_symbols & set(free)))
                others = [other for other in left if other is not equation]
                return [
                    branch
                    for root in roots
                    for branch in _eliminated(others, free, unknown, root, known)
                ]
    if linear:
        first = linear[0]
        others = [other for other in left if other is not first.equation]
        return _eliminated(others, free, first.unknown, first.value, known)
    return [Branch({}, tuple(free), tuple(left))]


def _eliminated(
    equations: list[sp.Expr],
    unknowns: list[sp.Symbol],
    unknown: sp.Symbol,
    value: sp.Expr,
    known: Mapping[sp.Symbol, float],
) -> list[Branch]:
    """The branches of what is left once an unknown has been replaced by its value."""
    others = [other for other in unknowns if other != unknown]
    return [
        replace(
            branch,
            expressions={unknown: tidy(value.xreplace(branch.expressions)), **branch.expressions},
        )
        for branch in solve([e.xreplace({unknown: value}) for e in equations], others, known)
    ]


def _numerator(equation: sp.Expr) -> sp.Expr:
    exact = equation.xreplace({x: sp.Rational(str(x)) for x in equation.atoms(sp.Float)})
    return sp.expand(sp.fraction(sp.together(exact))[0])


def _check(equations: Sequence[sp.Expr], unknowns: Sequence[sp.Symbol]) -> None:
    for equation in equations:
        if not equation.free_symbols & set(unknowns):
            raise ModelError(
                "the steady state of the fast species is not unique: their equations depend on "
                "each other"
                if equation == 0
                else "the fast species have no steady state: it would need "
                f"{print_expression(sp.factor(equation))} = 0, which holds no fast species"
            )


@dataclass(frozen=True)
class _Linear:
    """An equation that gives an unknown; certainly, if its coefficient holds no other unknown."""

    equation: sp.Expr
    unknown: sp.Symbol
    value: sp.Expr
    certain: bool
    effort: tuple[int, ...]


def _linear(equations: Sequence[sp.Expr], unknowns: Sequence[sp.Symbol]) -> list[_Linear]:
    """What can be eliminated, the safest and simplest first."""
    found = []
    for equation in equations:
        for unknown in equation.free_symbols & set(unknowns):
            if equation.is_polynomial(unknown) and sp.degree(equation, unknown) == 1:
                slope = equation.coeff(unknown, 1)
                hidden = len(slope.free_symbols & set(unknowns))
                value = sp.cancel(-equation.coeff(unknown, 0) / slope)
                effort = (hidden, int(sp.count_ops(slope)), unknowns.index(unknown))
                found.append(_Linear(equation, unknown, value, hidden == 0, effort))
    return sorted(found, key=lambda entry: entry.effort)


def _roots(
    equation: sp.Expr, unknowns: Sequence[sp.Symbol], known: Mapping[sp.Symbol, float]
) -> list[sp.Expr]:
    """Roots of an equation in one unknown whose factors have at most degree two; else none."""
    inside = equation.free_symbols & set(unknowns)
    if len(inside) != 1 or not equation.is_polynomial(*inside):
        return []
    unknown = next(iter(inside))
    factors = [sp.Poly(factor, unknown) for factor, _ in sp.factor_list(equation, unknown)[1]]
    if any(factor.degree() > LARGEST_DEGREE for factor in factors):
        return []
    return [root for factor in factors if factor.degree() for root in _factor_roots(factor, known)]


def _factor_roots(factor: sp.Poly, known: Mapping[sp.Symbol, float]) -> list[sp.Expr]:
    """The root of slope x + c, or both roots of a x^2 + b x + c, written without cancellation."""
    if factor.degree() == 1:
        slope, constant = factor.all_coeffs()
        return [tidy(-constant / slope)]
    a, b, c = factor.all_coeffs()
    if float(b.subs(known)) < 0:
        a, b, c = -a, -b, -c
    root = sp.sqrt(b**2 - 4 * a * c)
    return [tidy(-2 * c / (b + root)), tidy(-(b + root) / (2 * a))]
