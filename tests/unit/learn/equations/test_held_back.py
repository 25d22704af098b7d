"""Held-back experiments and criteria against formulas of straight lines."""

import numpy as np
import pytest
import xarray as xr

import ratelaw as rl
from ratelaw.learn.equations.held_back import accepts, hold_back

TIMES = np.linspace(0, 4, 5)
LINE = rl.ReactionLibrary(rl.Network.parse("0 --> A, 1"))


def lines(slopes, seed=1):
    generator = np.random.default_rng(seed)
    tables = []
    for slope in slopes:
        values = slope * TIMES + 0.1 * generator.standard_normal(len(TIMES))
        values[0] = 0
        tables.append(table(values, TIMES))
    return rl.Experiments.of(*tables, exact_start=True, noise=rl.learn.AdditiveNoise())


def table(values, times):
    return xr.Dataset(
        {"average": (["time", "species"], np.asarray(values, dtype=float)[:, None])},
        coords={"time": times, "species": ["A"]},
    )


def test_an_experiment_is_predicted_from_the_others():
    data = lines([1.0, 2.0, 3.0, 4.0])
    fit = rl.ODENet(LINE).fit(data)
    found = hold_back(fit, data, folds=2)
    own = [
        np.nansum(TIMES * part.values[:, 0]) / np.square(TIMES).sum() for part in data.experiments
    ]
    for e, course in enumerate(found.predicted):
        others = np.mean([own[i] for i in range(4) if i % 2 != e % 2])
        np.testing.assert_allclose(course[:, 0], others * TIMES, rtol=1e-4, atol=1e-9)
    missed = np.concatenate(
        [c[1:, 0] - p.values[1:, 0] for c, p in zip(found.predicted, data.experiments, strict=True)]
    )
    expected = 16 * (1 + np.log(missed @ missed / 16))
    assert found.deviance == pytest.approx(expected, rel=1e-4)


def test_the_criteria_are_their_formulas():
    data = lines([2.0, 2.0])
    fit = rl.ODENet(LINE).fit(data)
    slope = fit.values[0]
    missed = np.concatenate([slope * TIMES[1:] - p.values[1:, 0] for p in data.experiments])
    deviance = 8 * (1 + np.log(missed @ missed / 8))
    assert rl.learn.AICc().score(fit, data) == pytest.approx(deviance + 2 + 4 / 6, rel=1e-6)
    assert rl.learn.ExtendedBIC().score(fit, data) == pytest.approx(deviance + np.log(8), rel=1e-6)
    assert rl.learn.CrossValidation(2).score(fit, data) > deviance


def test_cross_validation_leaves_out_what_only_one_experiment_wants():
    """Growth that differs between experiments is no curvature of the line they share."""
    data = lines([2.0, 2.05, 1.95, 2.0], seed=7)
    library = rl.TermLibrary(("1", "A", "A**2"))
    fit = rl.ODENet(library, criterion=rl.learn.CrossValidation(4)).fit(data)
    scores = [rl.learn.CrossValidation(4).score(model, data) for model in fit.alternatives]
    assert scores == sorted(scores)
    assert fit.found["1"][0] == pytest.approx(2.0, rel=0.1)


def test_a_model_that_explodes_on_held_back_data_is_named():
    """x' = k x^2 from 1 says k = 1 there; from 10 it is infinite at time 0.1."""
    times = np.linspace(0, 0.5, 6)
    data = rl.Experiments.of(
        table(1 / (1 - times), times),
        table(10 + times, times),
        exact_start=True,
        noise=rl.learn.AdditiveNoise(),
    )
    explosive = rl.ReactionLibrary(rl.Network.parse("2 A --> 3 A, 1"))
    first = rl.Experiments.of(table(1 / (1 - times), times), exact_start=True)
    fit = rl.ODENet(explosive).fit(first)
    assert fit.values[0] == pytest.approx(2.0, rel=1e-3)
    assert "explodes in experiment 2" in accepts(fit, data)
    assert accepts(fit, first) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rl.learn.CrossValidation(1), "folds=1"),
        (
            lambda: rl.learn.CrossValidation().score(
                rl.ODENet(LINE).fit(lines([1.0])), lines([1.0])
            ),
            "one",
        ),
    ],
)
def test_what_cannot_be_held_back(call, message):
    with pytest.raises(rl.DataError, match=message):
        call()
