import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn import Snapshots
from ratelaw.learn.data.observations import observe_moments
from ratelaw.learn.rates.moments.snapshot_moments import snapshot_moments


def of(times, counts, **options):
    return Snapshots.of_cells(times, counts, ["A", "B"], {"A": 1, "B": 0}, **options)


def test_equal_cells_are_counted_together():
    data = of([2, 1, 1, 1], [[5, 5], [1, 2], [1, 2], [0, 3]], cells=[1, 2, 3, 4])
    assert data.times.tolist() == [1, 2]
    assert data.observed[0].tolist() == [[0, 3], [1, 2]]
    assert data.cells[0].tolist() == [4, 5]
    assert data.total == 10


@pytest.mark.parametrize(
    ("times", "counts", "options", "message"),
    [
        ([0, 1], [[1, 1], [1, 1]], {}, r"row 1: time 0; cells are measured after time 0"),
        ([1, 2], [[1, 1], [1, -1]], {}, r"row 2: B = -1 is no number of molecules"),
        ([1, 2], [[1.5, 1], [1, 1]], {}, r"row 1: A = 1.5 is no number of molecules"),
        ([1, 2], [[np.nan, 1], [1, 1]], {}, r"row 1: A = nan is no number"),
        ([1, 2], [[1, 0], [1, 0]], {}, r"'B' is 0 in every cell"),
        ([1, 2], [[1, 0]], {}, r"2 times, counts of shape \(1, 2\)"),
        ([1], [[1, 1]], {"cells": [0]}, r"row 1: 0 cells"),
        ([], np.empty((0, 2)), {}, r"0 times"),
        ([1], [["x", 1]], {}, r"counts: could not convert string to float: 'x'; give numbers"),
        (["noon"], [[1, 1]], {}, r"times: could not convert string to float: 'noon'; give"),
        ([1, 2], [[1, 1], [1]], {}, r"counts: .*; give numbers"),
    ],
)
def test_bad_rows_are_named(times, counts, options, message):
    with pytest.raises(rl.DataError, match=message):
        of(times, counts, **options)


def test_every_species_needs_an_initial_count():
    with pytest.raises(rl.DataError, match="no initial count of 'B'"):
        Snapshots.of_cells([1], [[1, 1]], ["A", "B"], {"A": 1})


@pytest.mark.parametrize("count", [-1, 0.5, np.nan])
def test_initial_counts_are_numbers_of_molecules(count):
    with pytest.raises(rl.DataError, match=rf"initial B = {count:g} is no number of molecules"):
        Snapshots.of_cells([1], [[1, 1]], ["A", "B"], {"A": 1, "B": count})


def test_snapshots_of_paths_take_other_paths_at_each_time():
    record = [rl.RecordPaths(40)]
    run = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1, 2], trajectories=40, seed=1, record=record)
    data = Snapshots.from_paths(run, first=4, count=10)
    paths = run["paths"].values
    expected = np.unique(paths[14:24, 2], axis=0)
    np.testing.assert_array_equal(data.observed[1], expected)
    assert data.initial == {"A": 10, "B": 0}
    for first, count in ((0, 30), (-5, 5), (40, 1), (0, 0)):
        with pytest.raises(
            rl.DataError, match=f"to 39: there are not {count} at each of 2 times from {first} on"
        ):
            Snapshots.from_paths(run, first=first, count=count)


def test_third_moments_are_the_unbiased_ones_of_simulated_cells():
    record = [rl.RecordPaths(50), rl.RecordMoments(3)]
    run = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=50, seed=3, record=record)
    ours = snapshot_moments(Snapshots.from_paths(run, count=50), order=3)
    for name in ("average", "covariance", "central_moments", "moment_covariance"):
        np.testing.assert_allclose(ours[name], run[name], rtol=1e-9, atol=1e-9)
    with pytest.raises(rl.DataError, match="order 4"):
        snapshot_moments(Snapshots.from_paths(run, count=50), order=4)


def test_third_moments_need_three_cells():
    with pytest.raises(
        rl.DataError, match=r"2 cells at time 1: moments of order 3 need at least 3"
    ):
        snapshot_moments(of([1, 1], [[1, 2], [2, 4]]), order=3)


@pytest.mark.parametrize("order", [2, 3])
def test_moments_scatter_as_their_covariance_says(order):
    record = [rl.RecordPaths(50_000)]
    run = rl.simulate(
        rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=50_000, seed=2, record=record
    )
    parts = [
        snapshot_moments(Snapshots.from_paths(run, first=250 * i, count=250), order)
        for i in range(200)
    ]
    rows = np.array([observe_moments(part).values[1] for part in parts])
    expected = np.mean([m["moment_covariance"].values[1, :, 1] for m in parts], axis=0)
    exact = rl.simulate(rl.zoo.spcm(), rl.Moments(order), [5.0])
    i, j = np.triu_indices(2)
    truth = [exact["average"].values[0], exact["covariance"].values[0][i, j]]
    if order > 2:
        truth.append(exact["central_moments"].values[0])
    deviation = rows - np.concatenate(truth)
    chi_square = np.einsum("ra,ab,rb->", deviation, np.linalg.inv(expected), deviation)
    # A chi-square of as many degrees of freedom, and 3 % more spread as the moments of 250 cells
    # are not normal (the factor 1.2); beyond 4 of them one time in 15,000. The seed is fixed.
    freedom = rows.size
    assert abs(chi_square - freedom) < 4 * np.sqrt(2 * freedom) * 1.2
