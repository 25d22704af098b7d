"""All candidates at once, against closed forms."""

import numpy as np
import pytest
import xarray as xr

import ratelaw as rl
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point
from ratelaw.learn.equations.search.all_terms import fit_all, slowest

TIMES = np.linspace(0, 2, 5)
DEVIATION = 0.01


def decay(rate, library):
    values = np.column_stack([np.exp(-rate * TIMES), 1 - np.exp(-rate * TIMES)])
    table = xr.Dataset(
        {"average": (["time", "species"], values)},
        coords={"time": TIMES, "species": ["A", "B"]},
    )
    data = rl.Experiments.of(table, exact_start=True)
    field = Field(data.species, (), library.columns(data.species))
    return InverseProblem(field, data, (np.full(values.shape, DEVIATION),))


def test_what_is_not_there_is_zero_among_all():
    problem = decay(0.7, rl.MassActionLibrary(order=1, products=1))
    names = [str(term) for term in problem.field.terms]
    start = Point(np.full(len(names), 0.1), np.empty(0), problem.first_starts)
    found = dict(zip(names, fit_all(problem, start).theta, strict=True))
    assert found.pop("A --> B") == pytest.approx(0.7, rel=1e-3)
    np.testing.assert_allclose(list(found.values()), 0, atol=1e-3)


def test_the_slowest_rate_of_what_is_over_at_once():
    """Chi-square at rate k is 2 exp(-2 k 0.5)/sd^2, up to the later times."""
    problem = decay(200.0, rl.ReactionLibrary(rl.Network.parse("A --> B, 1")))
    fast = Point(np.array([200.0]), np.empty(0), problem.first_starts)
    slow = slowest(problem, fast, within=10.0).theta[0]
    assert slow == pytest.approx(np.log(2 / 10 / DEVIATION**2), rel=0.15)
