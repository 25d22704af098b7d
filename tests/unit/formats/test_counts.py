import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import ratelaw as rl
from ratelaw.formats import read_counts
from ratelaw.formats.table_files import write_columns
from ratelaw.learn import NormalNoise, Snapshots


def test_a_row_a_cell(table):
    (found,) = read_counts(table("time,A,B\n0,1,0\n2,1,1\n2,3,0\n"))
    assert found.condition == ""
    assert found.initial == {"A": 1, "B": 0}
    np.testing.assert_array_equal(found.times, [2, 2])
    np.testing.assert_array_equal(found.counts, [[1, 1], [3, 0]])
    np.testing.assert_array_equal(found.cells, [1, 1])


@pytest.mark.parametrize("group", ["condition", "experiment"])
def test_conditions_begin_in_their_own_states(table, group):
    text = f"A,{group},cells,time\n1,low,,0\n9,high,,0\n4,high,12,1.5\n2,low,3,1\n1,low,,0\n"
    low, high = read_counts(table(text))
    assert (low.condition, high.condition) == ("low", "high")
    assert (low.initial, high.initial) == ({"A": 1}, {"A": 9})
    assert (low.cells.tolist(), high.cells.tolist()) == ([3], [12])


def test_parquet_is_read_alike(tmp_path):
    columns = {"time": np.array([0.0, 1.0]), "A": np.array([2, 5]), "cells": np.array([1, 7])}
    write_columns(columns, tmp_path / "counts.parquet")
    write_columns(columns, tmp_path / "counts.csv")
    for name in ("counts.parquet", "counts.csv"):
        (data,) = Snapshots.read(tmp_path / name, unseen="A == 0")
        assert (data.initial, data.total, data.unseen) == ({"A": 2}, 7, "A == 0")
        np.testing.assert_array_equal(data.observed[0], [[5]])


def test_a_table_says_what_was_not_seen(table, tmp_path):
    text = "# unseen: A + B == 0\n# by hand\ntime,A,B\n0,1,0\n2,1,x\n"
    with pytest.raises(rl.DataError, match="line 5, column 'B'"):
        read_counts(table(text))
    path = table(text.replace("x", "1"))
    assert read_counts(path)[0].unseen == "A + B == 0"
    assert Snapshots.read(path)[0].unseen == "A + B == 0"
    assert Snapshots.read(path, unseen="A == 0")[0].unseen == "A == 0"
    columns = pa.table({"time": [0.0, 1.0], "A": [2, 5]})
    told = columns.replace_schema_metadata({"unseen": "A == 0"})
    parquet.write_table(told, tmp_path / "counts.parquet")
    assert read_counts(tmp_path / "counts.parquet")[0].unseen == "A == 0"


def test_other_columns_may_be_left_aside(table):
    path = table("time,A,sample,B\n0,1,none,0\n2,1,left,3\n")
    (found,) = read_counts(path, species=["B", "A"])
    assert found.species == ("B", "A")
    np.testing.assert_array_equal(found.counts, [[3, 1]])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("A\n1\n", "no column 'time': the columns are A"),
        ("time,cells\n0,1\n", "no column of a species: the columns are time, cells"),
        ("time,A,condition,experiment\n0,1,x,x\n", "'experiment' and 'condition' say the same"),
        ("trajectory,time,A\n0,0,1\n", "column 'trajectory': each row is to be another cell"),
        ("time,A\n0,1\n1,2.5\n", "line 3, column 'A': 2.5 is no number of molecules"),
        ("time,A\n0,1\n1,-2\n", "line 3, column 'A': -2 is no number of molecules"),
        ("time,A\n0,1\n1,x\n", "line 3, column 'A': 'x' is not a finite number"),
        ("time,A\n0,1\n-1,2\n", "line 3, column 'time': -1; times are >= 0"),
        ("time,A,cells\n0,1,\n1,2,0\n", "line 3, column 'cells': 0 cells"),
        ("time,A,cells\n0,1,\n1,2,\n", "line 3, column 'cells': it is empty"),
        ("time,A\n1,2\n", "no row at time 0"),
        ("time,A\n0,2\n", "no row after time 0"),
        ("condition,time,A\nx,0,1\nx,1,1\ny,1,2\n", "condition 'y': no row at time 0"),
        ("time,A\n0,2\n1,1\n0,3\n", "line 2 and line 4: two different states at time 0"),
        ("time,A,B\n0,1,0\n1,2,0\n", "'B' is 0 in every cell: leave it out"),
    ],
)
def test_bad_tables_are_refused_by_line_and_column(table, text, complaint):
    with pytest.raises(rl.DataError, match=rf"table\.csv: .*{complaint}"):
        Snapshots.read(table(text))


def test_what_is_seen_with_errors_is_not_whole(table):
    path = table("time,A\n0,1\n1,2.5\n1,-0.3\n")
    (data,) = Snapshots.read(path, measurement=NormalNoise(0.5))
    np.testing.assert_array_equal(data.observed[0], [[-0.3], [2.5]])
    with pytest.raises(rl.DataError, match=r"line 2, column 'A': 0.5 is no number"):
        Snapshots.read(table("time,A\n0,0.5\n1,2.5\n"), measurement=NormalNoise(0.5))
