"""How large noise is before there is a model: of courses with known noise."""

import numpy as np
import pytest
import xarray as xr

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.data.noise import AdditiveNoise, LogNormalNoise
from ratelaw.learn.equations.error_laws import NormalLaw
from ratelaw.learn.equations.search.first_noise import first_deviations
from ratelaw.learn.equations.search.matching import smooth

TIMES = np.linspace(0, 1, 10)
SHARE = 0.05


def table(values: np.ndarray, times: np.ndarray = TIMES) -> xr.Dataset:
    return xr.Dataset(
        {"average": (["time", "species"], values)},
        coords={"time": times, "species": ["A", "B"][: values.shape[1]]},
    )


def estimated(data: Experiments) -> np.ndarray:
    courses = [smooth(data, part, NormalLaw()) for part in data.experiments]
    return np.concatenate(first_deviations(data, courses, NormalLaw()))


def over_at_once() -> list[np.ndarray]:
    """B falls a thousandfold before the second time; both fall by e at each time after it."""
    rng = np.random.default_rng(1)
    fall = np.exp(-np.arange(10.0))
    jump = np.where(np.arange(10) > 0, 1e-3, 1.0)
    return [
        np.column_stack([s[0] * fall, s[1] * fall * jump]) for s in rng.uniform(0.2, 1, (60, 2))
    ]


def noisy(courses: list[np.ndarray], deviations: list[np.ndarray]) -> list[xr.Dataset]:
    rng = np.random.default_rng(2)
    return [
        table(y + s * rng.standard_normal(y.shape))
        for y, s in zip(courses, deviations, strict=True)
    ]


def test_proportional_noise_over_decades_and_beside_a_jump() -> None:
    """A scale from 480 second differences varies by some 5 %: 25 % is beyond four of these."""
    courses = over_at_once()
    data = Experiments.of(*noisy(courses, [SHARE * y for y in courses]))
    truth = SHARE * np.concatenate(courses)
    ratio = estimated(data) / truth
    seen = truth > 1e-5  # below is the least that the solver resolves
    assert np.median(ratio[seen[:, 0], 0]) == pytest.approx(1, abs=0.25)
    assert 0.75 < np.median(ratio[seen[:, 1], 1]) < 1.6  # a value in eight is beside the jump


def test_smooth_courses_that_are_followed_closely_do_not_hide_the_noise() -> None:
    """Seven of ten degrees of freedom are spent on some of these courses."""
    rng = np.random.default_rng(3)
    courses = [np.column_stack([1 + np.sin(6 * TIMES + p)]) for p in rng.uniform(0, 6, 80)]
    tables = [table(y + 0.02 * rng.standard_normal(y.shape)) for y in courses]
    found = estimated(Experiments.of(*tables, noise=AdditiveNoise()))
    assert np.median(found) == pytest.approx(0.02, rel=0.3)


def test_curves_through_all_values_do_not_hide_the_noise() -> None:
    """Values near 0 weigh much beside constant noise, so that curves go through all of them.

    Foo et al. 2025, X1 --> X2 (10), X1 + X2 --> X3 (3), X3 --> X1 + X2 (1): a trace and its source.
    """
    times, rng = np.linspace(0, 10, 101), np.random.default_rng(4)
    trace = 0.1 * np.exp(-times) * (1 - np.exp(-10 * times))
    courses = np.column_stack([trace, np.exp(-times)])
    found = estimated(
        Experiments.of(table(courses + 0.01 * rng.standard_normal(courses.shape), times))
    )
    assert np.sqrt(np.mean(np.square(found), axis=0)) == pytest.approx(0.01, rel=0.35)


def test_smooth_courses_tell_more_where_neighbours_are_far_apart() -> None:
    times = np.linspace(0, 10, 41)
    tables = [table(np.column_stack([2 + np.sin(times + p)]), times) for p in range(4)]
    assert estimated(Experiments.of(*tables)).max() < 1e-3


def test_given_deviations_and_relative_noise_are_kept() -> None:
    courses = over_at_once()
    tables = noisy(courses, [SHARE * y for y in courses])
    logs = estimated(Experiments.of(*tables, noise=LogNormalNoise()))
    values = np.concatenate([t["average"].values for t in tables])
    assert np.median(logs[:, 0] / values[:, 0]) == pytest.approx(SHARE, rel=0.25)
    given = [
        t.assign(standard_error=(["time", "species"], np.full(t["average"].shape, 0.3)))
        for t in tables
    ]
    assert (estimated(Experiments.of(*given)) == 0.3).all()
