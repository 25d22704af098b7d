import numpy as np
import pytest

import ratelaw as rl
from ratelaw.formats import read_table, write_table


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


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
        ("time,A,A\n0,1,1\n1,2,2\n", "column 3: 'A'"),
        ("time,A,\n0,1,1\n1,2,2\n", "column 3: ''"),
        ("time,A\n0,1\n1,much\n", "line 3, column 'A': 'much'"),
        ("time,A\n0,1\n1,nan\n", "line 3, column 'A': 'nan'"),
        ("time,A\n0,1\n1,inf\n", "line 3, column 'A': 'inf'"),
        ("time,A\n0,1\n,\n", "line 3, column 'time': ''"),
        ("time,A\n0,1\n\n1,\n", "line 4, column 'A': ''"),
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
    with pytest.raises(rl.DataError, match=complaint):
        read_table(table(text))


def test_missing_files_and_other_bytes_are_refused(tmp_path):
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\xff\xfe")
    for name in ("nowhere.csv", "image.csv", "."):
        with pytest.raises(rl.DataError, match="cannot read a table"):
            read_table(tmp_path / name)


def test_sampled_averages_come_back_with_their_standard_errors(tmp_path):
    cells = rl.simulate(rl.zoo.birth_death(), rl.Direct(), [0, 1, 2], trajectories=200, seed=1)
    write_table(cells, tmp_path / "a.csv")
    (back,) = read_table(tmp_path / "a.csv")
    np.testing.assert_array_equal(back["average"], cells["average"])
    count = cells.attrs["trajectories"]
    variance = cells["covariance"].sel(species="A", species_="A")
    np.testing.assert_allclose(
        back["standard_error"].sel(species="A"), np.sqrt(variance / count), rtol=1e-12
    )


def test_results_that_make_no_table_are_refused(tmp_path):
    record = [rl.RecordHistogram()]
    visits = rl.simulate(
        rl.zoo.birth_death(), rl.Direct(), [0, 1], trajectories=1, seed=1, record=record
    )
    with pytest.raises(rl.DataError, match="no averages, paths or events .* only probability"):
        write_table(visits, tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []
