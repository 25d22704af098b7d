"""Pages of fitted PEtab problems: courses that pass where the likelihood says, and what is told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ratelaw.formats import read_petab
from ratelaw.formats.petab.problem import Scale
from ratelaw.learn import PetabFit
from ratelaw.learn.petab.likelihood import predict
from ratelaw.learn.petab.petab_fit import EstimatedParameter, Start
from ratelaw.report import render
from ratelaw.report.petab_figures import _courses
from ratelaw.report.petab_page import petab_page

SUITE = Path(__file__).parents[2] / "reference" / "petab"


def fitted(problem, starts):
    known = EstimatedParameter("k1", 0.8, Scale.LOG10, (0.1, 9), 0.1, (0.5, 1), (True, True))
    loose = EstimatedParameter("k2", 9.0, Scale.LINEAR, (0, 9), 0, (2, 9), (True, False), "upper")
    return PetabFit(problem, 7.0, (known, loose), np.eye(2), ("+1 k2",), starts, ())


@pytest.mark.parametrize("case", ["0001", "0007", "0014"])
def test_courses_pass_where_the_likelihood_compares(case):
    """With several conditions, noise that rows set, and a logarithmic scale."""
    problem = read_petab(SUITE / case / f"_{case}.yaml")
    expected = predict(problem)
    places = {row: i for i, row in enumerate(problem.measurements)}
    seen = 0
    for course in _courses(problem):
        times = [row.time for row in course.between]
        for row in course.measured:
            at = times.index(row.time)
            value, sigma = expected.values[places[row]], expected.deviations[places[row]]
            scale = problem.observables[row.observable].scale
            assert course.middle[at] == pytest.approx(value, rel=1e-5)
            width = np.diff(scale.of(np.array([course.lower[at], course.upper[at]])))
            assert width.item() == pytest.approx(2 * 1.96 * sigma, rel=1e-5)
            seen += 1
    assert seen == len(problem.measurements)


def test_the_page_tells_of_starts_that_failed_and_parameters_without_an_end():
    problem = read_petab(SUITE / "0001" / "_0001.yaml")
    starts = (Start(8.0, 7.0, 9), Start(np.inf, np.inf, 1, "stiff"), Start(9.0, 8.0, 9))
    page = render(petab_page(fitted(problem, starts), "ratelaw fit a.yaml"))
    assert "of 3 starts led to it" in page
    assert (
        "k2 is not identifiable: at its upper bound 9; the data only say that it is above 2."
        in page
    )
    assert "k1 is" not in page
    assert "+1 k2" in page


def test_steady_states_have_no_course():
    problem = read_petab(SUITE / "0001" / "_0001.yaml")
    rows = tuple(replace(row, time=np.inf) for row in problem.measurements)
    page = petab_page(fitted(replace(problem, measurements=rows), (Start(8.0, 7.0, 9),)), "")
    assert "no course to draw" in render(page)
