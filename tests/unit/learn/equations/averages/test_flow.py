import numpy as np
import sympy as sp

from ratelaw.learn.equations.averages.flow import VectorField, compile_flow, integrals

X, Y = sp.symbols("x y", real=True)
LOTKA = VectorField((X, Y), ((X, sp.S.Zero), (-X * Y, X * Y), (sp.S.Zero, -Y)))
TIMES = np.array([0.0, 0.3, 1.0, 1.1, 2.5])
THETA = np.array([1.0, 0.5, 0.8])
START = np.array([2.0, 1.0])


def test_matrix_holds_the_columns_at_every_state():
    states = np.array([[2.0, 3.0], [1.0, 5.0]])
    expected = [[[2, -6, 0], [0, 6, -3]], [[1, -5, 0], [0, 5, -5]]]
    np.testing.assert_array_equal(LOTKA.matrix(states), expected)


def test_sensitivities_agree_with_central_differences():
    flow = compile_flow(LOTKA)
    _, of_theta, of_start = map(np.asarray, flow(THETA, START, TIMES, START))
    step = 1e-5
    for c in range(3):
        shift = step * np.eye(3)[c]
        up = np.asarray(flow(THETA + shift, START, TIMES, START)[0])
        down = np.asarray(flow(THETA - shift, START, TIMES, START)[0])
        np.testing.assert_allclose(of_theta[..., c], (up - down) / (2 * step), atol=1e-5)
    for v in range(2):
        shift = step * np.eye(2)[v]
        up = np.asarray(flow(THETA, START + shift, TIMES, START)[0])
        down = np.asarray(flow(THETA, START - shift, TIMES, START)[0])
        np.testing.assert_allclose(of_start[..., v], (up - down) / (2 * step), atol=1e-5)


def test_a_course_that_explodes_is_nan_and_not_an_exception():
    explosive = VectorField((X,), ((X**2,),))
    course, *_ = compile_flow(explosive)(
        np.array([1.0]), np.array([1.0]), np.array([0.0, 0.5, 2.0]), np.array([1.0])
    )
    assert np.isnan(np.asarray(course)[-1]).all()


def test_integrals_along_a_known_course():
    decay = VectorField((X,), ((X,),))
    times = np.linspace(0, 2, 21)
    found = integrals(decay, times, np.exp(-times)[:, None])
    np.testing.assert_allclose(found[:, 0, 0], 1 - np.exp(-times), atol=2e-6)
