"""MathML, as libsbml has read it, to SymPy."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import libsbml
import sympy as sp
from sympy.logic.boolalg import Boolean, BooleanAtom, BooleanFunction

from ratelaw.errors import ModelError, UnsupportedError
from ratelaw.formats.sbml.limits import Growth, as_float, exponential, factorial, power, within
from ratelaw.network.expression import FUNCTIONS as EXPRESSION_FUNCTIONS
from ratelaw.network.expression import exact_number, quote
from ratelaw.network.time_dependence import TIME

CONDITIONS = (sp.Rel, BooleanAtom, BooleanFunction)
"""What is true or false; to SymPy a symbol could be, too."""

FUNCTIONS: Mapping[int, Callable[..., sp.Basic]] = {
    libsbml.AST_PLUS: sp.Add,
    libsbml.AST_TIMES: sp.Mul,
    libsbml.AST_MINUS: lambda a, b=None: -a if b is None else a - b,
    libsbml.AST_DIVIDE: lambda a, b: a / b,
    libsbml.AST_POWER: power,
    libsbml.AST_FUNCTION_POWER: power,
    libsbml.AST_FUNCTION_ROOT: lambda a, b=None: sp.sqrt(a) if b is None else power(b, 1 / a),
    libsbml.AST_FUNCTION_ABS: EXPRESSION_FUNCTIONS["abs"],
    libsbml.AST_FUNCTION_EXP: exponential(sp.exp),
    libsbml.AST_FUNCTION_LN: sp.log,
    libsbml.AST_FUNCTION_LOG: lambda a, b=None: sp.log(a, 10) if b is None else sp.log(b, a),
    libsbml.AST_FUNCTION_FLOOR: lambda a: sp.floor(as_float(a)),
    libsbml.AST_FUNCTION_CEILING: lambda a: sp.ceiling(as_float(a)),
    libsbml.AST_FUNCTION_FACTORIAL: factorial,
    libsbml.AST_FUNCTION_MIN: sp.Min,
    libsbml.AST_FUNCTION_MAX: sp.Max,
    libsbml.AST_FUNCTION_SIN: sp.sin,
    libsbml.AST_FUNCTION_COS: sp.cos,
    libsbml.AST_FUNCTION_TAN: sp.tan,
    libsbml.AST_FUNCTION_SEC: lambda a: 1 / sp.cos(a),
    libsbml.AST_FUNCTION_CSC: lambda a: 1 / sp.sin(a),
    libsbml.AST_FUNCTION_COT: lambda a: 1 / sp.tan(a),
    libsbml.AST_FUNCTION_SINH: exponential(sp.sinh),
    libsbml.AST_FUNCTION_COSH: exponential(sp.cosh),
    libsbml.AST_FUNCTION_TANH: exponential(sp.tanh),
    libsbml.AST_FUNCTION_SECH: exponential(lambda a: 1 / sp.cosh(a)),
    libsbml.AST_FUNCTION_CSCH: exponential(lambda a: 1 / sp.sinh(a)),
    libsbml.AST_FUNCTION_COTH: exponential(lambda a: 1 / sp.tanh(a)),
    libsbml.AST_FUNCTION_ARCSIN: sp.asin,
    libsbml.AST_FUNCTION_ARCCOS: sp.acos,
    libsbml.AST_FUNCTION_ARCTAN: sp.atan,
    libsbml.AST_FUNCTION_ARCSEC: lambda a: sp.acos(1 / a),
    libsbml.AST_FUNCTION_ARCCSC: lambda a: sp.asin(1 / a),
    libsbml.AST_FUNCTION_ARCCOT: lambda a: sp.atan(1 / a),
    libsbml.AST_FUNCTION_ARCSINH: sp.asinh,
    libsbml.AST_FUNCTION_ARCCOSH: sp.acosh,
    libsbml.AST_FUNCTION_ARCTANH: sp.atanh,
    libsbml.AST_FUNCTION_ARCSECH: lambda a: sp.acosh(1 / a),
    libsbml.AST_FUNCTION_ARCCSCH: lambda a: sp.asinh(1 / a),
    libsbml.AST_FUNCTION_ARCCOTH: lambda a: sp.atanh(1 / a),
    libsbml.AST_FUNCTION_QUOTIENT: lambda a, b: _whole_part(a / b),
    libsbml.AST_FUNCTION_REM: lambda a, b: a - b * _whole_part(a / b),
}
LOGIC: Mapping[int, Callable[..., Boolean]] = {
    libsbml.AST_LOGICAL_AND: sp.And,
    libsbml.AST_LOGICAL_OR: sp.Or,
    libsbml.AST_LOGICAL_NOT: sp.Not,
    libsbml.AST_LOGICAL_XOR: lambda *a: sp.Xor(*a).to_nnf() if len(a) > 1 else sp.Or(*a),
    libsbml.AST_LOGICAL_IMPLIES: lambda a, b: sp.Or(sp.Not(a), b),
}
RELATIONS: Mapping[int, Callable[..., Boolean]] = {
    libsbml.AST_RELATIONAL_LT: sp.Lt,
    libsbml.AST_RELATIONAL_LEQ: sp.Le,
    libsbml.AST_RELATIONAL_GT: sp.Gt,
    libsbml.AST_RELATIONAL_GEQ: sp.Ge,
    libsbml.AST_RELATIONAL_EQ: sp.Eq,
    libsbml.AST_RELATIONAL_NEQ: sp.Ne,
}
CONSTANTS: Mapping[int, sp.Basic] = {
    libsbml.AST_NAME_TIME: TIME,
    libsbml.AST_CONSTANT_E: sp.E,
    libsbml.AST_CONSTANT_PI: sp.pi,
    libsbml.AST_CONSTANT_TRUE: sp.true,
    libsbml.AST_CONSTANT_FALSE: sp.false,
}


@dataclass(frozen=True)
class Scope:
    """What is around a formula.

    Attributes
    ----------
    value
        What an identifier stands for; raises KeyError where it is unknown.
    rate
        What the rate of change of an identifier stands for.
    follows_from_time
        Whether time alone says what an expression is, at earlier times as well.
    functions
        The model's function definitions.
    growth
        Of all the formulas.
    """

    value: Callable[[str], sp.Basic]
    rate: Callable[[str], sp.Basic]
    follows_from_time: Callable[[sp.Basic], bool]
    functions: Mapping[str, Any]
    growth: Growth


class MathReader:
    """MathML of one element, as messages call it, to SymPy."""

    def __init__(self, element: str, scope: Scope) -> None:
        self.element = element
        self.scope = scope

    def number(self, node: Any) -> sp.Expr:  # noqa: ANN401
        """An expression; a condition counts as 1 where it holds, else 0."""
        value = self.convert(node)
        if isinstance(value, CONDITIONS):
            return sp.Piecewise((sp.S.One, value), (sp.S.Zero, sp.true))
        return value

    def condition(self, node: Any) -> Boolean:  # noqa: ANN401
        """A condition; a number holds where it is not 0."""
        value = self.convert(node)
        return value if isinstance(value, CONDITIONS) else sp.Ne(value, 0)

    def convert(self, node: Any) -> sp.Basic:  # noqa: ANN401
        """Whatever it is."""
        try:
            value = self._convert(node)
            self.scope.growth.check(value)
            return value if isinstance(value, CONDITIONS) else within(value)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise UnsupportedError(
                f"{self.element}: {_shown(node)}: {error or 'too large'}"
            ) from None

    def _convert(self, node: Any) -> sp.Basic:  # noqa: ANN401, C901, PLR0911
        kind = node.getType()
        children = [node.getChild(i) for i in range(node.getNumChildren())]
        if kind in CONSTANTS:
            return CONSTANTS[kind]
        if node.isNumber() or kind == libsbml.AST_NAME_AVOGADRO:
            return self._constant(node)
        if kind == libsbml.AST_NAME:
            return self._name(node.getName(), node)
        if kind == libsbml.AST_FUNCTION:
            return self._call(node, children)
        if kind == libsbml.AST_FUNCTION_PIECEWISE:
            return self._piecewise(node, children)
        if kind == libsbml.AST_FUNCTION_RATE_OF:
            return self.scope.rate(children[0].getName())
        if kind == libsbml.AST_FUNCTION_DELAY:
            return self._delayed(node, children)
        if kind in RELATIONS:
            return self._relation(RELATIONS[kind], children)
        if kind in LOGIC:
            return LOGIC[kind](*map(self.condition, children))
        if kind not in FUNCTIONS:
            raise UnsupportedError(f"{self.element}: {_shown(node)}: no function that is supported")
        if kind in {libsbml.AST_PLUS, libsbml.AST_TIMES}:
            children = _operands(node)
        return FUNCTIONS[kind](*map(self.number, children))

    def _constant(self, node: Any) -> sp.Expr:  # noqa: ANN401
        if node.getType() == libsbml.AST_RATIONAL:
            return sp.Rational(node.getNumerator(), node.getDenominator())
        value = float(node.getInteger() if node.isInteger() else node.getReal())
        if not math.isfinite(value):
            raise UnsupportedError(f"{self.element}: the number {value} is not finite")
        return exact_number(value)

    def _name(self, name: str, node: Any) -> sp.Basic:  # noqa: ANN401
        try:
            return self.scope.value(name)
        except KeyError:
            raise ModelError(f"{self.element}: {_shown(node)} names nothing in the model") from None

    def _call(self, node: Any, children: list[Any]) -> sp.Basic:  # noqa: ANN401
        name = node.getName()
        if name not in self.scope.functions:
            raise ModelError(f"{self.element}: function {name!r} is not defined, or calls itself")
        definition = self.scope.functions[name]
        wanted = definition.getNumArguments()
        if wanted != len(children):
            raise ModelError(f"{self.element}: {name} takes {wanted} arguments: {_shown(node)}")
        given = {
            definition.getArgument(i).getName(): self.convert(child)
            for i, child in enumerate(children)
        }
        inner = {key: value for key, value in self.scope.functions.items() if key != name}
        scope = replace(self.scope, value=given.__getitem__, functions=inner)
        body = definition.getBody()
        if body is None:
            raise UnsupportedError(f"{self.element}: the function {name!r} has no formula")
        self.scope.growth.count_call()
        element = self.element.partition(", function")[0]
        return MathReader(f"{element}, function {name!r}", scope).convert(body)

    def _delayed(self, node: Any, children: list[Any]) -> sp.Basic:  # noqa: ANN401
        """A value at an earlier time: known where it follows from time alone."""
        value, delay = map(self.number, children)
        if not self.scope.follows_from_time(value):
            raise UnsupportedError(
                f"{self.element}: {_shown(node)}: a delay of what is simulated is not supported"
            )
        return value.xreplace({TIME: TIME - delay})

    def _piecewise(self, node: Any, children: list[Any]) -> sp.Basic:  # noqa: ANN401
        if len(children) % 2 == 0:
            raise UnsupportedError(f"{self.element}: {_shown(node)}: no value for all other cases")
        values = [self.number(child) for child in children[::2]]
        conditions = [self.condition(child) for child in children[1::2]]
        return sp.Piecewise(*zip(values, [*conditions, sp.true], strict=True))

    def _relation(self, relation: Callable[..., Boolean], children: list[Any]) -> Boolean:
        values = [self.number(child) for child in children]
        pairs = pairwise(values)
        return sp.And(*(relation(a, b) for a, b in pairs))


def _operands(node: Any) -> list[Any]:  # noqa: ANN401
    """Of a sum or a product of many, which libsbml nests."""
    found, left = [], [node]
    while left:
        part = left.pop()
        if part.getType() == node.getType():
            left += [part.getChild(i) for i in reversed(range(part.getNumChildren()))]
        else:
            found.append(part)
    return found


def _whole_part(value: sp.Expr) -> sp.Expr:
    """Rounded towards 0."""
    value = as_float(value)
    return sp.Piecewise((sp.ceiling(value), value < 0), (sp.floor(value), sp.true))


def _shown(node: Any) -> str:  # noqa: ANN401
    return quote(libsbml.formulaToL3String(node) or "a formula")
