"""Shared linear algebra against the textbook's formulas."""

import numpy as np
import pytest

from ratelaw.learn.equations.least_squares import gauss_newton_covariance, scaled_inverse

GENERATOR = np.random.default_rng(1)
UNITS = np.array([1e-9, 1.0, 1e7])


def test_the_covariance_is_the_inverse_of_the_normal_matrix_whatever_the_units():
    jacobian = GENERATOR.normal(size=(20, 3))
    expected = np.linalg.inv(jacobian.T @ jacobian) / np.outer(UNITS, UNITS)
    np.testing.assert_allclose(gauss_newton_covariance(jacobian * UNITS), expected, rtol=1e-10)


def test_of_columns_that_span_each_other_only_the_sum_is_determined():
    column = GENERATOR.normal(size=20)
    covariance = gauss_newton_covariance(np.column_stack([column, column]))
    of_sum = np.ones(2) @ covariance @ np.ones(2)
    assert of_sum == pytest.approx(1 / (column @ column))
    assert np.ones(2) @ covariance @ np.array([1.0, -1.0]) == pytest.approx(0, abs=1e-12)


def test_an_inverse_leaves_out_what_is_singular():
    rows = GENERATOR.normal(size=(2, 3)) * UNITS
    matrix = rows.T @ rows
    inverse = scaled_inverse(matrix, 1e-10)
    inner = inverse * np.outer(UNITS, UNITS)
    scaled = matrix / np.outer(UNITS, UNITS)
    np.testing.assert_allclose(scaled @ inner @ scaled, scaled, rtol=1e-9, atol=1e-12)
    whole = np.diag([4.0, 1e-20])
    np.testing.assert_allclose(scaled_inverse(whole, 1e-10), np.diag([0.25, 1e20]))
