"""Bad input: one line that names the culprit, exit status 2, no traceback, no file."""

import subprocess
import sys

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
        ("A -> 0, 1\n", "line 1"),
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
        ("--method direct --until 1 --trajectories 1.5", "'--trajectories'"),
        ("--method direct --until 1 --trajectories many", "'--trajectories'"),
        ("--method direct --until 1 --trajectories -1", "'--trajectories'"),
        ("--method direct --until 1 --trajectories 1e99", "'--trajectories'"),
        ("--method direct --until 1 --trajectories 0", "'--trajectories'"),
        ("--method direct --until 1 --points 1 --trajectories 9", "--points 1"),
        ("--method direct --until nan --trajectories 9", "--until nan"),
        ("--method direct --until 1", "trajectories=None"),
        ("--method direct --until 1 --trajectories 9 --seed x", "'--seed'"),
        ("--method moments --until 1 --trajectories 9", "leave out trajectories"),
        ("--method gillespie --until 1", "gillespie"),
        ("--method direct --until 1 --trajectories 9 --colour red", "--colour"),
        ("--method direct --until 1 --trajectories 9 -o out.txt", "out.txt"),
        ("--method direct --until 1 --trajectories 9 -o missing/out.nc", "missing/out.nc"),
        ("--method direct --until 1 --trajectories 1e9 -o /proc/out.nc", "/proc/out.nc"),
        ("--until 1", "'--method'"),
    ],
)
def test_options(ratelaw, model, tmp_path, options, culprit):
    result = ratelaw("simulate", model(GOOD), *options.split())
    refused(result, culprit, tmp_path, kept=["model.txt"])


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
