import numpy as np
import pytest
import sympy as sp

from ratelaw.simulate.moments import NormalClosure


@pytest.mark.parametrize(
    "indices", [(0, 0, 0), (0, 1, 1), (0, 0, 0, 0), (0, 0, 1, 1), (0, 1, 1, 1), (0, 0, 0, 0, 1, 1)]
)
def test_central_moments_are_those_of_the_normal_distribution(indices):
    covariance = np.array([[2.0, 0.7], [0.7, 1.5]])
    known = {(i, j): sp.Float(covariance[i, j]) for i in range(2) for j in range(i, 2)}
    found = float(NormalClosure().central_moment(indices, known))
    # Derivatives of the moment generating function exp(s^T C s / 2) at 0.
    s = sp.symbols("s0 s1")
    vector = sp.Matrix(s)
    generating = sp.exp((vector.T * sp.Matrix(covariance) * vector)[0] / 2)
    expected = sp.diff(generating, *(s[i] for i in indices)).subs({s[0]: 0, s[1]: 0})
    assert found == pytest.approx(float(expected))


def test_with_third_moments_known_the_cumulants_beyond_vanish():
    v, s = sp.symbols("v s")
    known = {(0, 0): v, (0, 0, 0): s}
    closed = [NormalClosure().central_moment((0,) * order, known) for order in (4, 5, 6)]
    assert closed == [3 * v**2, 10 * s * v, 15 * v**3 + 10 * s**2]


def test_a_known_fourth_moment_enters_by_its_cumulant():
    # mu_6 = kappa_6 + 15 kappa_4 kappa_2 + 10 kappa_3^2 + 15 kappa_2^3, kappa_4 = mu_4 - 3 mu_2^2.
    v, s, q = sp.symbols("v s q")
    known = {(0, 0): v, (0, 0, 0): s, (0, 0, 0, 0): q}
    sixth = NormalClosure().central_moment((0,) * 6, known)
    assert sp.expand(sixth - (15 * (q - 3 * v**2) * v + 10 * s**2 + 15 * v**3)) == 0
