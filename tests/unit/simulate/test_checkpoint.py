"""A run that is stopped, killed or refused goes on and ends with the same bits."""

import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.simulate import checkpoint
from ratelaw.simulate.ssa import ensemble

TIMES = np.linspace(0, 5, 6)
RECORD = [
    rl.RecordMoments(),
    rl.RecordHistogram(times=[5]),
    rl.RecordPaths(3),
    rl.RecordEvents(2),
    rl.RecordReactionCounts(),
    rl.RecordFirstPassage("A > 15", count=4),
]


def run(folder=None, *, seed=1, network=None, **options):
    return rl.simulate(
        network or rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=4000, seed=seed, record=RECORD,
        checkpoint=folder, **options,
    )  # fmt: skip


@pytest.fixture
def interrupted(monkeypatch):
    """Runs are interrupted at their third block, and saved at every one."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    merge = ensemble._Run._merge
    seen = []

    def stop_at_third(run, block, states):
        if block.count < 4000 and len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(block)
        merge(run, block, states)

    monkeypatch.setattr(ensemble._Run, "_merge", stop_at_third)
    return monkeypatch


@pytest.mark.parametrize("sweep", [{}, {"lam": [1.1, 0.8]}], ids=["one set", "two sets"])
def test_an_interrupted_run_goes_on_with_the_same_bits(interrupted, tmp_path, sweep):
    with pytest.raises(rl.errors.Interrupted) as caught:
        run(tmp_path / "run", sweep=sweep)
    interrupted.undo()
    kept = caught.value.partial.attrs["trajectories"]
    assert 0 < kept < 4000
    worked = []
    paths = ensemble.Task.run
    interrupted.setattr(
        ensemble.Task, "run", lambda task, b, stop: worked.append(b) or paths(task, b, stop)
    )
    assert run(tmp_path / "run", sweep=sweep).identical(run(sweep=sweep))
    again = [block for block in worked if block.parameter_set == 0][: len(worked) // 2]
    assert again[0].first == kept


def test_a_finished_run_is_not_simulated_again(tmp_path, monkeypatch):
    first = run(tmp_path)
    monkeypatch.setattr(ensemble.Task, "run", None)
    assert run(tmp_path).identical(first)


def test_a_killed_process_loses_nothing_and_counts_nothing_twice(tmp_path):
    """Killed without warning, at whatever it was doing, five times in a row."""
    code = (
        "import numpy as np, ratelaw as rl\n"
        "from ratelaw.simulate import checkpoint\n"
        "checkpoint.EVERY = 0.0\n"
        "rl.simulate(rl.zoo.spcm(), rl.Direct(), np.linspace(0, 20, 5), trajectories=2_000_000,\n"
        f"  seed=4, checkpoint={str(tmp_path / 'run')!r})\n"
    )
    done = []
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", code])
        before = len(done)
        deadline = time.monotonic() + 60
        while len(done) < before + 3 and child.poll() is None and time.monotonic() < deadline:
            done = sorted({*done, *(p.name for p in (tmp_path / "run").glob("set-0/*.zarr"))})
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert len(done) >= 5
    options = {"trajectories": 2_000_000, "seed": 4}
    times = np.linspace(0, 20, 5)
    resumed = rl.simulate(rl.zoo.spcm(), rl.Direct(), times, checkpoint=tmp_path / "run", **options)
    assert resumed.identical(rl.simulate(rl.zoo.spcm(), rl.Direct(), times, **options))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 2}, "its seed is '1', not '2'"),
        ({"network": rl.zoo.spcm().replace(parameters={"lam": 2})}, "its network is"),
        ({"sweep": {"lam": [1, 2]}}, "its network is"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_and_kept(tmp_path, change, message):
    first = run(tmp_path)
    with pytest.raises(rl.DataError, match=message):
        run(tmp_path, **change)
    assert run(tmp_path).identical(first)


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("everything")
    with pytest.raises(rl.DataError, match="holds files but no checkpoint"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path, monkeypatch):
    import zarr

    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    create, made = zarr.Group.create_array, []

    def full(group, name, **options):
        made.append(name)
        if len(made) == 50:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return create(group, name, **options)

    monkeypatch.setattr(zarr.Group, "create_array", full)
    with pytest.raises(rl.DataError, match=r"No space left.*the same run can go on"):
        run(tmp_path)
    monkeypatch.undo()
    kept = [int(path.stem) for path in (tmp_path / "set-0").iterdir()]
    assert len(kept) == 1
    assert 0 < kept[0] < 4000
    assert run(tmp_path).identical(run())
