import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratelaw.report import Number
from ratelaw.report.numbers import MINUS


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [  # CODATA 2022, as NIST prints them
        (137.035999177, 0.000000021, "137.035999177(21)"),
        (0.51099895069, 0.00000000016, "0.51099895069(16)"),
        (1836.152673426, 0.000000032, "1836.152673426(32)"),
    ],
)
def test_compact_is_the_notation_of_codata(value, error, text):
    assert Number(value, error).compact == text


@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1e3))
def test_what_is_shown_is_within_a_tenth_of_the_error(value, error):
    shown, uncertainty = str(Number(value, error)).replace(MINUS, "-").split(" ± ")
    assert abs(float(shown) - value) <= 0.1 * error + 1e-12 * abs(value)
    assert float(uncertainty) == pytest.approx(error, rel=0.1)


@given(st.floats(-1e12, 1e12))
def test_a_number_without_error_keeps_its_digits(value):
    assert float(str(Number(value)).replace(MINUS, "-")) == pytest.approx(value, rel=1e-3)


def test_a_unit_stands_after_the_number():
    assert str(Number(7.85, digits=2, unit="%")) == "7.8 %"


def test_minus_is_a_minus_sign():
    assert not re.search("-", str(Number(-0.0197)) + str(Number(-1e-9)))
