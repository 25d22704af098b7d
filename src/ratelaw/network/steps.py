"""Time in rates: its symbol, and inputs that are constant between given times."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import sympy as sp
from sympy.core.logic import fuzzy_and

from ratelaw.errors import ModelError

TIME = sp.Symbol("time", real=True)
"""What `time` means in a rate expression."""


class Steps(sp.Function):
    r"""A right-continuous input that is constant between increasing times.

    .. math:: v(t) = v_i \quad (t_i \le t < t_{i+1}), \qquad t_0 = -\infty

    Its arguments are the time, v0, t1, v1, t2, v2, ...; at a number for the time it is a value.

    Examples
    --------
    >>> Steps(TIME, 1, 5, 2)
    steps(1, 5, 2)
    >>> Steps(5, 1, 5, 2)
    2
    """

    @classmethod
    def eval(cls, time: sp.Expr, first: sp.Expr, *rest: sp.Expr) -> sp.Expr | None:
        if not time.is_number:
            return None
        return (first, *rest[1::2])[bisect_right(rest[::2], time)]

    @property
    def values(self) -> tuple[sp.Expr, ...]:
        """v0, v1, ..."""
        return self.args[1::2]

    @property
    def times(self) -> tuple[sp.Number, ...]:
        """t1, t2, ..."""
        return self.args[2::2]

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """By the time 0, almost everywhere; by a value 1 where it holds, and 0 elsewhere."""
        if argindex % 2:
            return sp.S.Zero
        units = [int(i + 1 == argindex) if i % 2 else arg for i, arg in enumerate(self.args)]
        return self.func(*units)

    def as_piecewise(self) -> sp.Piecewise:
        """The same function as SymPy's own."""
        ends = [sp.Lt(self.args[0], time) for time in self.times]
        return sp.Piecewise(*zip(self.values, [*ends, True], strict=True))

    def _eval_is_real(self) -> bool | None:
        return fuzzy_and(value.is_real for value in self.values)

    def _sympystr(self, printer: Any) -> str:  # noqa: ANN401
        return f"steps({', '.join(map(printer._print, self.args[1:]))})"  # noqa: SLF001

    def _latex(self, printer: Any, exp: str | None = None) -> str:  # noqa: ANN401
        cases = rf"\left({printer._print(self.as_piecewise())}\right)"  # noqa: SLF001
        return cases if exp is None else f"{cases}^{{{exp}}}"


def steps(*arguments: sp.Expr) -> Steps:
    """What ``steps(v0, t1, v1, ...)`` means in a rate expression.

    Raises
    ------
    ModelError
        If times are not increasing numbers, or a value depends on time.
    """
    found = f"steps({', '.join(map(str, arguments))})"
    if len(arguments) < 3 or len(arguments) % 2 == 0:  # noqa: PLR2004
        raise ModelError(
            f"{found} has {len(arguments)} arguments: write a value, then times and values in "
            f"turn, as in 'steps(v0, t1, v1)'"
        )
    times = arguments[1::2]
    for time in times:
        if not (time.is_Rational or time.is_Float):
            raise ModelError(f"{found}: the time '{time}' must be a number, such as 2.5")
    for before, after in pairwise(times):
        if not float(before) < float(after):
            raise ModelError(f"{found}: the time {after} comes after {before}; they must increase")
    for value in arguments[::2]:
        if value.has(TIME):
            raise ModelError(
                f"{found}: the value '{value}' depends on time; values are made of numbers and "
                f"parameters, so add or multiply outside of steps"
            )
    return Steps(TIME, *arguments)


def steps_of(expressions: Iterable[sp.Basic]) -> tuple[Steps, ...]:
    """The distinct steps in expressions, in a fixed order."""
    found: set[Steps] = set().union(*(expression.atoms(Steps) for expression in expressions))
    return tuple(sorted(found, key=sp.default_sort_key))


def change_points(expressions: Iterable[sp.Basic]) -> tuple[float, ...]:
    """The times at which steps in expressions change, sorted, each once."""
    return tuple(sorted({float(time) for step in steps_of(expressions) for time in step.times}))
