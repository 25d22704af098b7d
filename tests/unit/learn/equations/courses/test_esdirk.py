"""The compiled solver against closed forms and SciPy."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm, expm_frechet

import ratelaw as rl
from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations import inverse_problem
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point
from ratelaw.network.expression import symbol

TIMES = np.linspace(0, 5, 11)


def problem(library, starts, times=TIMES):
    starts = np.atleast_2d(starts)
    species = tuple(f"x{i}" for i in range(starts.shape[1]))
    parts = tuple(
        Experiment(
            times, np.tile(start, (len(times), 1)), None, np.full(len(start), np.nan), np.zeros(0)
        )
        for start in starts
    )
    data = Experiments(species, tuple(map(symbol, species)), (), parts)
    field = Field(species, (), library.columns(species))
    return InverseProblem(field, data, tuple(np.ones_like(part.values) for part in parts))


def test_linear_compartments_and_their_derivatives_are_the_matrix_exponential():
    matrix = np.array([[-0.9, 0.2, 0.0], [0.5, -0.4, 0.3], [0.1, 0.2, -1.1]])
    start = np.array([3.0, 1.0, 2.0])
    linear = problem(rl.PolynomialLibrary(degree=1), start)
    courses = linear.courses(Point(matrix.ravel(), np.zeros(0), start[None]))
    exact = np.array([expm(matrix * t) @ start for t in TIMES])
    np.testing.assert_allclose(courses.states[0], exact, atol=3e-6)
    to_start = np.array([expm(matrix * t) for t in TIMES])
    np.testing.assert_allclose(courses.derivatives[0, ..., 9:], to_start, atol=3e-6)
    for c in range(9):
        direction = np.zeros(9)
        direction[c] = 1.0
        slopes = [
            expm_frechet(matrix * t, direction.reshape(3, 3) * t, compute_expm=False) @ start
            for t in TIMES
        ]
        np.testing.assert_allclose(courses.derivatives[0, ..., c], slopes, atol=3e-5)


def test_robertson_over_ten_decades_agrees_with_lsoda(monkeypatch):
    times = np.append(0, np.geomspace(1e-5, 1e5, 31))
    network = rl.Network.parse("x0 --> x1, 1\n2 x1 --> x1 + x2, 1\nx1 + x2 --> x0 + x2, 1")
    k = np.array([0.04, 6e7, 1e4])
    robertson = problem(rl.ReactionLibrary(network), [1.0, 0.0, 0.0], times)
    monkeypatch.setattr(type(robertson.data), "sizes", np.array([1.0, 4e-5, 1.0]))
    courses = robertson.courses(Point(k, np.zeros(0), np.array([[1.0, 0.0, 0.0]])), slopes=False)

    def rate(_t, y):
        a, b, c = k * [y[0], y[1] ** 2 / 2, y[1] * y[2]]
        return [c - a, a - b - c, b]

    exact = solve_ivp(
        rate, (0, 1e5), [1, 0, 0], method="LSODA", t_eval=times, rtol=1e-11, atol=1e-16
    ).y.T
    np.testing.assert_allclose(courses.states[0] / [1, 4e-5, 1], exact / [1, 4e-5, 1], atol=2e-5)


def test_a_course_that_explodes_is_told_and_no_nan_is_fitted():
    growing = problem(rl.PolynomialLibrary(degree=2), [1.0])
    point = Point(np.array([0.0, 5.0]), np.zeros(0), np.array([[1.0]]))
    assert not growing.courses(point).solved[0]
    assert (growing.residuals(point) == inverse_problem.UNREACHABLE).all()


@pytest.mark.parametrize("count", [1, 3])
def test_experiments_are_solved_apart(count):
    starts = np.linspace(1, 2, count)[:, None]
    decay = problem(rl.PolynomialLibrary(degree=1), starts)
    states = decay.courses(Point(np.array([-0.7]), np.zeros(0), starts)).states
    np.testing.assert_allclose(states[..., 0], starts * np.exp(-0.7 * TIMES), atol=5e-6)


def test_the_explicit_method_interpolates_to_its_order():
    times = np.linspace(0, 5, 401)
    decay = problem(rl.PolynomialLibrary(degree=1), [1.0], times)
    courses = decay.courses(Point(np.array([-1.0]), np.zeros(0), np.array([[1.0]])))
    np.testing.assert_allclose(courses.states[0, :, 0], np.exp(-times), atol=1e-6)
    np.testing.assert_allclose(courses.derivatives[0, :, 0, 0], times * np.exp(-times), atol=3e-6)
