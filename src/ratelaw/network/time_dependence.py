"""Rates that depend on time: the symbol of time, and inputs that are constant piece by piece."""

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import sympy as sp

from ratelaw.errors import ModelError

TIME = sp.Symbol("time", real=True)
"""Time, written ``time`` in rate expressions."""


class Steps(sp.Function):
    r"""An input that is constant piece by piece, written ``steps(v0, t1, v1, t2, v2, ...)``.

    .. math:: v(t) = v_k \quad \text{for} \quad t_k \le t < t_{k+1}, \qquad t_0 = -\infty

    Its first argument is the symbol of time; values are expressions of parameters.

    Raises
    ------
    ModelError
        If a time is not a finite number, times do not increase, or a value depends on time.

    Examples
    --------
    >>> Steps(TIME, 1, 5, 2).rewrite(sp.Piecewise)
    Piecewise((1, time < 5), (2, True))
    """

    is_real = True
    is_finite = True

    @classmethod
    def eval(cls, time: sp.Expr, *arguments: sp.Expr) -> sp.Expr | None:
        values, jumps = arguments[::2], arguments[1::2]
        if len(values) != len(jumps) + 1 or not jumps:
            raise ModelError(
                "steps(...) wants a value, then times and values in turn: steps(v0, t1, v1, ...)"
            )
        for jump in jumps:
            if not (jump.is_number and jump.is_real and math.isfinite(jump)):
                raise ModelError(f"steps(...): the time {jump} is not a finite number")
        for before, after in pairwise(jumps):
            if not after > before:
                raise ModelError(f"steps(...): times must increase, but {after} follows {before}")
        for value in values:
            if TIME in value.free_symbols:
                raise ModelError(f"steps(...): the value {value} depends on time: use a product")
        return values[sum(bool(jump <= time) for jump in jumps)] if time.is_number else None

    @property
    def jumps(self) -> tuple[float, ...]:
        """The times at which it may change."""
        return tuple(float(jump) for jump in self.args[2::2])

    def at(self, time: float) -> sp.Expr:
        """Its value from this time to the next jump."""
        return self.func(sp.Float(time), *self.args[1:])

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Its slope by one of its values; by time it is 0 almost everywhere."""
        if argindex % 2:
            return sp.S.Zero
        return self.func(
            *(
                argument if place % 2 == 0 or place == 0 else sp.Integer(place == argindex - 1)
                for place, argument in enumerate(self.args)
            )
        )

    def _eval_rewrite_as_Piecewise(self, *arguments: sp.Expr, **_: object) -> sp.Expr:  # noqa: N802
        time, values, jumps = arguments[0], arguments[1::2], arguments[2::2]
        pieces = [(value, time < jump) for value, jump in zip(values, jumps, strict=False)]
        return sp.Piecewise(*pieces, (values[-1], True))

    def _latex(self, printer: Any, **_: object) -> str:  # noqa: ANN401
        return str(printer.doprint(self.rewrite(sp.Piecewise)))


def inputs_at(expression: sp.Expr, time: float) -> sp.Expr:
    """An expression with every input at its value from this time to the next jump."""
    return expression.replace(lambda part: isinstance(part, Steps), lambda part: part.at(time))


def inputs_of(expressions: Iterable[sp.Expr]) -> tuple[Steps, ...]:
    """The inputs in the expressions, each once, in an order that every process gives."""
    inputs = {part for expression in expressions for part in expression.atoms(Steps)}
    return tuple(sorted(inputs, key=sp.default_sort_key))


def jumps_of(expressions: Iterable[sp.Expr]) -> tuple[float, ...]:
    """The times at which any input in the expressions jumps, in order."""
    return tuple(sorted({jump for part in inputs_of(expressions) for jump in part.jumps}))


def switch_times(expressions: Iterable[sp.Basic]) -> list[float]:
    """When conditions in the expressions change that are on time alone, and of first degree.

    Examples
    --------
    >>> switch_times([sp.Piecewise((1, 2 * TIME < 5), (0, True))])
    [2.5]
    """
    found = set()
    for condition in {part for expression in expressions for part in expression.atoms(sp.Rel)}:
        difference = condition.lhs - condition.rhs
        slope = difference.diff(TIME)
        if difference.free_symbols == {TIME} and slope.is_number and slope != 0:
            found.add(float(-difference.subs(TIME, 0) / slope))
    return sorted(found)
