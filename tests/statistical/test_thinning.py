"""Rates that depend on time: exact, and no path depends on when it is looked at."""

import re

import numpy as np
import pytest
from scipy.stats import chi2, kstest, poisson

import ratelaw as rl
from ratelaw.simulate.ssa.thinning import ThinnedStep

TIMES = np.linspace(0, 7, 8)
DRIVEN = rl.Network.parse(
    "0 --> A, 8*(1 + sin(time))*steps(1, 2, 0.2, 5, 2)\nA --> 0, 1", initial={"A": 0}
)


def test_driven_immigration_is_poisson_at_every_time():
    """Immigration from 0 stays Poisson, with the mean of the rate equation."""
    count = 50_000
    record = [rl.RecordHistogram()]
    cells = rl.simulate(DRIVEN, rl.Direct(), TIMES, trajectories=count, seed=1, record=record)
    mean = rl.simulate(DRIVEN, rl.MassAction(rtol=1e-10), TIMES)["average"].values[:, 0]
    for row in range(1, len(TIMES)):
        table = rl.marginal(cells, "A")[row].values * count
        expected = poisson.pmf(np.arange(len(table)), mean[row]) * count
        often = expected > 5
        found, wanted = table[often], expected[often]
        found, wanted = (np.append(x, count - x.sum()) for x in (found, wanted))
        distance = ((found - wanted) ** 2 / np.maximum(wanted, 1.0)).sum()
        # One false alarm in 10,000 a time, seven times; the seed is fixed.
        assert distance < chi2.ppf(1 - 1e-4, len(found) - 1)


def test_the_first_event_has_the_hazard_of_the_rate():
    """P(T > t) = exp(-integral of the rate): here 0.5 t^2."""
    network = rl.Network.parse("A => 0, time*A", initial={"A": 1})
    record = [rl.RecordFirstPassage("A == 0", count=20_000)]
    gone = rl.simulate(network, rl.Direct(), [0, 50], trajectories=20_000, seed=2, record=record)[
        "passage_times"
    ].values[0]
    # p < 1e-4: one false alarm in 10,000; the seed is fixed.
    assert kstest(0.5 * gone**2, "expon").pvalue > 1e-4


def test_inputs_that_do_not_change_give_the_law_of_the_constant_network():
    held = rl.Network.parse(
        "A --> 2 A, 0.3*steps(1, 2, 1)\nA --> 0, 0.4*steps(2, 1, 1, 3, 1)", initial={"A": 20}
    )
    cells = rl.simulate(held, rl.Direct(), TIMES, trajectories=40_000, seed=3)
    exact = rl.simulate(held, rl.Moments(), TIMES)
    errors = np.sqrt(np.einsum("tmtm->tm", cells["moment_covariance"].values))[1:]
    z = (
        np.column_stack(
            [
                (cells["average"] - exact["average"]).values[1:, 0],
                (cells["covariance"] - exact["covariance"]).values[1:, 0, 0],
            ]
        )
        / errors
    )
    # Fourteen z-scores beyond 4.5: one false alarm in 10,000; the seed is fixed.
    assert np.abs(z).max() < 4.5


def test_a_path_depends_on_the_seed_and_its_number_alone():
    def paths(times, trajectories):
        record = [rl.RecordPaths(20)]
        return rl.simulate(
            DRIVEN, rl.Direct(), times, trajectories=trajectories, seed=4, record=record
        )["paths"].values

    reference = paths(TIMES, 500)
    np.testing.assert_array_equal(paths(TIMES[::7], 500), reference[:, ::7])
    np.testing.assert_array_equal(paths(TIMES, 20), reference)  # one by one instead of on lanes


def test_a_rate_that_turns_negative_is_named_with_its_time():
    network = rl.Network.parse("0 --> A, 1 - time", initial={"A": 0})
    with pytest.raises(rl.SolverError, match=r"'0 --> A': its propensity is -.* at time [1-9]"):
        rl.simulate(network, rl.Direct(), [0, 9], trajectories=100, seed=1)


def z_of_poisson_averages(network, times, count, seed):
    """Immigration and death from 0: Poisson, with the mean of the rate equation."""
    cells = rl.simulate(network, rl.Direct(), times, trajectories=count, seed=seed)
    mean = rl.simulate(network, rl.MassAction(), times)["average"].values[:, 0]
    return (cells["average"].values[:, 0] - mean) / np.sqrt(mean / count)


def test_many_driven_reactions_do_not_share_the_names_of_their_bounds():
    """Line 10 of reaction 1 was once line 0 of reaction 11, and its bound overwritten."""
    driven = "\n".join(f"0 --> A, 1 + sin({1 + 0.2 * j}*time)" for j in range(13))
    lines = [line for stage in ThinnedStep().stages(rl.Network.parse(driven)) for line in stage]
    names = [line.split()[0] for line in lines if re.match(r"d\d", line)]
    assert len(names) == len(set(names)) > 13


def test_a_power_of_time_from_its_zero_on():
    """Its logarithm is -inf where the window begins: the bound must be finite all the same."""
    network = rl.Network.parse("0 --> A, 10*time^h/(1 + time^h)\nA --> 0, 1\nh = 2.5")
    # Two z-scores beyond 4.5: one false alarm in 74,000; the seed is fixed.
    assert np.abs(z_of_poisson_averages(network, [1, 3], 20_000, seed=5)).max() < 4.5


def test_a_rate_that_jumps_with_floor_is_poisson():
    network = rl.Network.parse("0 --> A, 2 + floor(time)")
    times, count = np.array([0.5, 1.0, 2.5, 4.0]), 20_000
    cells = rl.simulate(network, rl.Direct(), times, trajectories=count, seed=8)
    mean = np.array([1.0, 2.0, 2 + 3 + 0.5 * 4, 2 + 3 + 4 + 5])
    z_mean = (cells["average"].values[:, 0] - mean) / np.sqrt(mean / count)
    variance = cells["covariance"].values[:, 0, 0]
    z_variance = (variance - mean) / np.sqrt((mean + 2 * mean**2) / count)
    # Eight z-scores beyond 4.3: one false alarm in 7000; the seed is fixed.
    assert max(np.abs(z_mean).max(), np.abs(z_variance).max()) < 4.3
