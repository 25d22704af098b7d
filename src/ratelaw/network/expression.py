"""Rate expressions: text to SymPy and back, without ever evaluating the text as code."""

import ast
import sys
from collections.abc import Callable
from typing import TypeVar

import sympy as sp
from sympy.logic.boolalg import Boolean
from sympy.printing.str import StrPrinter

from ratelaw.errors import ModelError
from ratelaw.network.time_dependence import TIME, Steps

LONGEST = 100_000
LARGEST_EXPONENT = 64
LARGEST_LOGARITHM = 709.0
"""Of a number that fits into a float."""
QUOTED = 60
LARGEST_INTEGER = 2**31 - 1
"""That SBML knows; what is larger is a float."""

Read = TypeVar("Read", sp.Expr, Boolean)

FUNCTIONS = {
    "exp": sp.exp,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "asin": sp.asin,
    "acos": sp.acos,
    "atan": sp.atan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "asinh": sp.asinh,
    "acosh": sp.acosh,
    "atanh": sp.atanh,
    "floor": sp.floor,
    "ceil": sp.ceiling,
    "factorial": sp.factorial,
    "abs": lambda value: sp.Abs(value).replace(sp.re, lambda part: part),
    "min": sp.Min,
    "max": sp.Max,
    "steps": lambda *values: Steps(TIME, *values),
}
MANY = ("min", "max", "steps")
"""Functions of any number of arguments."""
PIECEWISE = "piecewise"
RELATIONS = {
    ast.Lt: sp.Lt,
    ast.LtE: sp.Le,
    ast.Gt: sp.Gt,
    ast.GtE: sp.Ge,
    ast.Eq: sp.Eq,
    ast.NotEq: sp.Ne,
}
RESERVED = {"time", "true", "false", PIECEWISE, *FUNCTIONS}
"""Words that no species and no parameter may be called."""

_OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def symbol(name: str) -> sp.Symbol:
    """The one symbol that stands for a species or a parameter of this name."""
    return sp.Symbol(name, real=True)


def parse_expression(text: str) -> sp.Expr:
    r"""Read a rate expression.

    Numbers, names, ``+ - * / ^ **``, brackets and the functions `FUNCTIONS` are understood;
    everything else is refused. ``piecewise(v1, c1, v2, c2, v)`` is v1 where the condition c1
    holds, else v2 where c2 holds, else v. ``time`` is time, and ``steps(v0, t1, v1, t2, v2)`` is
    v0, from time t1 on v1, from t2 on v2. The text is read as a syntax tree and never executed.

    Parameters
    ----------
    text
        The expression, for example ``"vmax*S/(km + S)"``.

    Returns
    -------
    The SymPy expression; ``parse_expression(print_expression(e)) == e``.

    Raises
    ------
    ModelError
        If the text is not an expression or uses what is not allowed; the offending part is quoted.

    Examples
    --------
    >>> parse_expression("vmax*S/(km + S)")
    S*vmax/(S + km)
    """
    stripped = text.strip()
    expression = _read(stripped, _convert)
    if expression.has(sp.zoo, sp.nan, sp.oo, sp.I):
        raise ModelError(f"the expression {quote(stripped)} has no finite real value")
    if any(sp.Float(float(number)) != number for number in expression.atoms(sp.Float)):
        raise ModelError(
            f"a number in {quote(stripped)} is outside 2e-308 to 2e308, a float's range"
        )
    large = [n for n in expression.atoms(sp.Rational) if max(abs(n.p), n.q) > LARGEST_INTEGER]
    return expression.xreplace({number: sp.Float(float(number)) for number in large})


def parse_condition(text: str) -> Boolean:
    """Read a condition: relations of expressions with ``and``, ``or``, ``not``, and brackets.

    Raises
    ------
    ModelError
        If the text is not a condition; the offending part is quoted.

    Examples
    --------
    >>> parse_condition("not A <= 5")
    A > 5
    """
    return _read(text.strip(), _convert_condition)


def print_condition(condition: Boolean) -> str:
    """Print a condition so that reading it gives the same one.

    Examples
    --------
    >>> print_condition(parse_condition("A > 5 and not B == 0"))
    'A > 5 and B != 0'
    """
    return _Printer().doprint(condition)


def _read(text: str, convert: Callable[[ast.expr, str], Read]) -> Read:
    """Text to a syntax tree to SymPy, with an error that quotes it."""
    if not text:
        raise ModelError("an empty expression: write a number or a formula")
    if len(text) > LONGEST:
        raise ModelError(f"an expression of {len(text)} characters; the limit is {LONGEST}")
    try:
        return convert(ast.parse(text.replace("^", "**"), mode="eval").body, text)
    except (SyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ModelError(f"cannot read the expression {quote(text)}: {reason}") from None
    except (RecursionError, MemoryError):
        raise ModelError(f"the expression {quote(text)} is nested too deeply") from None


def print_expression(expression: sp.Expr) -> str:
    """Print a rate expression so that reading it gives the same expression, to the last bit.

    Examples
    --------
    >>> print_expression(parse_expression("0.1*A"))
    '0.1*A'
    """
    return _Printer().doprint(expression)


class _Printer(StrPrinter):
    """SymPy's printer with floats in their shortest exact form and this module's function names."""

    def _print_Float(self, expr: sp.Float) -> str:  # noqa: N802
        return repr(float(expr))

    def _print_Steps(self, expr: Steps) -> str:  # noqa: N802
        return f"steps({', '.join(map(self._print, expr.args[1:]))})"

    def _print_Abs(self, expr: sp.Abs) -> str:  # noqa: N802
        return f"abs({self._print(expr.args[0])})"

    def _print_Min(self, expr: sp.Min) -> str:  # noqa: N802
        return f"min({', '.join(map(self._print, expr.args))})"

    def _print_Max(self, expr: sp.Max) -> str:  # noqa: N802
        return f"max({', '.join(map(self._print, expr.args))})"

    def _print_ceiling(self, expr: sp.ceiling) -> str:
        return f"ceil({self._print(expr.args[0])})"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:  # noqa: N802
        *pieces, last = expr.args
        parts = [self._print(part) for value, condition in pieces for part in (value, condition)]
        return f"{PIECEWISE}({', '.join([*parts, self._print(last.expr)])})"

    def _print_Relational(self, expr: sp.Rel) -> str:  # noqa: N802
        return f"{self._print(expr.lhs)} {expr.rel_op} {self._print(expr.rhs)}"

    def _print_And(self, expr: sp.And) -> str:  # noqa: N802
        return " and ".join(map(self._bracketed, sorted(expr.args, key=sp.default_sort_key)))

    def _print_Or(self, expr: sp.Or) -> str:  # noqa: N802
        return " or ".join(map(self._bracketed, sorted(expr.args, key=sp.default_sort_key)))

    def _print_Not(self, expr: sp.Not) -> str:  # noqa: N802
        return f"not {self._bracketed(expr.args[0])}"

    def _print_BooleanTrue(self, _expr: Boolean) -> str:  # noqa: N802
        return "true"

    def _print_BooleanFalse(self, _expr: Boolean) -> str:  # noqa: N802
        return "false"

    def _bracketed(self, condition: Boolean) -> str:
        text = self._print(condition)
        return text if isinstance(condition, sp.Rel) else f"({text})"

    def _print_Exp1(self, _expr: sp.Expr) -> str:  # noqa: N802
        return "exp(1)"


def exact_number(value: float) -> sp.Number:
    """A number of SymPy: an Integer where it is one, so that powers of it stay exact, or a Float.

    Examples
    --------
    >>> exact_number(2.0), exact_number(0.5)
    (2, 0.500000000000000)
    """
    whole = abs(value) <= LARGEST_INTEGER and float(value).is_integer()
    return sp.Integer(int(value)) if whole else sp.Float(float(value))


def quote(text: str) -> str:
    """The text in quotes for an error message, cut where it is long."""
    return repr(text if len(text) <= QUOTED else text[:QUOTED] + "...")


def _convert(node: ast.expr, text: str) -> sp.Expr:  # noqa: C901, PLR0911
    match node:
        case ast.Constant(value=bool() | str() | bytes() | complex() | None):
            pass
        case ast.Constant(value=int() | float() as value):
            if not abs(value) <= sys.float_info.max:
                raise ModelError(f"a number in {quote(text)} is too large for a float")
            return exact_number(value)
        case ast.Name(id=name):
            return symbol(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_convert(operand, text)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _convert(operand, text)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_convert(left, text), _convert(right, text), text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_convert(left, text), _convert(right, text))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name == PIECEWISE:
            return _piecewise(args, text)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return _call(name, [_convert(arg, text) for arg in args], text)
    raise ModelError(
        f"{_quoted(node, text)} is not allowed in the expression {quote(text)}: "
        f"use numbers, names, + - * / ^, "
        f"brackets and {', '.join(FUNCTIONS)}, {PIECEWISE}"
    )


def _convert_condition(node: ast.expr, text: str) -> Boolean:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in RELATIONS:
            return RELATIONS[type(op)](_convert(left, text), _convert(right, text))
        case ast.BoolOp(op=op, values=values):
            parts = [_convert_condition(value, text) for value in values]
            return sp.And(*parts) if isinstance(op, ast.And) else sp.Or(*parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return sp.Not(_convert_condition(operand, text))
        case ast.Name(id="true"):
            return sp.true
        case ast.Name(id="false"):
            return sp.false
    raise ModelError(
        f"{_quoted(node, text)} is not a condition in {quote(text)}: write a relation such as "
        f"A >= 5, and join several by and, or, not"
    )


def _piecewise(args: list[ast.expr], text: str) -> sp.Expr:
    if len(args) % 2 == 0:
        raise ModelError(
            f"{PIECEWISE} wants value, condition, ..., and a last value: {quote(text)}"
        )
    values = [_convert(arg, text) for arg in args[::2]]
    conditions = [_convert_condition(arg, text) for arg in args[1::2]]
    return sp.Piecewise(*zip(values, [*conditions, sp.true], strict=True))


def _quoted(node: ast.expr, text: str) -> str:
    return quote((ast.get_source_segment(text.replace("^", "**"), node) or text).strip())


def _power(base: sp.Expr, exponent: sp.Expr, text: str) -> sp.Expr:
    if exponent.is_number and abs(exponent) > LARGEST_EXPONENT:
        raise ModelError(f"an exponent of {quote(text)} is beyond {LARGEST_EXPONENT}")
    if base.is_zero and not exponent.is_number:
        raise ModelError(f"{quote(text)} raises 0 to a power that is not a number")
    return _sized(base**exponent, text)


def _call(name: str, args: list[sp.Expr], text: str) -> sp.Expr:
    fits = len(args) >= 1 if name in MANY else len(args) == 1
    if not fits:
        raise ModelError(f"{name} got {len(args)} arguments in {quote(text)}")
    if name == "exp" and args[0].is_number and abs(args[0]) > LARGEST_LOGARITHM:
        raise ModelError(f"an exponent of {quote(text)} is beyond {LARGEST_LOGARITHM:g}")
    return FUNCTIONS[name](*args)


def _sized(expression: sp.Expr, text: str) -> sp.Expr:
    """An expression that is no number of which a float, or any memory, would overflow."""
    if expression.is_number and abs(expression.evalf()) > sys.float_info.max:
        raise ModelError(f"a number in {quote(text)} is beyond {sys.float_info.max:.0e}")
    return expression
