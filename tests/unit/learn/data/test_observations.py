"""What moments and averages are read from a result or a table."""

import numpy as np
import pytest
import xarray as xr

import ratelaw as rl
from ratelaw.learn.data.observations import observe_averages, observe_moments
from ratelaw.learn.rates.moments.snapshot_moments import snapshot_moments

SAME = ("times", "values", "whitener")


def simulated():
    return rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 2, 4], trajectories=200, seed=1)


def weighed(*errors):
    values = {"average": [[6.0, 1.0], [4.0, 3.0]], "standard_error": np.reshape(errors, (2, 2))}
    return xr.Dataset(
        {name: (["time", "species"], value) for name, value in values.items()},
        coords={"time": [0.0, 1.0], "species": ["A", "B"]},
    )


@pytest.mark.parametrize(
    ("observe", "data"),
    [
        (observe_averages, simulated()),
        (observe_moments, simulated()),
        (observe_averages, weighed(0.1, 0.2, 0.3, 0.4)),
    ],
)
def test_dimensions_come_in_any_order(observe, data):
    plain, turned = observe(data), observe(data.transpose())
    for name in SAME:
        np.testing.assert_array_equal(getattr(turned, name), getattr(plain, name))


@pytest.mark.parametrize("error", [-0.1, np.nan])
def test_an_error_that_weighs_nothing_is_named(error):
    found = rf"standard error of 'A' is {error:g} at time 1 \(row 2\): give a number >= 0"
    with pytest.raises(rl.DataError, match=found):
        observe_averages(weighed(0.1, 0.2, error, 0.4))


def exchanging(times, trajectories):
    """A <-> B, 20 molecules in all."""
    network = rl.Network.parse("A --> B, 1\nB --> A, 0.5", initial={"A": 20, "B": 0})
    return rl.simulate(network, rl.Direct(), times, trajectories=trajectories, seed=1)


def test_a_start_is_free_only_where_its_errors_lead():
    # B = 20 - A, so that <B> = 20 - <A>, Cov(A,B) = -Var(A) and Var(B) = Var(A).
    directions = observe_moments(exchanging([0.5, 1], 200)).start_directions
    known = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 1, 0, -1]])
    assert directions.shape == (5, 2)
    np.testing.assert_allclose(known @ directions, 0, atol=1e-9)


@pytest.mark.parametrize(
    ("errors", "directions"),
    [((0, 0), np.empty((2, 0))), ((0, 0.2), [[0], [0.2]]), ((0.1, 0.2), [[0.1, 0], [0, 0.2]])],
)
def test_a_start_is_free_by_its_standard_errors(errors, directions):
    observed = observe_averages(weighed(*errors, 0.3, 0.4))
    np.testing.assert_allclose(np.abs(observed.start_directions), directions)
    assert observed.start_is_exact == (not any(errors))


def test_a_species_that_follows_from_another_weighs_nothing():
    cells = exchanging([0, 0.5, 1], 40)
    both, errors = observe_moments(cells), np.array([[0, 0], [0.3, -0.2], [-0.1, 0.4]])
    moments = ["A", "A,A"]
    alone = cells.sel(species=["A"], species_=["A"], moment=moments, moment_=moments)
    of_both = errors @ [[1, -1, 0, 0, 0], [0, 0, 1, -1, 1]]
    distances = [
        np.square(observed.whitener @ shift.ravel()).sum()
        for observed, shift in ((both, of_both), (observe_moments(alone), errors))
    ]
    assert distances[0] == pytest.approx(distances[1], rel=1e-6)


def test_only_independent_moments_need_trajectories():
    assert len(observe_moments(exchanging([0, 0.5, 1], 7)).whitener) == 4
    few = "6 trajectories cannot weigh 10 moments: .* simulate at least 13"
    with pytest.raises(rl.DataError, match=few):
        observe_moments(exchanging([0, 0.5, 1], 6))


def test_moments_that_few_cells_tie_together_are_not_dependent():
    # Three cells of two species at each time: five moments that vary, of which the cells show two.
    counts = np.random.default_rng(1).poisson(9, (90, 2))
    times = np.repeat(np.arange(1, 31), 3)
    cells = rl.Snapshots.of_cells(times, counts, ["A", "B"], {"A": 0, "B": 0})
    with pytest.raises(rl.DataError, match=r"90 trajectories cannot weigh 1\d\d moments"):
        observe_moments(snapshot_moments(cells))


@pytest.mark.parametrize("observe", [observe_averages, observe_moments])
def test_a_sweep_is_no_data_set(observe):
    sweep = {"A(0)": [3, 4]}
    run = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1], trajectories=20, seed=1, sweep=sweep)
    with pytest.raises(rl.DataError, match="choose a parameter set first"):
        observe(run)
