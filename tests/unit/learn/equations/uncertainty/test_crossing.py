"""Where a rise of known form has a height."""

import numpy as np
import pytest

from ratelaw.learn.equations.uncertainty.crossing import Place, crossing, secant


def cubic(_near, value):
    return Place(value, value**3, None)


def test_a_straight_line_is_met_at_once():
    assert secant(Place(2.0, 0.0, None), Place(6.0, 8.0, None), height=2.0) == 3.0


@pytest.mark.parametrize("side", [1, -1])
def test_the_root_of_a_rise_that_bends_is_found_within_what_is_close(side):
    fitted = []

    def held(near, value):
        fitted.append(near)
        return Place(value, abs(value) ** 3, value)

    inside, outside = Place(0.0, 0.0, 0.0), Place(side * 2.0, 8.0, side * 2.0)
    end = crossing(held, inside, outside, 1.0, secants=50, close=1e-3)
    assert abs(end) == pytest.approx(1.0, rel=4e-4)  # three times the error in the cube
    assert all(abs(near) < 1 for near in fitted)  # begun from below


def test_a_least_share_is_gone_where_a_secant_would_hardly_move():
    steep = Place(1.0, 1e9, None)
    plain = crossing(cubic, Place(0.0, 0.0, None), steep, 0.5, secants=1, close=1e-3)
    assert plain < 1e-8
    assert secant(Place(0.0, 0.0, None), steep, 0.5, least_share=0.2) == pytest.approx(0.2)
    assert secant(Place(0.0, 0.0, None), Place(1.0, 0.5, None), 0.5, 0.2) == pytest.approx(0.8)


def test_without_fits_left_the_last_secant_is_the_answer():
    ends = Place(0.0, 0.0, None), Place(2.0, 8.0, None)
    assert crossing(cubic, *ends, 4.0, secants=0, close=1e-3) == np.float64(1.0)
