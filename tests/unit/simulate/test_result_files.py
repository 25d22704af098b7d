"""What comes back from a file is what was saved, whatever the ending."""

import importlib.util
import sys

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import ratelaw as rl

ENDINGS = [".nc", ".zarr"]
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
TABLES = st.one_of(
    hnp.arrays(dtype, (3, 2))
    for dtype in (np.float64, np.float32, np.int64, np.int32, np.uint8, np.uint64)
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["seed", "method", "network"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False),
)


def sameness(first, second):
    """Equal in every bit of every value, and in every type of a number."""
    assert first.identical(second)
    for name in first.variables:
        one, two = first[name].values, second[name].values
        assert one.dtype == two.dtype or one.dtype.kind in "UOT"
        if one.dtype.kind in "fiu":
            assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_of_result_comes_back(tmp_path, ending):
    record = [
        rl.RecordMoments(3),
        rl.RecordHistogram(times=[1.0]),
        rl.RecordHistogram(species=["A"]),
        rl.RecordPaths(3),
        rl.RecordEvents(2),
        rl.RecordReactionCounts(),
        rl.RecordFirstPassage("A >= 11", "A + B > 10000", count=2),
    ]
    cells = {"trajectories": 50, "seed": 2**62 + 1, "record": record}
    sweep = {"gamma": [0.0, 1.0], "A(0)": [10, 20]}
    for results in (
        rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1], **cells),
        rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1], **cells, sweep=sweep),
        rl.simulate(rl.zoo.spcm(), rl.MasterEquation(), [0, 1]),
        rl.simulate(rl.zoo.spcm(), rl.Moments(), [0, 1]),
        rl.simulate(rl.zoo.spcm(), rl.MassAction(), [0, 1]),
    ):
        rl.save(results, tmp_path / f"run{ending}")
        sameness(rl.load(tmp_path / f"run{ending}"), results)
        assert [path.name for path in tmp_path.iterdir()] == [f"run{ending}"]


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=25, deadline=None)
@given(table=TABLES, names=st.lists(NAMES, min_size=2, max_size=2), attributes=ATTRIBUTES)
def test_any_numbers_and_names_come_back(tmp_path_factory, ending, table, names, attributes):
    results = xr.Dataset(
        {"average": (["time", "species"], table), "none": (["event"], np.zeros(0, np.int64))},
        coords={
            "time": [0.0, -0.0, np.inf],
            "species": names,
            "A(0)": ("time", [np.nan, -np.inf, 5e-324]),
        },
        attrs=attributes,
    )
    path = tmp_path_factory.mktemp("any") / f"run{ending}"
    rl.save(results, path)
    sameness(rl.load(path), results)


@pytest.fixture
def results():
    return xr.Dataset({"average": (["time", "species"], np.ones((2, 1)))}, {"species": ["A"]})


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_failed_write_leaves_what_was_there(tmp_path, ending, results):
    path = tmp_path / f"run{ending}"
    rl.save(results, path)
    bad = results.assign(average=(["time", "species"], np.array([[object()], [object()]])))
    with pytest.raises((TypeError, ValueError)):
        rl.save(bad, path)
    sameness(rl.load(path), results)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(rl.DataError, match="cannot write"):
        rl.save(results, tmp_path / "missing" / f"run{ending}")
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_of_something_else_is_not_replaced(tmp_path, results):
    (tmp_path / "run.zarr").mkdir()
    (tmp_path / "run.zarr" / "thesis.txt").write_text("years of work")
    (tmp_path / "file.zarr").write_text("not a folder")
    (tmp_path / "run.nc").mkdir()
    for name in ("run.zarr", "file.zarr"):
        with pytest.raises(rl.DataError, match="is no Zarr store"):
            rl.save(results, tmp_path / name)
    with pytest.raises(rl.DataError, match="is a folder"):
        rl.save(results, tmp_path / "run.nc")
    assert (tmp_path / "run.zarr" / "thesis.txt").read_text() == "years of work"


def test_capitals_in_an_ending_say_the_same(tmp_path, results):
    rl.save(results, tmp_path / "run.NC")
    sameness(rl.load(tmp_path / "run.NC"), results)


@pytest.mark.parametrize("name", ["run.txt", "run", "run.csv", "run.cdf"])
def test_other_endings_are_refused_with_the_known_ones(tmp_path, name, results):
    for attempt in (lambda path: rl.save(results, path), rl.load):
        with pytest.raises(rl.DataError, match=rf"{name}: .* ends in \.nc or \.zarr"):
            attempt(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_holds_no_results_is_refused(tmp_path, ending):
    (tmp_path / f"noise{ending}").write_text("not a file of results")
    (tmp_path / "folder").with_suffix(ending).mkdir()
    for name in ("noise", "missing", "folder"):
        with pytest.raises(rl.DataError, match=f"cannot read results from .*{name}"):
            rl.load(tmp_path / f"{name}{ending}")


def test_without_zarr_its_extra_is_named(tmp_path, monkeypatch, results):
    old = tmp_path / "old.zarr"
    rl.save(results, old)
    monkeypatch.setitem(sys.modules, "zarr", None)
    assert importlib.util.find_spec("zarr") is None
    for attempt in (lambda: rl.save(results, tmp_path / "new.zarr"), lambda: rl.load(old)):
        with pytest.raises(ImportError, match=r"zarr is needed .* 'ratelaw\[zarr\]'"):
            attempt()
    assert [path.name for path in tmp_path.iterdir()] == ["old.zarr"]
