"""Workers of a cluster give the bits of threads, even when they die."""

import contextlib
import functools
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from distributed import Client, LocalCluster

import ratelaw as rl
from ratelaw.simulate import pools

TIMES = np.linspace(0, 20, 5)
RECORD = [rl.RecordMoments(), rl.RecordHistogram(times=[20]), rl.RecordPaths(3), rl.RecordEvents(1)]


@contextlib.contextmanager
def running(program, *options):
    """A program of dask, for as long as the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{program}", "--no-dashboard", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Programs of their own, as on a cluster: LocalCluster loses count of workers that restart."""
    where = str(tmp_path_factory.mktemp("cluster") / "scheduler.json")
    with (
        running("scheduler", "--scheduler-file", where, "--port", "0"),
        running("worker", "--scheduler-file", where, "--nworkers", "2", "--nthreads", "1"),
        Client(scheduler_file=where) as client,
    ):
        client.wait_for_workers(2, timeout=pools.PATIENCE)
        yield client


def run(trajectories, **options):
    return rl.simulate(
        rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=trajectories, seed=1, record=RECORD,
        **options,
    )  # fmt: skip


def test_workers_give_the_bits_of_threads(client):
    assert run(5000, cluster=client).identical(run(5000))


def test_a_checkpoint_of_threads_goes_on_on_a_cluster(client, tmp_path):
    first = run(5000, checkpoint=tmp_path)
    assert run(5000, checkpoint=tmp_path, cluster=client).identical(first)


def test_a_killed_worker_changes_nothing(client):
    (victim, *_) = client.run(os.getpid).values()
    threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
    assert run(300_000, cluster=client).identical(run(300_000))


def test_a_restarted_scheduler_changes_nothing(client):
    restart = functools.partial(client.restart, wait_for_workers=False)
    threading.Timer(0.3, restart).start()
    assert run(300_000, cluster=client).identical(run(300_000))


def test_a_refusal_in_a_worker_reaches_the_user(client):
    network = rl.Network.parse("A => B, 5 - A\n0 --> A, 10", initial={"A": 3})
    with pytest.raises(rl.SolverError, match="reaction 'A => B': its propensity is -"):
        rl.simulate(network, rl.Direct(), [0, 10], trajectories=500, seed=1, cluster=client)


def test_a_cluster_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(pools, "PATIENCE", 0.5)
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as cluster,
        Client(cluster) as alone,
        pytest.raises(rl.SolverError, match="no worker of the cluster answered"),
    ):
        run(500, cluster=alone)
