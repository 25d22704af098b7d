import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from ratelaw import ModelError
from ratelaw.reduce.elimination import solve

x, y, z, a, b = sp.symbols("x y z a b", real=True)
KNOWN = {a: sp.Integer(2), b: sp.Integer(3)}


def _check(equations, branches):
    """Every branch without conditions must make the equations zero, at the known values."""
    for branch in branches:
        assert not branch.remaining
        for equation in equations:
            value = equation.xreplace(branch.expressions).subs(KNOWN).evalf(30)
            assert abs(value) < 1e-20, (branch, equation)


def test_linear_equations_have_one_branch():
    equations = [x + y - a, x - b * y]
    branches = solve(equations, [x, y], KNOWN)
    assert len(branches) == 1
    assert branches[0].expressions == {x: a * b / (b + 1), y: a / (b + 1)}


def test_a_quadratic_has_two_branches():
    equations = [x + y - a, x * y - b * y**2 - 1]
    branches = solve(equations, [x, y], KNOWN)
    assert len(branches) == 2
    _check(equations, branches)


def test_two_quadratics_have_four_branches():
    equations = [x**2 - a * x - 1, y**2 - b * y - 1]
    branches = solve(equations, [x, y], KNOWN)
    assert len(branches) == 4
    _check(equations, branches)


def test_a_cubic_is_left_as_a_condition():
    (branch,) = solve([x**3 + x - y, y - a], [x, y], KNOWN)
    assert branch.remaining == (x,)
    assert branch.expressions == {y: a}
    assert sp.simplify(branch.conditions[0] - (x**3 + x - a)) == 0


def test_what_is_not_polynomial_is_left_as_a_condition():
    (branch,) = solve([sp.exp(x) - a * x - b], [x], KNOWN)
    assert branch.remaining == (x,)


def test_decimal_numbers_stay_exact():
    (branch,) = solve([sp.Float(0.1) * x - a], [x], KNOWN)
    assert branch.expressions[x] == 10 * a


@pytest.mark.parametrize("size", [1e-12, 1.0, 1e12])
def test_the_small_root_does_not_cancel(size):
    """c/b is the small root's limit; the naive formula has lost all digits at 1e-12."""
    known = {a: 1.0, b: size}
    branches = solve([x**2 + (1 + a) * x - b], [x], known)
    evaluate = sp.lambdify((a, b), [branch.expressions[x] for branch in branches], "numpy")
    exact = [complex(r).real for r in sp.Poly(x**2 + 2 * x - sp.Rational(size), x).nroots(n=30)]
    assert np.allclose(sorted(evaluate(1.0, size)), sorted(exact), rtol=1e-14)


def test_dependent_equations_are_refused():
    with pytest.raises(ModelError, match="not unique"):
        solve([x + y - a, 2 * x + 2 * y - 2 * a], [x, y], KNOWN)


def test_contradicting_equations_are_refused():
    with pytest.raises(ModelError, match=r"no steady state.*a = 0"):
        solve([sp.S(1) * a], [x], KNOWN)


@given(
    st.lists(st.integers(1, 9), min_size=9, max_size=9),
    st.lists(st.integers(-9, 9), min_size=3, max_size=3),
)
def test_linear_systems_of_any_coefficients(entries, right):
    matrix = sp.Matrix(3, 3, entries)
    if matrix.det() == 0:
        return
    equations = list(matrix * sp.Matrix([x, y, z]) - a * sp.Matrix(right))
    branches = solve(equations, [x, y, z], KNOWN)
    _check(equations, branches)
