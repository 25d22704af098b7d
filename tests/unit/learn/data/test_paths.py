"""Trajectories: watched without a gap, and seen at times."""

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn import ObservedPaths, PathRows, Snapshots, transitions


def test_rows_come_in_any_order():
    rows = PathRows.of(["b", "a", "a", "b"], [2, 3, 0, 0], [[1], [2], [3], [4]], ["A"])
    assert rows.trajectory.tolist() == ["a", "a", "b", "b"]
    assert rows.times.tolist() == [0, 3, 0, 2]
    assert rows.counts[:, 0].tolist() == [3, 2, 4, 1]
    assert rows.goes_on.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("trajectory", "times", "counts", "complaint"),
    [
        ([1], [0, 1], [[1], [2]], r"1 trajectories, 2 times, counts of shape \(2, 1\)"),
        ([1, 1], [0, -1], [[1], [2]], "row 2: time -1; use finite times >= 0"),
        ([1, 1], [0, np.inf], [[1], [2]], "row 2: time inf"),
        ([1, 1], [0, 1], [[1], [-2]], "row 2: A = -2 is no number of molecules"),
        ([1, 2, 1], [3, 0, 3], [[1], [2], [1]], "rows 1 and 3: trajectory 1 is there twice"),
        ([], [], np.empty((0, 1)), "0 trajectories"),
    ],
)
def test_bad_rows_are_named(trajectory, times, counts, complaint):
    with pytest.raises(rl.DataError, match=complaint):
        PathRows.of(trajectory, times, counts, ["A"])


def test_what_is_no_number_is_refused():
    with pytest.raises(rl.DataError, match="counts: could not convert string to float: 'x'"):
        PathRows.of([1], [0], [["x"]], ["A"])


def test_each_state_lasts_until_the_next_or_the_end():
    paths = ObservedPaths.of_rows(
        [1, 1, 1, 2], [0, 1, 3, 0], [[2], [2], [1], [5]], ["A"], ends={1: 4, 2: 7}
    )
    assert paths.durations.tolist() == [1, 2, 1, 7]
    assert paths.jumps.tolist() == [1]  # the row at time 1 repeats the state


@pytest.mark.parametrize(
    ("ends", "complaint"),
    [
        (2, "trajectory 1: a row at time 3, but observation ended at 2"),
        ({1: np.inf}, "observation ended at inf"),
        ({2: 5}, "trajectory 1: no end of observation"),
    ],
)
def test_observation_ends_after_the_last_row(ends, complaint):
    with pytest.raises(rl.DataError, match=complaint):
        ObservedPaths.of_rows([1, 1], [0, 3], [[2], [1]], ["A"], ends=ends)


def test_recorded_events_are_paths_with_those_in_which_nothing_happened():
    network = rl.Network.parse("A --> 0, 0.1", initial={"A": 1})
    run = rl.simulate(
        network, rl.Direct(), [0, 2], trajectories=90, seed=1, record=[rl.RecordEvents(60)]
    )
    paths = ObservedPaths.from_events(run)
    happened = run["event_time"].values
    assert len(paths.ends) == 60
    assert len(paths.jumps) == len(happened) < 60
    alive = paths.durations @ paths.rows.counts[:, 0]
    assert alive == pytest.approx(happened.sum() + 2 * (60 - len(happened)))
    some = ObservedPaths.from_events(run, first=20, count=30)
    assert np.unique(some.rows.trajectory).tolist() == list(range(20, 50))
    with pytest.raises(rl.DataError, match=r"numbers 0 to 59: there are not 41 from 20 on"):
        ObservedPaths.from_events(run, first=20, count=41)
    with pytest.raises(rl.DataError, match="no events"):
        ObservedPaths.from_events(rl.simulate(network, rl.MassAction(), [0, 2]))


def test_transitions_begin_where_a_path_was_seen():
    rows = PathRows.of(
        [1, 1, 1, 2, 2, 2],
        [0, 0.1, 0.2, 0.2, 0.3, 1.3],
        [[1, 2], [1, 1], [1, 2], [1, 2], [1, 1], [0, 2]],
        ["A", "B"],
    )
    late, early = transitions(rows)
    assert (late.initial, early.initial) == ({"A": 1, "B": 1}, {"A": 1, "B": 2})
    # 0.2 - 0.1 and 0.3 - 0.2 differ in their last bits.
    assert early.times.tolist() == pytest.approx([0.1])
    assert early.observed[0].tolist() == [[1, 1]]
    assert early.cells[0].tolist() == [2]
    assert late.times.tolist() == pytest.approx([0.1, 1.0])
    assert [seen.tolist() for seen in late.observed] == [[[1, 2]], [[0, 2]]]


def test_transitions_need_two_times_and_every_species():
    with pytest.raises(rl.DataError, match="no trajectory is seen at two times"):
        transitions(PathRows.of([1, 2], [0, 0], [[1], [2]], ["A"]))
    with pytest.raises(rl.DataError, match="'B' is 0 in every row"):
        transitions(PathRows.of([1, 1], [0, 1], [[1, 0], [2, 0]], ["A", "B"]))


def test_recorded_paths_are_rows():
    record = [rl.RecordPaths(4)]
    run = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1, 2], trajectories=4, seed=1, record=record)
    rows = PathRows.from_paths(run, first=1, count=2)
    np.testing.assert_array_equal(rows.counts, run["paths"].values[1:3].reshape(6, 2))
    assert rows.trajectory.tolist() == [1, 1, 1, 2, 2, 2]
    assert rows.times.tolist() == [0, 1, 2, 0, 1, 2]


def swept(record):
    network = rl.Network.parse("A --> 0, 1", initial={"A": 3})
    settings = {"trajectories": 3, "seed": 1, "record": [record], "sweep": {"A(0)": [4, 7]}}
    return rl.simulate(network, rl.Direct(), [0, 9], **settings)


@pytest.mark.parametrize(
    "read", [PathRows.from_paths, lambda results: Snapshots.from_paths(results, count=3)]
)
def test_paths_are_of_one_parameter_set(read):
    run = swept(rl.RecordPaths(3))
    with pytest.raises(rl.DataError, match=r"choose a parameter set first: results.isel\(param"):
        read(run)
    assert read(run.isel(parameter_set=1)).species == ("A",)


def test_events_of_a_sweep_begin_where_it_was_swept():
    run = swept(rl.RecordEvents(3))
    only = run.isel(event=run["event_parameter_set"].values == 1).drop_vars("event_parameter_set")
    with pytest.raises(rl.DataError, match="choose a parameter set first"):
        ObservedPaths.from_events(only)
    paths = ObservedPaths.from_events(only.isel(parameter_set=1))
    assert paths.rows.counts[paths.rows.times == 0].tolist() == [[7]] * 3
    turned = ObservedPaths.from_events(only.isel(parameter_set=1).transpose())
    assert turned.rows.counts.tolist() == paths.rows.counts.tolist()
