"""What keeps formulas within the range of a float, and within reason.

SymPy computes with numbers of any size, and for as long as it takes.
"""

import sys
from collections.abc import Callable

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from ratelaw.network.expression import LARGEST_EXPONENT, LARGEST_LOGARITHM, exact_number

LARGEST = sp.Integer(int(sys.float_info.max))
SMALLEST = sp.Rational(sys.float_info.min)
LARGEST_FACTORIAL = 170
"""Of which the factorial fits into a float."""
MOST_CALLS = 20_000
"""Of functions, in all formulas."""
MOST_PARTS = 100_000
"""Of one formula, with all that it names put in."""
DEEPEST = 60
"""Brackets in brackets."""


def power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """base^exponent, unless it is too much to compute."""
    if exponent.is_number and exponent.is_real and abs(exponent) > LARGEST_EXPONENT:
        if not base.is_number or not exponent.is_Integer or abs(base).evalf() != 1:
            return _by_floats(base, exponent)
        exponent = exponent % 2
    return base**exponent


def _by_floats(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    if not base.is_number:
        raise ValueError(f"the exponent {float(exponent):g} is beyond {LARGEST_EXPONENT}")
    return within(sp.Pow(base.evalf(), exponent.evalf()))


def factorial(value: sp.Expr) -> sp.Expr:
    """value!, unless no float holds it."""
    if value.is_number and not value <= LARGEST_FACTORIAL:
        raise ValueError(f"the factorial of {float(value):g} is beyond a float")
    return sp.factorial(value)


def exponential(function: Callable[[sp.Expr], sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    """A function made of exp(x), unless x is a number so large that no float holds exp(x)."""

    def limited(value: sp.Expr) -> sp.Expr:
        if value.is_number and not abs(value) <= LARGEST_LOGARITHM:
            raise ValueError(f"an exponent of {float(value):g} is beyond a float")
        return function(value)

    return limited


def as_float(value: sp.Expr) -> sp.Expr:
    """A number as a float has it: digits after digits are not looked for to round it."""
    return exact_number(float(value)) if value.is_number and value.is_real else value


def within(value: sp.Expr) -> sp.Expr:
    """A value that is no number outside the range of a float, and real.

    Raises
    ------
    ValueError
        If it is.
    """
    if value.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I) or (value.is_number and not value.is_real):
        raise ValueError("it has no finite real value")
    if value.is_number and value != 0:
        size = abs(value if value.is_Rational else value.evalf())
        if not SMALLEST <= size <= LARGEST:
            raise ValueError("it is outside 2e-308 to 2e308, a float's range")
    return value


class Growth:
    """How large formulas are: with rules in rules they may double again and again."""

    def __init__(self) -> None:
        self._known: dict[sp.Basic, tuple[int, int]] = {}
        self._calls = 0

    def count_call(self) -> None:
        """Take notice of one more call of a function.

        Raises
        ------
        ValueError
            If there have been too many.
        """
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise ValueError(f"functions call functions more than {MOST_CALLS:,} times")

    def check(self, value: sp.Basic) -> None:
        """Refuse what nobody could compute.

        Raises
        ------
        ValueError
            If it has too many parts, or they are nested too deeply.
        """
        parts, depth = self._measure(value)
        if parts > MOST_PARTS:
            raise ValueError(f"with all that it names it has more than {MOST_PARTS:,} parts")
        if depth > DEEPEST:
            raise ValueError(f"with all that it names it is nested more than {DEEPEST} deep")

    def _measure(self, value: sp.Basic) -> tuple[int, int]:
        if not value.args:
            return 1, 1
        if value not in self._known:
            measured = [self._measure(part) for part in value.args]
            parts = 1 + sum(count for count, _ in measured)
            own = 0 if isinstance(value, ExprCondPair) else 1
            self._known[value] = parts, own + max(depth for _, depth in measured)
        return self._known[value]
