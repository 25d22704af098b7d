"""SymPy to MathML: exact floats, and only what SBML's core knows."""

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

import sympy as sp
from sympy.logic.boolalg import Boolean

from ratelaw.errors import UnsupportedError
from ratelaw.network.expression import LARGEST_INTEGER
from ratelaw.network.time_dependence import TIME, Steps

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
TIME_URL = "http://www.sbml.org/sbml/symbols/time"

OPERATORS: Mapping[type, str] = {
    sp.Add: "plus",
    sp.Mul: "times",
    sp.Pow: "power",
    sp.exp: "exp",
    sp.log: "ln",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.asin: "arcsin",
    sp.acos: "arccos",
    sp.atan: "arctan",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.tanh: "tanh",
    sp.asinh: "arcsinh",
    sp.acosh: "arccosh",
    sp.atanh: "arctanh",
    sp.Abs: "abs",
    sp.floor: "floor",
    sp.ceiling: "ceiling",
    sp.factorial: "factorial",
    sp.Min: "min",
    sp.Max: "max",
    sp.And: "and",
    sp.Or: "or",
    sp.Not: "not",
    sp.Lt: "lt",
    sp.Le: "leq",
    sp.Gt: "gt",
    sp.Ge: "geq",
    sp.Eq: "eq",
    sp.Ne: "neq",
}


def math(expression: sp.Basic) -> ET.Element:
    """The ``math`` element of an expression or a condition.

    Raises
    ------
    UnsupportedError
        If there is a function that SBML does not know.
    """
    root = ET.Element("math", xmlns=NAMESPACE)
    root.append(_node(expression))
    return root


def _node(expression: sp.Basic) -> ET.Element:  # noqa: C901, PLR0911
    match expression:
        case sp.Integer() if abs(expression) <= LARGEST_INTEGER:
            return _leaf("cn", str(int(expression)), type="integer")
        case sp.Integer():
            return _leaf("cn", repr(float(expression)))
        case sp.Rational() if max(abs(expression.p), expression.q) > LARGEST_INTEGER:
            return _applied("divide", map(sp.Integer, (expression.p, expression.q)))
        case sp.Rational():
            number = _leaf("cn", str(expression.p), type="rational")
            ET.SubElement(number, "sep").tail = str(expression.q)
            return number
        case sp.Float():
            return _leaf("cn", repr(float(expression)))
        case sp.Symbol() if expression == TIME:
            return _leaf("csymbol", "time", encoding="text", definitionURL=TIME_URL)
        case sp.Symbol():
            return _leaf("ci", expression.name)
        case Steps():
            return _node(expression.rewrite(sp.Piecewise))
        case sp.Piecewise():
            return _pieces(expression)
        case Boolean() if expression in {sp.true, sp.false}:
            return ET.Element(str(expression).lower())
    if expression in {sp.pi, sp.E}:
        return ET.Element("pi" if expression == sp.pi else "exponentiale")
    operator = OPERATORS.get(type(expression))
    if operator is None:
        raise UnsupportedError(f"SBML has no function for {type(expression).__name__}")
    return _applied(operator, expression.args)


def _applied(operator: str, arguments: Iterable[sp.Basic]) -> ET.Element:
    applied = ET.Element("apply")
    ET.SubElement(applied, operator)
    applied.extend(map(_node, arguments))
    return applied


def _pieces(expression: sp.Piecewise) -> ET.Element:
    root = ET.Element("piecewise")
    for value, condition in expression.args:
        if condition == sp.true:
            ET.SubElement(root, "otherwise").append(_node(value))
        else:
            ET.SubElement(root, "piece").extend([_node(value), _node(condition)])
    return root


def _leaf(tag: str, text: str, **attributes: str) -> ET.Element:
    element = ET.Element(tag, attributes)
    element.text = text
    return element
