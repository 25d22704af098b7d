from xml.etree import ElementTree as ET

import sympy as sp

from ratelaw.report import Number
from ratelaw.report.formulas import equation
from ratelaw.report.numbers import MINUS

A, B = sp.symbols("A B")


def text(mathml):
    return "".join(ET.fromstring(mathml).itertext())  # noqa: S314


def test_an_equation_reads_as_it_is():
    learned = equation("B", [(Number(1.0919, 0.0033), A), (Number(-0.31, 0.011), A * B**2)])
    assert text(learned) == f"d⟨B⟩dt=1.0919(33)⟨A⟩{MINUS}0.310(11)⟨A⟩⟨B⟩2"


def test_a_leading_minus_stays():
    assert text(equation("A", [(Number(-2.0), A)])) == f"d⟨A⟩dt={MINUS}2⟨A⟩"


def test_a_constant_has_no_factor():
    assert text(equation("A", [(Number(2.0), sp.S.One)])) == "d⟨A⟩dt=2"


def test_no_terms_is_zero():
    assert text(equation("A", [])) == "d⟨A⟩dt=0"
