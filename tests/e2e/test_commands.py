"""What a user types on files of their own."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from distributed import LocalCluster

import ratelaw as rl
from ratelaw.simulate.ssa import ensemble

MODEL = """
0 --> A, birth   # immigration
A --> 0, death
birth = 6
death = 0.5
A(0) = 2
"""


def mean(t):
    return 12 - 10 * np.exp(-0.5 * np.asarray(t))


@pytest.mark.parametrize(
    "command",
    ["simulate", "convert", "info", "learn", "rates", "reduce", "reproduce", "examples"],
)
def test_every_help_shows_an_example(ratelaw, command):
    status, out, _ = ratelaw(command, "--help")
    assert status == 0
    assert f"Example:\n    ratelaw {command} " in out


def test_a_network_becomes_sbml_and_is_simulated_from_there(ratelaw, model):
    assert ratelaw("convert", model(MODEL), "model.xml") == (0, "", "")
    status, out, _ = ratelaw("info", "model.xml")
    assert status == 0
    assert "1 species: A\n2 reactions: 0 --> A, A --> 0\n" in out
    assert "deficiency: 0\n" in out
    status, out, _ = ratelaw("simulate", "model.xml", "--method", "moments", "--times", "0,1,5")
    averages = [float(row.split(",")[1]) for row in out.splitlines()[1:]]
    np.testing.assert_allclose(averages, mean([0, 1, 5]), rtol=1e-6)


def test_antimony_is_a_network_for_every_command(ratelaw, model):
    assert ratelaw("convert", model(MODEL), "model.ant") == (0, "", "")
    assert ratelaw("info", "model.ant") == ratelaw("info", "model.txt")
    run = ("--method", "moments", "--times", "0,1,5")
    assert ratelaw("simulate", "model.ant", *run) == ratelaw("simulate", "model.txt", *run)


def test_a_petab_problem_says_what_is_to_be_estimated(ratelaw):
    case = Path(__file__).parents[1] / "reference" / "petab" / "0013" / "_0013.yaml"
    status, out, _ = ratelaw("info", str(case))
    assert status == 0
    assert "2 species: A, B\n2 reactions: A --> B, B --> A\n" in out
    assert "1 observables: obs_a = A\n1 experiments: c0\n2 measurements\n" in out
    assert "3 parameters to be estimated: k1 (0 to 10, lin), k2 (0 to 10, lin), par (0" in out


def test_without_a_file_the_averages_are_printed(ratelaw, model):
    status, out, _ = ratelaw("simulate", model(MODEL), "--method", "moments", "--times", "0,1,5")
    assert status == 0
    header, *rows = out.splitlines()
    assert header == "time,A"
    times, averages = np.array([row.split(",") for row in rows], dtype=float).T
    np.testing.assert_allclose(averages, mean(times), rtol=1e-6)


def test_a_network_without_initial_counts_is_told_of_them(ratelaw, model):
    run = ("--method", "mass-action", "--times", "0,1")
    status, out, err = ratelaw("simulate", model("A --> B, 1"), *run)
    assert (status, out) == (0, "time,A,B\n0.0,0.0,0.0\n1.0,0.0,0.0\n")
    assert "note: nothing happens, every species starts at 0: " in err
    assert ratelaw("simulate", model("A --> B, 1\nA(0) = 1"), *run)[2] == ""


@pytest.mark.parametrize(("copies", "told"), [(3, True), (3000, False)])
def test_a_diffusion_of_few_copies_is_told_of_them(ratelaw, model, copies, told):
    drawn = ("--method", "langevin", "--times", "0,1", "--trajectories", "100", "--seed", "1")
    text = f"A --> 0, 1\n0 --> A, {copies}\nA(0) = {copies}"
    status, _, err = ratelaw("simulate", model(text), *drawn)
    assert status == 0
    assert ("note: there are few copies of A, " in err) == told


def test_the_same_seed_writes_the_same_numbers(ratelaw, model):
    path = model(MODEL)
    for name in ("a", "b"):
        assert ratelaw(
            *("simulate", path, "--method", "direct", "--until", "4", "--points", "5"),
            *("--trajectories", "2e3", "--seed", "7", "-o", f"{name}.nc"),
        ) == (0, "", "")
    first, second = rl.load("a.nc"), rl.load("b.nc")
    assert first.identical(second)
    assert first.attrs["trajectories"] == 2000
    assert first["time"].values.tolist() == [0, 1, 2, 3, 4]


def test_from_a_model_to_data_and_back_to_its_rates(ratelaw, model):
    """Each number within 4 standard errors: 4 numbers, one false alarm in 4,000 seeds."""
    path = model(MODEL)
    simulated = ("simulate", path, "--method", "direct", "--until", "8", "--trajectories", "1e4")
    ratelaw(*simulated, "--seed", "3", "-o", "cells.nc")
    ratelaw(*simulated, "--seed", "3", "-o", "cells.csv")

    status, out, _ = ratelaw("learn", "cells.csv", "--degree", "1", "--json", "learned.json")
    assert status == 0
    assert "dA/dt = " in out
    learned = json.loads((path.parent / "learned.json").read_text())
    assert learned["models"][0]["coefficients"].keys() == {"dA/dt: A"}

    status, out, _ = ratelaw("rates", "cells.nc", "--network", path, "--json", "rates.json")
    assert status == 0
    assert "A --> 0" in out
    found = json.loads((path.parent / "rates.json").read_text())["reactions"]
    for reaction, truth in {"0 --> A": 6.0, "A --> 0": 0.5}.items():
        off = found[reaction]["constant"] - truth
        assert abs(off) < 4 * found[reaction]["standard_error"]


def test_the_ending_chooses_the_file_and_any_file_is_learned_from(ratelaw, model):
    run = ("simulate", model(MODEL), "--method", "direct", "--until", "8", "--trajectories", "2e3")
    for ending in ("nc", "zarr", "csv", "parquet"):
        assert ratelaw(*run, "--seed", "3", "-o", f"cells.{ending}") == (0, "", "")
    assert rl.load("cells.zarr").identical(rl.load("cells.nc"))
    learned = [ratelaw("learn", f"cells.{e}", "--degree", "1") for e in ("csv", "parquet")]
    assert learned[0] == learned[1]
    assert learned[0][0] == 0
    rates = [ratelaw("rates", f"cells.{e}", "--network", "model.txt") for e in ("nc", "zarr")]
    assert rates[0][0] == 0
    assert rates[0][1].startswith("cells.nc: moments of 2,000 trajectories at 21 times")
    assert rates[0][1].replace("cells.nc", "cells.zarr") == rates[1][1]


def test_everything_that_can_be_recorded_is_asked_for_by_name(ratelaw, model):
    run = ("simulate", model(MODEL), "--method", "direct", "--until", "1", "--points", "11")
    run += ("--trajectories", "50", "--seed", "1", "--threads", "1", "-o", "cells.nc")
    record = ("--moments", "3", "--histogram", "0,0.3", "--paths", "4", "--events", "2")
    record += ("--reaction-counts", "--passage", "A >= 3", "--passage", "A == 0")
    assert ratelaw(*run, *record) == (0, "", "")
    cells = rl.load("cells.nc")
    same = rl.simulate(
        rl.Network.parse(MODEL),
        rl.Direct(),
        np.linspace(0, 1, 11),
        trajectories=50,
        seed=1,
        record=[
            rl.RecordMoments(3),
            rl.RecordHistogram(times=np.linspace(0, 1, 11)[[0, 3]]),
            rl.RecordPaths(4),
            rl.RecordEvents(2),
            rl.RecordReactionCounts(),
            rl.RecordFirstPassage("A >= 3", "A == 0"),
        ],
    )
    assert cells.identical(same)


def test_a_sweep_varies_its_parameters_together(ratelaw, model):
    sweep = ("--sweep", "death = 0.5, 2", "--sweep", "A(0)=2,20")
    run = ("simulate", model(MODEL), "--method", "moments", "--times", "0,1")
    status, out, _ = ratelaw(*run, *sweep)
    assert status == 0
    header, *rows = out.splitlines()
    assert header == "parameter_set,death,A(0),time,A"
    number, death, start, times, averages = np.array([r.split(",") for r in rows], dtype=float).T
    np.testing.assert_array_equal(number, [0, 0, 1, 1])
    np.testing.assert_array_equal(death, [0.5, 0.5, 2, 2])
    truth = 6 / death + (start - 6 / death) * np.exp(-death * times)
    np.testing.assert_allclose(averages, truth, rtol=1e-6)
    assert ratelaw(*run, *sweep, "-o", "sweep.nc")[0] == 0
    status, _, err = ratelaw("learn", "sweep.nc")
    assert status == 2
    assert "sweep.nc holds a parameter sweep" in err


def test_paths_and_single_reactions_make_tables(ratelaw, model):
    run = ("simulate", model(MODEL), "--method", "direct", "--until", "1", "--trajectories", "5")
    run += ("--seed", "1", "--moments", "0")
    _, paths, _ = ratelaw(*run, "--paths", "2")
    _, events, _ = ratelaw(*run, "--events", "2")
    assert paths.splitlines()[0] == "trajectory,time,A"
    assert events.splitlines()[0] == "trajectory,time,reaction,A"
    last = {row.split(",")[0]: float(row.split(",")[-1]) for row in paths.splitlines()[1:]}
    state = {"0": 2.0, "1": 2.0}
    for row in events.splitlines()[1:]:
        trajectory, _, reaction, count = row.split(",")
        state[trajectory] += {"0": 1, "1": -1}[reaction]
        assert float(count) == state[trajectory]
    assert state == last


def test_a_cluster_gives_the_same_bits(ratelaw, model):
    run = ("simulate", model(MODEL), "--method", "direct", "--until", "1", "--trajectories", "500")
    run += ("--seed", "1", "-o")
    assert ratelaw(*run, "here.zarr") == (0, "", "")
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        there = (*run, "there.zarr", "--cluster")
        assert ratelaw(*there, cluster.scheduler_address)[0] == 0
        (worker,) = cluster.workers.values()
        status, _, err = ratelaw(*there, worker.worker_address)
    assert rl.load("there.zarr").identical(rl.load("here.zarr"))
    assert status == 2
    assert "a dask worker is there, not the scheduler" in err


def test_an_interrupted_run_keeps_what_was_finished(ratelaw, model, monkeypatch):
    merge = ensemble._Run._merge

    def interrupted(run, count, summaries):
        if run.merged >= 1000:
            raise KeyboardInterrupt
        merge(run, count, summaries)

    monkeypatch.setattr(ensemble._Run, "_merge", interrupted)
    arguments = ("--method", "direct", "--until", "4", "--trajectories", "1e4", "--seed", "1")
    status, _, err = ratelaw("simulate", model(MODEL), *arguments, "-o", "cells.nc")
    cells = rl.load("cells.nc")
    count = cells.attrs["trajectories"]
    assert status == 130
    assert 1000 <= count < 10_000
    assert f"{count:,} of 10,000" in err
    assert "saved in cells.nc" in err
    z = (cells["average"][-1, 0] - mean(4)) / np.sqrt(cells["covariance"][-1, 0, 0] / count)
    assert abs(float(z)) < 4  # one false alarm in 16,000 seeds


def test_a_stopped_run_goes_on_from_its_checkpoint_by_the_same_command(ratelaw, model, monkeypatch):
    run = ("simulate", model(MODEL), "--method", "direct", "--until", "4", "--trajectories", "1e4")
    run += ("--checkpoint", "run", "-o", "cells.nc")
    merge = ensemble._Run._merge

    def interrupted(run, *rest):
        if run.merged >= 1000:
            raise KeyboardInterrupt
        merge(run, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(ensemble._Run, "_merge", interrupted)
        status, _, err = ratelaw(*run)
    assert status == 130
    assert "saved in cells.nc; the same command goes on from run\n" in err
    seed = rl.load("cells.nc").attrs["seed"]
    assert ratelaw(*run) == (0, "", "")
    cells = rl.load("cells.nc")
    network, times = rl.Network.parse(MODEL), np.linspace(0, 4, 21)
    alone = rl.simulate(network, rl.Direct(), times, trajectories=10_000, seed=int(seed))
    assert cells.identical(alone)


@pytest.fixture
def default_interrupt():
    """A child keeps an ignored SIGINT through exec: a handled one is reset to its default."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("default_interrupt")
def test_control_c_ends_a_run_of_hours(tmp_path, model):
    path = model(MODEL)
    command = [sys.executable, "-m", "ratelaw", "simulate", path, "--method", "direct"]
    command += ["--until", "20", "--seed", "1", "-o", "cells.nc", "--trajectories"]
    begin = time.monotonic()
    subprocess.run([*command, "1000"], cwd=tmp_path, check=True)
    warm = time.monotonic() - begin
    (tmp_path / "cells.nc").unlink()
    with subprocess.Popen(
        [*command, "1e9"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as run:
        try:
            time.sleep(warm + 1)
            run.send_signal(signal.SIGINT)
            _, err = run.communicate(timeout=30)
        finally:
            run.kill()
    assert run.returncode == 130
    assert "of 1,000,000,000 trajectories" in err
    assert "Traceback" not in err
    assert rl.load(tmp_path / "cells.nc").attrs["trajectories"] > 1000
