"""Bad input: one line that names the culprit, exit status 2, no traceback, no file."""

import socket
import subprocess
import sys
import time

import pytest

import ratelaw as rl

GOOD = "A --> 0, k\nk = 1\nA(0) = 10\n"


def refused(result, culprit, folder, kept=()):
    status, _, err = result
    assert status == 2
    assert culprit in err
    assert "Traceback" not in err
    assert err.startswith("ratelaw: ")
    assert err.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted(kept)


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("A --> 0, k\n", "'k' is neither a parameter nor a species"),
        ("A => 0, k*C\nk = 1\n", "'C' is neither a parameter nor a species"),
        ("A --> 0, -1\n", "'A --> 0'"),
        ("A --> 0, k\nk = -1\n", "'A --> 0'"),
        ("A --> 0, k\nk = nan\n", "'k'"),
        ("A --> 0, 2 +\n", "line 1"),
        ("A --> 0, __import__('os')\n", "line 1"),
        ("A --> 0, 1\nA(0) = -3\n", "'A'"),
        ("A --> 0, 1\nA(0) = 1.5\n", "'A'"),
        ("A -> 0, 1\n", "write '-->' for '->'"),
        ("A --> 0, 1\nA = 5\n", "or did you mean 'A(0) = 5'?"),
        ("A --> 0, 1\nA(0) = nan\n", "'A' is nan: it must be a finite number >= 0"),
        ("\n", "no reaction"),
    ],
)
def test_networks(ratelaw, model, tmp_path, text, culprit):
    path = model(text)
    result = ratelaw(
        *("simulate", path, "--method", "direct", "--until", "1"),
        *("--trajectories", "9", "-o", "out.nc"),
    )
    refused(result, culprit, tmp_path, kept=["model.txt"])


@pytest.mark.parametrize(
    ("options", "culprit"),
    [
        ("--method direct --times 0,2,1 --trajectories 9", "times must increase"),
        ("--method direct --times 0,x --trajectories 9", "--times 0,x"),
        ("--method direct --until -1 --trajectories 9", "--until -1"),
        ("--method direct --trajectories 9", "--until"),
        ("--method direct --until 1 --times 0,1 --trajectories 9", "--until"),
        ("--method direct --points 5 --times 0,1 --trajectories 9", "--points"),
        ("--method direct --until 1 --trajectories 1.5", "'--trajectories'"),
        ("--method direct --until 1 --trajectories many", "'--trajectories'"),
        ("--method direct --until 1 --trajectories -1", "'--trajectories'"),
        ("--method direct --until 1 --trajectories 1e99", "'--trajectories'"),
        ("--method direct --until 1 --trajectories 0", "'--trajectories'"),
        ("--method direct --until 1 --points 1 --trajectories 9", "--points 1"),
        ("--method direct --until nan --trajectories 9", "--until nan"),
        ("--method direct --until 1", "--method direct draws trajectories: give --trajectories N"),
        ("--method direct --until 1 --trajectories 9 --seed x", "'--seed'"),
        (
            "--method moments --until 1 --trajectories 9 --seed 1",
            "leave out --trajectories, --seed",
        ),
        ("--method gillespie --until 1", "gillespie"),
        ("--method direct --until 1 --trajectories 9 --colour red", "--colour"),
        ("--method direct --until 1 --trajectories 9 -o out.txt", "out.txt"),
        ("--method direct --until 1 --trajectories 9 -o missing/out.nc", "missing/out.nc"),
        ("--method direct --until 1 --trajectories 1e9 -o /proc/out.nc", "/proc/out.nc"),
        ("--until 1", "Missing option '--method'. automatic, direct, "),
        ("--method direct --until 1 --trajectories 1e9 -o a", ".nc, .zarr, .csv, .parquet"),
        ("--method direct --until 1 --trajectories 1e9 -o missing/a.zarr", "missing/a.zarr"),
        ("--method direct --until 1 --trajectories 1e9 -o missing/a.parquet", "missing/a.parquet"),
        ("--method direct --until 1 --trajectories 1e9 --paths 1 -o a.csv", "would lose paths"),
        ("--method direct --until 1 --trajectories 1e9 --histogram 1", "would lose a histogram"),
        ("--method direct --until 1 --trajectories 1e9 --moments 0", "nothing would be recorded"),
        ("--method direct --until 1 --trajectories 9 --moments -1", "'--moments'"),
        ("--method direct --until 1 --trajectories 9 --paths 0", "'--paths'"),
        ("--method direct --until 1 --trajectories 9 --events x", "'--events'"),
        ("--method direct --until 1 --trajectories 9 --histogram x -o a.nc", "--histogram x"),
        ("--method direct --until 1 --trajectories 9 --histogram 0.01 -o a.nc", "time 0.01"),
        ("--method direct --until 1 --trajectories 9 --passage A -o a.nc", "is not a condition"),
        ("--method direct --until 1 --trajectories 9 --passage B>1 -o a.nc", "'B'"),
        ("--method direct --until 1 --trajectories 9 --threads 0", "'--threads'"),
        ("--method direct --until 1 --trajectories 9 --sweep k", "--sweep k"),
        ("--method direct --until 1 --trajectories 9 --sweep k=", "--sweep k="),
        ("--method direct --until 1 --trajectories 9 --sweep k=1,x", "--sweep 1,x"),
        ("--method direct --until 1 --trajectories 9 --sweep A=1", "'A(0)'"),
        ("--method direct --until 1 --trajectories 9 --sweep k=1 --sweep k=2", "k is swept twice"),
        ("--method direct --until 1 --trajectories 9 --sweep k=1,2 --sweep A(0)=5", "1 of A(0)"),
        ("--method moments --until 1 --paths 3 --threads 2", "leave out --threads, --paths"),
        ("--method moments --until 1 --reaction-counts", "leave out --reaction-counts"),
        ("--method moments --until 1 --checkpoint run", "leave out --checkpoint"),
        ("--method direct --until 1 --cluster here:1 --threads 2", "leave out --threads"),
        ("--method direct --until 1 --trajectories 9 --cluster here", "--cluster here"),
        ("--method direct --until 1 --trajectories 9 --checkpoint /proc/a", "/proc/a"),
    ],
)
def test_options(ratelaw, model, tmp_path, options, culprit):
    result = ratelaw("simulate", model(GOOD), *options.split())
    refused(result, culprit, tmp_path, kept=["model.txt"])


def test_a_table_loses_averages_only_where_they_are_recorded(ratelaw, model, tmp_path):
    run = ("simulate", model(GOOD), "--method", "direct", "--until", "1", "--trajectories", "9")
    with_averages = ratelaw(*run, "--paths", "1")
    refused(with_averages, "or leave out averages by --moments 0", tmp_path, ["model.txt"])
    without = ratelaw(*run, "--paths", "1", "--histogram", "1", "--moments", "0")
    refused(without, "would lose a histogram", tmp_path, ["model.txt"])
    assert "--moments" not in without[2]


def test_a_cluster_that_is_not_there_is_named_soon(ratelaw, model, tmp_path):
    with socket.socket() as bound:  # nobody listens
        bound.bind(("127.0.0.1", 0))
        address = "{}:{}".format(*bound.getsockname())
        run = ("--method", "direct", "--until", "1", "--trajectories", "1e9", "-o", "a.nc")
        begin = time.monotonic()
        result = ratelaw("simulate", model(GOOD), *run, "--cluster", address)
        assert time.monotonic() - begin < 30
    refused(result, f"--cluster {address}: no dask scheduler answers", tmp_path, ["model.txt"])


def test_what_is_no_checkpoint_and_no_store_is_left_alone(ratelaw, model, tmp_path):
    run = ("simulate", model(GOOD), "--method", "direct", "--until", "1", "--trajectories", "9")
    kept = ["model.txt", "work.zarr"]
    (tmp_path / "work.zarr").mkdir()
    (tmp_path / "work.zarr" / "thesis.txt").write_text("years")
    refused(ratelaw(*run, "-o", "work.zarr"), "is no Zarr store", tmp_path, kept)
    refused(ratelaw(*run, "--checkpoint", "work.zarr"), "no checkpoint", tmp_path, kept)
    assert [path.name for path in (tmp_path / "work.zarr").iterdir()] == ["thesis.txt"]


EXTRAS = {"zarr": "zarr", "parquet": "pyarrow", "cluster": "distributed"}


@pytest.mark.parametrize(
    ("options", "extra"),
    [
        ("-o a.zarr", "zarr"),
        ("--checkpoint run", "zarr"),
        ("-o a.parquet", "parquet"),
        ("--cluster here:1", "cluster"),
    ],
)
def test_missing_packages_are_named(ratelaw, tmp_path, monkeypatch, options, extra):
    monkeypatch.setitem(sys.modules, EXTRAS[extra], None)
    run = ("simulate", "spcm", "--method", "direct", "--until", "1", "--trajectories", "9")
    refused(ratelaw(*run, *options.split()), f"'ratelaw[{extra}]'", tmp_path)


def test_missing_files_and_commands(ratelaw, tmp_path):
    refused(ratelaw("simulate", "spcmm", "--method", "direct", "--until", "1"), "'spcm'?", tmp_path)
    refused(ratelaw("learn", "nowhere.csv"), "nowhere.csv", tmp_path)
    refused(ratelaw("rates", "nowhere.nc"), "nowhere.nc", tmp_path)
    refused(ratelaw("learnt"), "learnt", tmp_path)
    refused(ratelaw("reproduce", "genes"), "'genes' is not an example: they are", tmp_path)
    refused(ratelaw("reproduce", "gene", "--trajectories", "9"), "is for spcm alone", tmp_path)
    refused(ratelaw("reproduce", "all", "--json", "a.json"), "not of all", tmp_path)


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("t,A\n0,1\n1,2\n", "'time'"),
        ("time,A\n0,1\n1,nan\n2,3\n", "line 3, column 'A'"),
        ("time,A\n0,1\n", "single time point"),
        ("", "empty"),
        ("time,A\n0,1\n1,2\n", "values"),
        ("time;A\n0;1,5\n1;2\n", "separated by ';': separate them by commas"),
        ("time\tA\n0\t1\n1\t2\n", "separated by '\\t': separate them by commas"),
        ('time,A\n0,"1,5"\n1,2\n', "line 2, column 'A': '1,5' is not a finite number: write dec"),
        ("0,1\n1,2\n2,3\n", "there is no header: write names in the first line"),
        ("Time,A\n0,1\n1,2\n", "column 'Time': write 'time'"),
        (",time,A\n0,0,1\n1,1,2\n", "column 1 has no name: name it, or leave it out"),
    ],
)
def test_tables(ratelaw, tmp_path, text, culprit):
    (tmp_path / "data.csv").write_text(text, encoding="utf-8")
    result = ratelaw("learn", "data.csv", "--json", "out.json")
    refused(result, culprit, tmp_path, kept=["data.csv"])


def test_candidates_that_the_data_cannot_tell_apart_are_named(ratelaw, model, tmp_path):
    cells = rl.simulate(rl.zoo.birth_death(), rl.Direct(), range(6), trajectories=500, seed=1)
    rl.save(cells, tmp_path / "cells.nc")
    path = model(
        "0 --> A, 1\nA --> 0, 1\nA --> 2 A, 1\n2 A --> A, 1\n2 A --> 0, 1\n2 A --> 3 A, 1\n"
    )
    result = ratelaw("rates", "cells.nc", "--network", path, "--json", "out.json")
    refused(result, "'2 A --> A'", tmp_path, kept=["cells.nc", "model.txt"])


def test_a_state_space_that_does_not_fit(ratelaw, model, tmp_path):
    path = model("A --> 0, 1\nB --> 0, 1\nC --> 0, 1\nA(0) = 1e6\nB(0) = 1e6\nC(0) = 1e6\n")
    result = ratelaw(
        "simulate", path, "--method", "master-equation", "--until", "1", "-o", "out.nc"
    )
    refused(result, "states", tmp_path, kept=["model.txt"])


def test_reproduce_checks_its_files_before_it_runs(ratelaw, tmp_path):
    refused(ratelaw("reproduce", "spcm", "--html", "a/b/c/page.html"), "a/b/c/page.html", tmp_path)
    refused(
        ratelaw("reproduce", "spcm", "--trajectories", "0", "--html", "p.html"), ">= 1", tmp_path
    )


def test_the_module_runs_as_a_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "ratelaw", "simulate", "nowhere.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    refused((done.returncode, done.stdout, done.stderr), "'--method'", tmp_path)


DECAY = "time,A,B\n0,8.1,0.1\n1,5,3.2\n2,2.9,5\n3,1.8,6.4\n4,1.1,7.1\n5,0.7,7.3\n"


@pytest.mark.parametrize(
    ("options", "culprit"),
    [
        ("--json data.csv", "data.csv is read, and would be lost: write to another file"),
        ("--report ./data.csv", "data.csv: a page is written as .html or .htm"),
        ("-o both.txt --json both.txt", "both.txt is to be written twice"),
        ("-o net.foo", "net.foo: networks are written as"),
    ],
)
def test_what_learn_would_overwrite_or_could_not_write(ratelaw, tmp_path, options, culprit):
    data = tmp_path / "data.csv"
    data.write_text(DECAY)
    refused(ratelaw("learn", data, *options.split()), culprit, tmp_path, kept=["data.csv"])
    assert data.read_text() == DECAY


def test_networks_that_reduce_and_convert_would_overwrite(ratelaw, model, tmp_path):
    path = model(GOOD)
    lost = "is read, and would be lost"
    reduced = ratelaw("reduce", path, "--method", "qssa", "--fast", "A", "-o", "model")
    refused(reduced, lost, tmp_path, kept=["model.txt"])
    refused(ratelaw("convert", path, path), lost, tmp_path, kept=["model.txt"])
    assert path.read_text() == GOOD


def test_options_of_tables_for_results_of_simulate(ratelaw, model, tmp_path):
    run = ("--method", "direct", "--until", "1", "--trajectories", "9", "-o", "runs.nc")
    assert ratelaw("simulate", model(GOOD), *run)[0] == 0
    result = ratelaw("learn", "runs.nc", "--noise", "lognormal", "--criterion", "aicc")
    refused(result, "leave out --noise, --criterion", tmp_path, kept=["model.txt", "runs.nc"])


def test_a_deviation_of_0_beyond_the_start(ratelaw, tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("time,A,A_sd\n0,9,0\n1,5,0.1\n2,3,0\n")
    culprit = "the standard deviation of A at time 2 is 0"
    refused(ratelaw("learn", data), culprit, tmp_path, kept=["data.csv"])
