"""Rate expressions: text to SymPy and back, without ever evaluating the text as code."""

import ast
import math
import sys

import sympy as sp
from sympy.printing.str import StrPrinter

from ratelaw.errors import ModelError
from ratelaw.network.time_dependence import TIME, Steps

LONGEST = 10_000
LARGEST_EXPONENT = 64
LARGEST_LOGARITHM = 709.0
"""Of a number that fits into a float."""
QUOTED = 60

FUNCTIONS = {
    "exp": sp.exp,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "sin": sp.sin,
    "cos": sp.cos,
    "tanh": sp.tanh,
    "abs": lambda value: sp.Abs(value).replace(sp.re, lambda part: part),
    "min": sp.Min,
    "max": sp.Max,
    "steps": lambda *values: Steps(TIME, *values),
}
MANY = ("min", "max", "steps")
"""Functions of any number of arguments."""

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
    everything else is refused. ``time`` is time, and ``steps(v0, t1, v1, t2, v2)`` is v0, from time
    t1 on v1, from t2 on v2. The text is read as a syntax tree and never executed.

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
    if not stripped:
        raise ModelError("an empty expression: write a number or a formula")
    if len(stripped) > LONGEST:
        raise ModelError(f"an expression of {len(stripped)} characters; the limit is {LONGEST}")
    try:
        tree = ast.parse(stripped.replace("^", "**"), mode="eval")
        expression = _convert(tree.body, stripped)
    except (SyntaxError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ModelError(f"cannot read the expression {quote(stripped)}: {reason}") from None
    except (RecursionError, MemoryError):
        raise ModelError(f"the expression {quote(stripped)} is nested too deeply") from None
    if expression.has(sp.zoo, sp.nan, sp.oo, sp.I):
        raise ModelError(f"the expression {quote(stripped)} has no finite real value")
    if any(sp.Float(float(number)) != number for number in expression.atoms(sp.Float)):
        raise ModelError(
            f"a number in {quote(stripped)} is outside 2e-308 to 2e308, a float's range"
        )
    return expression


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

    def _print_Exp1(self, _expr: sp.Expr) -> str:  # noqa: N802
        return "exp(1)"


def quote(text: str) -> str:
    """The text in quotes for an error message, cut where it is long."""
    return repr(text if len(text) <= QUOTED else text[:QUOTED] + "...")


def _convert(node: ast.expr, text: str) -> sp.Expr:  # noqa: C901, PLR0911
    match node:
        case ast.Constant(value=bool() | str() | bytes() | complex() | None):
            pass
        case ast.Constant(value=int() as value):
            return sp.Integer(value)
        case ast.Constant(value=float() as value):
            if not math.isfinite(value):
                raise ModelError(f"a number in {quote(text)} is too large for a float")
            return sp.Float(value)
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
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return _call(name, [_convert(arg, text) for arg in args], text)
    found = (ast.get_source_segment(text.replace("^", "**"), node) or text).strip()
    raise ModelError(
        f"{quote(found)} is not allowed in the expression {quote(text)}: "
        f"use numbers, names, + - * / ^, "
        f"brackets and {', '.join(FUNCTIONS)}"
    )


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
