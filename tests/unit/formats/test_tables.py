import sys
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pyarrow import parquet

import ratelaw as rl
from ratelaw.formats import read_table, write_table
from ratelaw.formats.table_files import format_columns, read_rows, write_columns


def test_a_plain_table(table):
    (data,) = read_table(table("time, A, B\n0, 10, 0\n1.5, 9, 1e-3\n\n"))
    np.testing.assert_array_equal(data["time"], [0, 1.5])
    np.testing.assert_array_equal(data["average"].sel(species="B"), [0, 1e-3])
    assert "standard_error" not in data


def test_columns_in_any_order_with_standard_errors(table):
    (data,) = read_table(table("B_sd,A,time,A_sd,B\n2,10,0,0,20\n4,11,1,1,21\n"))
    assert data["species"].values.tolist() == ["A", "B"]
    np.testing.assert_array_equal(data["standard_error"], [[0, 2], [1, 4]])
    np.testing.assert_array_equal(data["average"], [[10, 20], [11, 21]])


def test_several_experiments_on_their_own_times(table):
    first, second = read_table(table("experiment,time,A\nx,0,1\ny,0,5\nx,2,3\ny,1,6\n"))
    np.testing.assert_array_equal(first["time"], [0, 2])
    np.testing.assert_array_equal(second["average"], [[5], [6]])


def test_a_byte_order_mark_is_no_part_of_a_name(table):
    assert read_table(table("\ufefftime,A\n0,1\n1,2\n"))[0].sizes["time"] == 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        ("time,A\n", "no rows"),
        ("t,A\n0,1\n1,2\n", "no column 'time': the columns are t, A"),
        ("time\n0\n1\n", "no column of a species"),
        ("Time,A\n0,1\n1,2\n", "column 'Time': write 'time'"),
        ("Experiment,time,A\n1,0,1\n1,1,2\n", "column 'Experiment': write 'experiment'"),
        ("time,A,A_SD\n0,1,1\n1,2,1\n", "'A_SD': name it 'A_sd' if it is the standard error"),
        ("time,A,A sem\n0,1,1\n1,2,1\n", "'A sem': name it 'A_sd'"),
        ("time,A,A\n0,1,1\n1,2,2\n", "column 3: 'A'"),
        ("time,A,\n0,1,1\n1,2,2\n", "column 3 has no name"),
        ("time,A\n0,1\n1,much\n", "line 3, column 'A': 'much'"),
        ("time,A\n0,1\n1,nan\n", "line 3, column 'A': 'nan'"),
        ("time,A\n0,1\n1,inf\n", "line 3, column 'A': 'inf'"),
        ("time,A\n0,1\n1,N/A\n", "'N/A' is not a finite number: leave the cell empty"),
        ('time,A\n0,1\n1,"2,5"\n', "'2,5' is not a finite number: write decimals with a point"),
        ("time,A\n0,1\n,2\n", "line 3, column 'time': it is empty"),
        ("time,A\n0,1\n\n1,\n", "line 4, column 'A': it is empty"),
        ("time,A\n0,1\n1,2,3\n", "line 3: 3 cells, but 2 columns"),
        ("time,A\n0,1\n2,2\n1,3\n", "line 4, column 'time': 1 after 2"),
        ("time,A\n0,1\n1,2\n1,3\n", "line 4, column 'time': 1 after 1"),
        ("time,A\n3,1\n", "line 2: a single time point"),
        ("experiment,time,A\nx,0,1\nx,1,1\ny,0,1\n", "line 4: a single time point"),
        ("time,A,A_sd\n0,1,0\n1,2,-1\n", "line 3, column 'A_sd': -1"),
        ("time,A,B_sd\n0,1,0\n1,2,1\n", "no column 'B'"),
        ("time,A,B,A_sd\n0,1,1,0\n1,2,1,1\n", "column 'B' has no 'B_sd'"),
        ('time,A\n0,"1\n1,2\n', "cannot read a table"),
    ],
)
def test_bad_tables_are_refused_by_line_and_column(table, text, complaint):
    with pytest.raises(rl.DataError, match=rf"table\.csv.*{complaint}|{complaint}.*table\.csv"):
        read_table(table(text))


TIDY = """condition,observable,time,value,sd
x,B,1,9,4
x,A,0,1,0
y,B,3,8,1
x,A,1,2,3
x,B,0,7,2
y,A,3,5,1
y,A,2,4,1
y,B,2,6,1
"""
WIDE = """experiment,time,B,A,B_sd,A_sd
x,0,7,1,2,0
x,1,9,2,4,3
y,2,6,4,1,1
y,3,8,5,1,1
"""


def same(one, other):
    assert len(one) == len(other)
    for left, right in zip(one, other, strict=True):
        assert left.drop_attrs().identical(right.drop_attrs())


def test_a_tidy_table_holds_what_the_wide_one_holds(table, tmp_path):
    wide = read_table(table(WIDE))
    same(read_table(table(TIDY)), wide)
    same(read_table(table(TIDY.replace("observable", "species", 1))), wide)
    header, *body = [line.split(",") for line in TIDY.splitlines()]
    content = dict(zip(header, zip(*body, strict=True), strict=True))
    content |= {name: list(map(float, content[name])) for name in ("time", "value", "sd")}
    parquet.write_table(pa.table({k: list(v) for k, v in content.items()}), tmp_path / "a.parquet")
    same(read_table(tmp_path / "a.parquet"), wide)


def test_experiments_keep_the_order_of_their_appearance(table):
    text = "experiment,time,species,value\nlate,5,A,1\nearly,0,A,2\nearly,1,A,3\nlate,6,A,4\n"
    late, early = read_table(table(text))
    np.testing.assert_array_equal(late["average"], [[1], [4]])
    np.testing.assert_array_equal(early["time"], [0, 1])


def test_a_tidy_table_needs_neither_experiments_nor_errors(table):
    (data,) = read_table(table("time,species,value\n1,A,5\n0,A,4\n"))
    np.testing.assert_array_equal(data["average"], [[4], [5]])
    assert "standard_error" not in data


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("time,species,value\n0,A,1\n1,A,2\n1,A,3\n", "line 4, .*'A' at time 1 is there twice"),
        ("time,species,value\n0,A,1\n1,A,much\n", "line 3, column 'value': 'much'"),
        ("time,species,value\n0,A,1\n1,,2\n", "line 3, column 'species': ''"),
        ("time,species,value\n0,A,1\n1,A_sd,2\n", "line 3, column 'species': 'A_sd' is no name"),
        ("time,species,value\n0,A,1\nlate,A,2\n", "line 3, column 'time': 'late'"),
        ("time,species,value\n0,A,1\n", "line 2: a single time point"),
        ("time,species,value\n0,A,1\n0,B,1\n1,A,2\n", "line 4, column 'B': no row at time 1"),
        ("time,species,value,batch\n0,A,1,1\n1,A,2,1\n", "column 'batch' is none of a tidy"),
        ("time,species,value,sd\n0,A,1,1\n1,A,2,-1\n", "line 3, column 'A_sd': -1"),
        ("time,species,value,sd\n0,A,1,1\n1,A,2,\n", "line 3, column 'A_sd': it is empty"),
        ("time,species,observable,value\n0,A,A,1\n1,A,A,2\n", "'species' and 'observable' say"),
    ],
)
def test_bad_tidy_tables_are_refused_by_line_and_column(table, text, complaint):
    with pytest.raises(rl.DataError, match=rf"^table\.csv: .*{complaint}"):
        read_table(table(text))


def test_missing_values_are_marked_only_where_that_is_asked_for(table):
    wide = table("time,A,B,A_sd,B_sd\n0,1,,2,\n1,3,4,5,6\n2,,7,8,9\n")
    with pytest.raises(rl.DataError, match="line 2, column 'B': it is empty"):
        read_table(wide)
    (data,) = read_table(wide, allow_missing=True)
    np.testing.assert_array_equal(data["average"], [[1, np.nan], [3, 4], [np.nan, 7]])
    np.testing.assert_array_equal(data["standard_error"], [[2, np.nan], [5, 6], [np.nan, 9]])
    tidy = "time,species,value,sd\n0,A,1,2\n1,A,3,5\n1,B,4,6\n2,B,7,9\n2,A,,8\n"
    same(read_table(table(tidy), allow_missing=True), [data])
    for text in ("time,A\n0,1\n1,nan\n", "time,A,A_sd\n0,1,1\n1,2,\n", "time,A\n0,1\n,2\n"):
        with pytest.raises(rl.DataError, match="line 3"):
            read_table(table(text), allow_missing=True)


def test_learning_refuses_missing_values_by_species_and_time(table):
    text = "time,A,A_sd\n0,1,1\n1,,\n2,4,1\n"
    with pytest.raises(rl.DataError, match="'A' is nan at time 1"):
        rl.ODENet(rl.PolynomialLibrary(degree=1)).fit(*read_table(table(text), allow_missing=True))


def test_results_are_no_tables(tmp_path):
    for name in ("a.nc", "a.zarr", "a.NC"):
        with pytest.raises(rl.DataError, match=r"is no table: ratelaw\.load reads"):
            read_table(tmp_path / name)


@settings(max_examples=60, deadline=None)
@given(
    base=st.sampled_from([TIDY, WIDE]),
    place=st.integers(0, 10_000),
    cell=st.one_of(
        st.text(max_size=5),
        st.floats().map(str),
        st.sampled_from(["", "time", "value", "species", "A_sd", "A", "x", '"', "1,2"]),
    ),
    allow_missing=st.booleans(),
)
def test_a_changed_cell_is_read_or_refused(tmp_path_factory, base, place, cell, allow_missing):
    path = tmp_path_factory.mktemp("tables") / "a.csv"
    lines = [line.split(",") for line in base.splitlines()]
    line = lines[place % len(lines)]
    line[place // len(lines) % len(line)] = cell
    path.write_bytes("\n".join(map(",".join, lines)).encode("utf-8", "surrogatepass"))
    with suppress(rl.DataError):
        for data in read_table(path, allow_missing=allow_missing):
            assert allow_missing or np.isfinite(data["average"]).all()
            assert (np.diff(data["time"]) > 0).all()


def test_missing_files_and_other_bytes_are_refused(tmp_path):
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\xff\xfe")
    for name in ("nowhere.csv", "image.csv", "."):
        with pytest.raises(rl.DataError, match="cannot read a table"):
            read_table(tmp_path / name)


ENDINGS = ["csv", "parquet"]
LEAK = rl.Network.parse("A --> B, k\nk = 1", initial={"A": 9})


@pytest.fixture
def columns(tmp_path):
    """Write a result and read the columns again, by their names."""

    def written(results, ending):
        write_table(results, tmp_path / f"a.{ending}")
        header, rows = read_rows(tmp_path / f"a.{ending}")
        return {name: np.array([row.number(name) for row in rows]) for name in header}

    return written


@pytest.mark.parametrize("ending", ENDINGS)
def test_sampled_averages_come_back_with_their_standard_errors(tmp_path, ending):
    cells = rl.simulate(rl.zoo.birth_death(), rl.Direct(), [0, 1, 2], trajectories=200, seed=1)
    variance = cells["covariance"].sel(species="A", species_="A")
    for known in (cells, cells.drop_vars("moment_covariance")):
        write_table(known, tmp_path / f"a.{ending}")
        (back,) = read_table(tmp_path / f"a.{ending}")
        np.testing.assert_array_equal(back["average"], cells["average"])
        np.testing.assert_allclose(
            back["standard_error"].sel(species="A"), np.sqrt(variance / 200), rtol=1e-12
        )


def test_exact_averages_have_no_standard_error(columns):
    assert list(columns(rl.simulate(LEAK, rl.Moments(), [0, 1]), "csv")) == ["time", "A", "B"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_sweep_has_a_row_for_each_set_and_time(columns, ending):
    sweep = {"k": [0.5, 2.0], "A(0)": [10, 30]}
    table = columns(rl.simulate(LEAK, rl.MassAction(), [0, 1, 3], sweep=sweep), ending)
    assert list(table) == ["parameter_set", "k", "A(0)", "time", "A", "B"]
    np.testing.assert_array_equal(table["parameter_set"], [0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(table["k"], [0.5, 0.5, 0.5, 2, 2, 2])
    np.testing.assert_array_equal(table["time"], [0, 1, 3] * 2)
    left = table["A(0)"] * np.exp(-table["k"] * table["time"])
    np.testing.assert_allclose(table["A"], left, rtol=1e-4)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_sampled_sweep_has_the_standard_error_of_each_set(columns, ending):
    cells = rl.simulate(LEAK, rl.Direct(), [0, 1], trajectories=50, seed=1, sweep={"k": [0.5, 2.0]})
    table = columns(cells, ending)
    for number in (0, 1):
        alone = columns(cells.isel(parameter_set=number), ending)
        assert list(alone) == ["time", "A", "B", "A_sd", "B_sd"]
        for name, column in alone.items():
            np.testing.assert_array_equal(table[name][table["parameter_set"] == number], column)


@pytest.mark.parametrize("ending", ENDINGS)
def test_paths_have_a_row_for_each_trajectory_and_time(columns, ending):
    run = {"trajectories": 5, "seed": 1, "record": [rl.RecordPaths(3)]}
    table = columns(rl.simulate(LEAK, rl.Direct(), [0, 1], **run), ending)
    assert list(table) == ["trajectory", "time", "A", "B"]
    np.testing.assert_array_equal(table["trajectory"], [0, 0, 1, 1, 2, 2])
    np.testing.assert_array_equal(table["time"], [0, 1] * 3)
    np.testing.assert_array_equal(table["A"] + table["B"], 9)
    np.testing.assert_array_equal(table["A"][::2], 9)
    swept = columns(rl.simulate(LEAK, rl.Direct(), [0, 1], **run, sweep={"k": [1, 2]}), ending)
    assert list(swept) == ["parameter_set", "k", "trajectory", "time", "A", "B"]
    np.testing.assert_array_equal(swept["trajectory"], [0, 0, 1, 1, 2, 2] * 2)


@pytest.mark.parametrize("ending", ENDINGS)
def test_single_reactions_have_a_row_each(columns, ending):
    run = {"trajectories": 5, "seed": 1, "record": [rl.RecordEvents(2)]}
    table = columns(rl.simulate(LEAK, rl.Direct(), [99], **run), ending)
    assert list(table) == ["trajectory", "time", "reaction", "A", "B"]
    np.testing.assert_array_equal(table["trajectory"], np.repeat([0, 1], 9))
    np.testing.assert_array_equal(table["reaction"], 0)
    np.testing.assert_array_equal(table["B"], [1, 2, 3, 4, 5, 6, 7, 8, 9] * 2)
    assert (np.diff(table["time"].reshape(2, 9)) > 0).all()
    swept = columns(rl.simulate(LEAK, rl.Direct(), [99], **run, sweep={"k": [1, 2]}), ending)
    assert list(swept) == ["parameter_set", "k", "trajectory", "time", "reaction", "A", "B"]
    np.testing.assert_array_equal(swept["k"], np.repeat([1, 2], 18))


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=25, deadline=None)
@given(
    values=hnp.arrays(float, (3, 2), elements=st.floats(allow_nan=False, allow_infinity=False)),
    counts=hnp.arrays(np.int64, 3),
    name=st.text(st.characters(exclude_categories=["Cs", "Z", "C"]), min_size=1),
)
def test_columns_come_back_to_the_last_bit(tmp_path_factory, ending, values, counts, name):
    path = tmp_path_factory.mktemp("columns") / f"a.{ending}"
    written = {"count": counts, f"a {name}": values[:, 0], "b": values[:, 1]}
    write_columns(written, path)
    header, rows = read_rows(path)
    assert header == list(written)
    for column, kept in list(written.items())[1:]:
        assert np.array([row.number(column) for row in rows]).tobytes() == kept.tobytes()
    assert [int(row.cells["count"]) for row in rows] == counts.tolist()


def test_parquet_is_checked_as_csv_is_by_row_and_column(tmp_path):
    path = tmp_path / "a.parquet"
    for content, complaint in [
        ({}, "is empty"),
        ({"time": [], "A": []}, "no rows"),
        ({"t": [0, 1], "A": [1, 2]}, "no column 'time': the columns are t, A"),
        ({"time": [0, 1], "A": [1, None]}, "row 2, column 'A': it is empty"),
        ({"time": [0, 1], "A": ["1", "much"]}, "row 2, column 'A': 'much'"),
        ({"time": [0.0, np.inf], "A": [1, 2]}, "row 2, column 'time': inf"),
        ({"time": [2, 1], "A": [1, 2]}, "row 2, column 'time': 1 after 2"),
        ({"time": [1], "A": [1]}, "row 1: a single time point"),
        ({"time": [0, 1], "A": [1, 1], "A_sd": [0, -1]}, "row 2, column 'A_sd': -1"),
    ]:
        parquet.write_table(pa.table(content), path)
        with pytest.raises(rl.DataError, match=rf"^a\.parquet: .*{complaint}"):
            read_table(path)
    parquet.write_table(pa.table([[0], [1], [2]], names=["time", "A", "A"]), path)
    with pytest.raises(rl.DataError, match="column 3: 'A'"):
        read_table(path)
    path.write_text("time,A\n0,1\n1,2\n")
    with pytest.raises(rl.DataError, match="cannot read a table"):
        read_table(path)
    with pytest.raises(rl.DataError, match="cannot read a table"):
        read_table(tmp_path / "missing.parquet")


def test_experiments_in_parquet_may_be_numbers(tmp_path):
    content = {"experiment": [1, 2, 1, 2], "time": [0, 0, 1, 1], "A": [1, 5, 3, 6]}
    parquet.write_table(pa.table(content), tmp_path / "a.parquet")
    first, second = read_table(tmp_path / "a.parquet")
    np.testing.assert_array_equal(first["average"], [[1], [3]])
    np.testing.assert_array_equal(second["average"], [[5], [6]])


def test_tables_that_are_no_series_are_not_taken_for_species(tmp_path):
    sweep = rl.simulate(LEAK, rl.Moments(), [0, 1], sweep={"k": [1, 2]})
    record = [rl.RecordPaths(1)]
    paths = rl.simulate(LEAK, rl.Direct(), [0, 1], trajectories=1, seed=1, record=record)
    for results, culprit in ((sweep, "parameter_set"), (paths, "trajectory")):
        write_table(results, tmp_path / "a.csv")
        with pytest.raises(rl.DataError, match=f"column '{culprit}'"):
            read_table(tmp_path / "a.csv")


def test_other_endings_and_names_that_clash_are_refused(tmp_path):
    results = rl.simulate(LEAK, rl.Moments(), [0, 1])
    with pytest.raises(rl.DataError, match=r"a\.txt: .* ends in \.csv or \.parquet"):
        write_table(results, tmp_path / "a.txt")
    with pytest.raises(rl.DataError, match="would be called 'time'"):
        write_table(results.assign_coords(species=["A", "time"]), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_what_was_there(tmp_path):
    for ending in ENDINGS:
        path = tmp_path / f"a.{ending}"
        path.write_text("before")
        with pytest.raises(ValueError, match=r"length|shorter"):
            write_columns({"time": np.zeros(2), "A": np.zeros(1)}, path)
        assert path.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == len(ENDINGS)


def test_without_pyarrow_its_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    results = rl.simulate(LEAK, rl.Moments(), [0, 1])
    for attempt in (lambda path: write_table(results, path), read_table):
        with pytest.raises(ImportError, match=r"pyarrow is needed .* 'ratelaw\[parquet\]'"):
            attempt(tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_numbers_keep_their_kind_in_csv():
    text = format_columns({"trajectory": np.array([0, 1]), "A": np.array([1.0, 0.1])})
    assert text == "trajectory,A\n0,1.0\n1,0.1\n"


def test_results_that_make_no_table_are_refused(tmp_path):
    record = [rl.RecordHistogram()]
    visits = rl.simulate(
        rl.zoo.birth_death(), rl.Direct(), [0, 1], trajectories=1, seed=1, record=record
    )
    with pytest.raises(rl.DataError, match=r"no averages, paths or events .* only probability"):
        write_table(visits, tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []
