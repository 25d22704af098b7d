"""What a solution says of itself, against the closed form of a decay."""

import numpy as np
import pytest
import xarray as xr

import ratelaw as rl
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point, Solution

TIMES = np.linspace(0, 3, 7)
MISSED = np.array([0.1, -0.2, 0.1, 0.3, -0.1, 0.2, -0.4])


@pytest.fixture
def decay():
    """The true rate, of data that miss its course by known amounts, with errors of 0.2."""
    values = 10 * np.exp(-0.7 * TIMES) + MISSED
    table = xr.Dataset(
        {
            "average": (["time", "species"], values[:, None]),
            "standard_error": (["time", "species"], np.full((7, 1), 0.2)),
        },
        coords={"time": TIMES, "species": ["A"]},
    )
    data = rl.Experiments.of(table, initial={"A": 10.0})
    terms = rl.MassActionLibrary(1, 0).columns(["A"])
    problem = InverseProblem(Field(("A",), (), terms), data, (np.full((7, 1), 0.2),))
    return Solution(problem, Point(np.array([0.7]), np.empty(0), np.array([[10.0]])))


def test_courses_residuals_and_deviance_are_those_of_the_closed_form(decay):
    course = 10 * np.exp(-0.7 * TIMES)
    np.testing.assert_allclose(decay.states[:, 0], course, rtol=1e-6)
    np.testing.assert_allclose(decay.predicted[0][:, 0], course, rtol=1e-6)
    np.testing.assert_allclose(decay.residuals, -MISSED / 0.2, rtol=1e-3, atol=1e-4)
    squares = np.square(MISSED / 0.2).sum()
    assert decay.chi_square == pytest.approx(squares, rel=1e-4)
    assert decay.deviance == pytest.approx(squares + 14 * np.log(0.2), rel=1e-4)


def test_courses_are_solved_once(decay, monkeypatch):
    solved = []
    once = InverseProblem.courses

    def counted(problem, point, **options):
        solved.append(point)
        return once(problem, point, **options)

    monkeypatch.setattr(InverseProblem, "courses", counted)
    assert decay.is_solved
    for asked in ("predicted", "states", "residuals", "deviance", "deviations"):
        getattr(decay, asked)
    assert len(solved) == 1
