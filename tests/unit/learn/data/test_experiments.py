import numpy as np
import pytest
import xarray as xr

import ratelaw as rl

TIDY = """experiment,time,species,value,sd
a,0,A,10,0
a,1,A,6,0.5
a,3,B,7,0.4
b,0,B,2,0.1
b,2,A,3,0.5
b,2,B,1,0.1
"""


def table(values, names, times=None):
    times = np.arange(float(len(values))) if times is None else times
    return xr.Dataset(
        {"average": (["time", "species"], np.asarray(values, dtype=float))},
        coords={"time": times, "species": list(names)},
    )


def test_tidy_tables_with_species_at_times_of_their_own(tmp_path):
    path = tmp_path / "cells.csv"
    path.write_text(TIDY)
    data = rl.Experiments.read(path)
    first, second = data.experiments
    assert data.species == ("A", "B")
    np.testing.assert_array_equal(first.times, [0, 1, 3])
    np.testing.assert_array_equal(first.values, [[np.nan, np.nan], [6, np.nan], [np.nan, 7]])
    np.testing.assert_array_equal(first.start, [10, np.nan])
    np.testing.assert_array_equal(second.start, [np.nan, np.nan])
    np.testing.assert_array_equal(second.deviations, [[np.nan, 0.1], [0.5, 0.1]])
    assert data.values == 5


def test_inputs_and_sums_of_species():
    data = rl.Experiments.of(
        table([[3, 300, 1], [2, 300, 1]], ["total", "T", "A"]),
        table([[4, 310, 2], [1, 310, 0]], ["total", "T", "A"]),
        observables={"total": "A + B"},
        inputs=("T",),
        initial={"B": 2.0},
    )
    assert data.species == ("A", "B")
    assert [str(o) for o in data.observables] == ["A + B", "A"]
    np.testing.assert_array_equal([part.inputs for part in data.experiments], [[300], [310]])
    np.testing.assert_array_equal(data.experiments[0].start, [np.nan, 2])


def test_an_exact_start_is_no_value():
    (part,) = rl.Experiments.of(table([[1, 2], [3, 4]], "AB"), exact_start=True).experiments
    np.testing.assert_array_equal(part.start, [1, 2])
    np.testing.assert_array_equal(part.values, [[np.nan, np.nan], [3, 4]])


def test_what_a_reader_should_know_is_said():
    values = [[1, -0.1, 5, np.nan], [2, 0.2, 5, np.nan]]
    said = rl.Experiments.of(table(values, "ABCD")).remarks
    assert said == (
        "B in experiment 1 is negative 1 times",
        "C in experiment 1 is 5 at all times",
        "D in experiment 1 was never measured",
    )


@pytest.mark.parametrize(
    ("tables", "options", "message"),
    [
        ([], {}, "no data"),
        ([table([[1], [2]], "A"), table([[1], [2]], "B")], {}, "different columns"),
        ([table([[1], [2]], "A")], {"inputs": ("T",)}, "no column 'T': the columns are A"),
        ([table([[1, 3], [2, 4]], "AT")], {"inputs": ("T",)}, "'T' is 3 to 4"),
        ([table([[1, np.nan]] * 2, "AT")], {"inputs": ("T",)}, "'T' is missing"),
        ([table([[1], [2]], "A", [0, 0])], {}, "experiment 1: times"),
        ([table([[1], [2]], "A", [1, 0])], {}, "experiment 1: times"),
        ([table([[1]], "A")], {}, "two or more"),
        ([table([[1], [2]], "A")], {"initial": {"B": 0.0}}, "no species 'B' to start"),
        ([table([[1], [np.inf]], "A")], {}, "experiment 1: A reaches inf"),
        ([table([[1, 0], [1e160, 2]], "AB")], {}, r"experiment 1: A reaches 1e\+160, whose square"),
        ([table([[1], [2]], ["A (mM)"])], {}, r"column 'A \(mM\)': .* is not a name"),
        ([table([[1], [2]], "A")], {"exact_start": "no"}, "exact_start is 'no': give True or"),
        ([table([[1], [2]], "A")], {"start_time": "0"}, "start_time is '0': give a number"),
        ([table([[1], [0]], "A")], {"noise": rl.learn.LogNormalNoise()}, "A is 0, and log-normal"),
    ],
)
def test_bad_data_is_named(tables, options, message):
    with pytest.raises(rl.DataError, match=message):
        rl.Experiments.of(*tables, **options)


def test_species_may_be_unobserved_and_columns_left_out():
    data = rl.Experiments.of(
        table([[1, 2, 3], [4, 5, 6]], "ABC"), species=("B", "D"), initial={"D": 0.0}
    )
    assert data.species == ("B", "D")
    assert [str(o) for o in data.observables] == ["B"]
    np.testing.assert_array_equal(data.experiments[0].values, [[2], [5]])
    np.testing.assert_array_equal(data.experiments[0].start, [np.nan, 0])


def test_courses_may_start_before_anything_was_measured():
    late = table([[6, np.nan], [4, 5.9]], "AB", times=[1.0, 2.0])
    (part,) = rl.Experiments.of(late, initial={"A": 10}, start_time=0).experiments
    np.testing.assert_array_equal(part.times, [0, 1, 2])
    np.testing.assert_array_equal(part.values, [[np.nan, np.nan], [6, np.nan], [4, 5.9]])
    np.testing.assert_array_equal(part.start, [10, np.nan])
    (same,) = rl.Experiments.of(late, start_time=1).experiments
    np.testing.assert_array_equal(same.times, [1, 2])


@pytest.mark.parametrize(
    ("options", "culprit"),
    [
        ({"start_time": 1.5}, "start_time 1.5: the first value was measured before, at 1"),
        ({"start_time": 0, "exact_start": True}, "exact_start and start_time"),
    ],
)
def test_starts_that_contradict_the_table_are_refused(options, culprit):
    late = table([[6], [4]], "A", times=[1.0, 2.0])
    with pytest.raises(rl.DataError, match=culprit):
        rl.Experiments.of(late, **options)


@pytest.mark.parametrize("options", [{"start_time": 0}, {}])
@pytest.mark.parametrize(("times", "found"), [([1, 3, 2], "2 follows 3"), ([1, 2, 2], "2 follows")])
def test_times_are_never_put_in_order(times, found, options):
    part = table([[6], [5], [4]], "A", times=times).assign_attrs(replicate=1)
    other = table([[6], [5], [4]], "A", times=[1, 2, 3]).assign_attrs(replicate=2)
    for tables in ([part], [part, other]):
        with pytest.raises(rl.DataError, match=f"times must increase, and {found}"):
            rl.Experiments.of(*tables, **options)


def test_times_may_be_whole_numbers():
    (part,) = rl.Experiments.of(table([[6], [4]], "A", times=[1, 2]), start_time=0).experiments
    np.testing.assert_array_equal(part.times, [0, 1, 2])


def weighed(errors, *values):
    part = table(np.reshape(values, (-1, 1)), "A")
    return part.assign(standard_error=(["time", "species"], np.reshape(errors, (-1, 1))))


@pytest.mark.parametrize("error", [-0.1, np.nan, np.inf])
def test_a_value_needs_an_error_that_weighs_it(error):
    with pytest.raises(
        rl.DataError,
        match=f"experiment 1: the standard deviation of A at time 1 is {error:g}: give",
    ):
        rl.Experiments.of(weighed([0.1, error], 6, 4))
    (part,) = rl.Experiments.of(weighed([0.1, error, 0.1], 6, np.nan, 4)).experiments
    np.testing.assert_array_equal(part.deviations.ravel(), [0.1, error, 0.1])


def test_a_start_may_come_before_tables_of_which_some_have_errors():
    tables = [table([[6], [4]], "A", times=[1, 2]), weighed([0.1, 0.2], 6, 4)]
    for order in (tables, tables[::-1]):
        found = [part.deviations for part in rl.Experiments.of(*order, start_time=-1).experiments]
        assert [errors is None for errors in found] == ["standard_error" not in t for t in order]


def test_dimensions_come_in_any_order():
    data = table([[1, 2], [3, 5]], "AB")
    (part,) = rl.Experiments.of(data.transpose("species", "time")).experiments
    np.testing.assert_array_equal(part.values, [[1, 2], [3, 5]])


def test_a_sweep_is_no_table():
    run = rl.simulate(rl.zoo.spcm(), rl.MassAction(), [0, 1], sweep={"A(0)": [3, 4]})
    with pytest.raises(rl.DataError, match=r"choose a parameter set first: results.isel\(param"):
        rl.Experiments.of(run)
    (part,) = rl.Experiments.of(run.isel(parameter_set=1)).experiments
    assert part.values[0, 0] == 4


def test_species_that_no_column_measures_are_named():
    with pytest.raises(rl.errors.DataError, match=r"no column measures a species of Q: .* are A"):
        rl.Experiments.of(table([[1], [2]], "A"), species=["Q"])


def test_a_species_without_a_column_is_named():
    data = rl.Experiments.of(table(np.ones((3, 1)) * [[1], [2], [3]], "A"), species=["A", "Q"])
    assert data.remarks == ("Q has no column",)
