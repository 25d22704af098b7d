"""Predicted errors and best designs, against closed forms and repeated experiments."""

import numpy as np
import pytest
import sympy as sp
from scipy.optimize import brentq

import ratelaw as rl
from ratelaw.learn.rates.design.information import information_of_moments, information_per_cell
from ratelaw.learn.rates.design.slopes import Slopes
from ratelaw.learn.rates.rate_problem import with_free_constants


def test_one_snapshot_of_pure_death_is_best_where_its_information_peaks():
    # Cells are binomial with p = exp(-g t): information n t^2 p / (1 - p).
    g, n = 0.5, 7
    network = rl.Network.parse(f"A --> 0, {g}", initial={"A": n})
    options = [rl.learn.Design([t], 100) for t in np.arange(1, 40) * 0.2]
    ranked = rl.rank_designs(network, options)
    best = brentq(lambda x: 2 * (1 - np.exp(-x)) - x, 1, 2) / g  # at g t = 1.5936
    assert ranked.designs[0].times[0] == pytest.approx(best, abs=0.11)
    assert ranked.designs[-1].times[0] in (0.2, pytest.approx(7.8))
    for design, errors in zip(ranked.designs, ranked.standard_errors, strict=True):
        p = np.exp(-g * design.times[0])
        exact = np.sqrt((1 - p) / (100 * n * design.times[0] ** 2 * p))
        np.testing.assert_allclose(errors, exact, rtol=1e-5)


def test_errors_and_gains_are_those_of_repeated_experiments():
    # Cells are Poisson; their averages at t and 2 t solve for the likeliest k and g.
    k, g, t, cells, repeats = 10.0, 0.5, 1.0, 400, 20_000
    means = k * (1 - np.exp(-g * np.array([t, 2 * t]))) / g
    draws = np.random.default_rng(1).poisson(cells * means, (repeats, 2)) / cells
    rate = -np.log(draws[:, 1] / draws[:, 0] - 1) / t
    birth = draws[:, 0] * rate / (1 - np.exp(-rate * t))
    ranked = rl.rank_designs(rl.zoo.birth_death(), [rl.learn.Design([t, 2 * t], cells)])
    spread = np.std([birth, rate], axis=1)
    # The spread of 20,000 is known to 0.5 %; the bound's own next order is some 1 / 400 cells.
    np.testing.assert_allclose(ranked.standard_errors[0], spread, rtol=0.03)
    twice = rl.rank_designs(
        rl.zoo.birth_death(),
        [rl.learn.Design([t, 2 * t], cells)],
        done=[rl.learn.Design([t, 2 * t], cells)],
    )
    assert twice.gains[0] == pytest.approx(2 * np.log(2))
    np.testing.assert_allclose(twice.errors_now, ranked.standard_errors[0])


def test_where_states_are_too_many_averages_and_covariances_serve():
    # Of a Poisson distribution the average holds all information: (dm/dk)^2 / m and so on.
    k, g, t = 1e9, 0.5, 1.2
    free = with_free_constants(rl.zoo.birth_death())
    network = free.replace(parameters={"k1": k, "k2": g})
    information, exact = information_per_cell(network, np.array([t]))
    left = np.exp(-g * t)
    slope = np.array([(1 - left) / g, k * (t * left / g - (1 - left) / g**2)])
    assert not exact
    expected = np.outer(slope, slope) / (k * (1 - left) / g)
    np.testing.assert_allclose(information[0], expected, rtol=1e-6)


def test_averages_and_covariances_of_a_clone():
    # Birth and death from one cell: Bailey 1964, Eqs. (8.46) to (8.49).
    names = birth, death = sp.symbols("birth death", positive=True)
    t, point = 1.5, {birth: 0.9, death: 0.4}
    mean = sp.exp((birth - death) * t)
    variance = (birth + death) / (birth - death) * mean * (mean - 1)
    slope = np.array([[float(f.diff(k).subs(point)) for k in names] for f in (mean, variance)])
    extinct = float((death * (mean - 1) / (birth * mean - death)).subs(point))
    more = float((birth * (mean - 1) / (birth * mean - death)).subs(point))
    n = np.arange(1, 2000)
    p = np.append(extinct, (1 - extinct) * (1 - more) * more ** (n - 1))
    deviation = np.append(0, n) - float(mean.subs(point))
    second, third, fourth = (p @ deviation**order for order in (2, 3, 4))
    sampling = np.array([[second, third], [third, fourth - second**2]])
    free = with_free_constants(rl.Network.parse("A --> 2 A, 1\nA --> 0, 1", initial={"A": 1}))
    network = free.replace(parameters={"k1": 0.9, "k2": 0.4})
    found = information_of_moments(Slopes(network, np.array([t]), ("A",)))
    np.testing.assert_allclose(found[0], slope.T @ np.linalg.solve(sampling, slope), rtol=1e-6)


def test_moments_never_hold_more_than_the_distribution():
    free = with_free_constants(rl.zoo.spcm().replace(initial={"A": 5, "B": 0}))
    constants = [0.092, 0.084, 0.924, 0.31]
    network = free.replace(parameters=dict(zip(free.parameters, constants, strict=True)))
    slopes = Slopes(network, np.array([3.0]), ("A", "B"))
    (full,), exact = information_per_cell(network, slopes.times)
    assert exact
    shares = np.linalg.eigvals(np.linalg.solve(full, information_of_moments(slopes)[0])).real
    assert (shares < 1 + 1e-6).all()
    assert (shares > 0.5).all()


def test_what_is_known_already_comes_with_the_rates():
    record = [rl.RecordPaths(600)]
    run = rl.simulate(
        rl.zoo.birth_death(), rl.Direct(), [0, 1, 2], trajectories=600, seed=1, record=record
    )
    rates = rl.fit_rates(rl.zoo.birth_death(), rl.Snapshots.from_paths(run, count=300))
    options = [rl.learn.Design([t], 300) for t in (0.5, 8)] + [rl.learn.Design([1], 300, {"A": 60})]
    ranked = rl.rank_designs(rates, options)
    np.testing.assert_allclose(ranked.errors_now, rates.standard_errors, rtol=1e-9)
    assert (ranked.standard_errors <= ranked.errors_now).all()
    assert (np.diff(ranked.gains) <= 0).all()
    assert str(ranked.designs[0]) == "300 cells at 1 from A = 60"
    assert str(ranked).count("\n") == 6


def test_one_time_does_not_determine_two_rates():
    ranked = rl.rank_designs(
        rl.zoo.birth_death(), [rl.learn.Design([1], 9), rl.learn.Design([1, 2], 9)]
    )
    assert [len(design.times) for design in ranked.designs] == [2, 1]
    assert np.isinf(ranked.standard_errors[1]).all()
    assert np.isinf(ranked.gains[0])
    assert np.isnan(ranked.gains[1])


@pytest.mark.parametrize("volume", [1.0, 1e-6, 1e-12])
def test_what_is_undetermined_does_not_depend_on_units(volume):
    """Long after the start cells show k1 V / k2 alone; together with earlier ones, both."""
    text = f"0 --> A, k1\nA --> 0, 1\nk1 = {10 / volume}\nvolume = {volume}"
    network = rl.Network.parse(text, initial={"A": 0})
    late, both = rl.learn.Design([60.0], 100), rl.learn.Design([1.0, 60.0], 100)
    ranked = rl.rank_designs(network, [late, both])
    assert ranked.designs == (both, late)
    assert np.isinf(ranked.standard_errors[1]).all()
    t = np.array([1.0, 60.0])
    share = -np.expm1(-t)
    slopes = np.stack([share, 10 * (t * np.exp(-t) - share)])
    information = 100 * (slopes / (10 * share)) @ slopes.T
    errors = np.sqrt(np.diagonal(np.linalg.inv(information)))
    np.testing.assert_allclose(ranked.standard_errors[0] * [volume, 1.0], errors, rtol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 3), "give finite ones above 0"),
        (([0], 3), "above 0"),
        (([1], 0), "0 cells"),
        ((1.0, 10), r"times is 1.0: give a list such as \[1.0, 2.5\]"),
        (([1.0], "10"), "cells is '10': give a number such as 300"),
    ],
)
def test_designs_that_cannot_be_taken_are_refused(arguments, message):
    with pytest.raises(rl.DataError, match=message):
        rl.learn.Design(*arguments)


def test_nothing_to_rank_is_refused():
    with pytest.raises(rl.DataError, match="no designs"):
        rl.rank_designs(rl.zoo.birth_death(), [])
