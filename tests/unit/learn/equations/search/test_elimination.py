"""Terms left out through the solver, where a linear problem would leave out what is fast."""

import numpy as np
import pytest
import xarray as xr

import ratelaw as rl
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point
from ratelaw.learn.equations.search.elimination import eliminated


def chain(fast, seed):
    """A <-> B -> C, closed form by the exponential of its matrix; 1 % of each value."""
    from scipy.linalg import expm

    matrix = np.array([[-fast, fast, 0.0], [fast, -fast - 0.5, 0.0], [0.0, 0.5, 0.0]])
    times = np.linspace(0, 6, 13)
    generator = np.random.default_rng(seed)
    for start in ([1.0, 0.0, 0.0], [0.2, 0.9, 0.3], [0.0, 0.4, 1.0]):
        clean = np.array([expm(matrix * t) @ start for t in times])
        values = clean * (1 + 0.01 * generator.standard_normal(clean.shape))
        yield xr.Dataset(
            {"average": (["time", "species"], values)},
            coords={"time": times, "species": list("ABC")},
        )


def test_an_exchange_faster_than_measurements_stays_and_the_rest_goes():
    data = rl.Experiments.of(*chain(200.0, 1))
    library = rl.MassActionLibrary(1, 1)
    field = Field(data.species, (), library.columns(data.species))
    deviations = tuple(0.01 * np.maximum(part.values, 0.01) for part in data.experiments)
    problem = InverseProblem(field, data, deviations)
    begin = Point(np.full(len(field.terms), 1.0), np.empty(0), problem.first_starts)
    point = eliminated(problem, problem.fit(begin).point, lambda count: 7.0 * count)
    kept = {str(field.terms[c]) for c in np.flatnonzero(point.theta)}
    assert kept == {"A --> B", "B --> A", "B --> C"}
    rates = dict(zip(map(str, field.terms), point.theta, strict=True))
    assert rates["A --> B"] == pytest.approx(rates["B --> A"], rel=0.01)
