"""What a very large ensemble costs beside its reactions: the figures of docs/large_ensembles.md.

Blocks travel from workers to one client, which merges them in order: their size and the time that
a merge takes bound how many cores one client can feed.

    .venv/bin/python benchmarks/large_ensembles.py
"""

import pickle
import time

from models import PROBLEMS, Problem

import ratelaw as rl
from ratelaw.simulate.recorders.recorder import Recorder
from ratelaw.simulate.ssa.ensemble import BLOCK_STEPS, FEW, PILOTS
from ratelaw.simulate.ssa.task import Block, Task

TRAJECTORIES = 10**9
REPEATS = 20
TASKS = 2000


def main() -> None:
    """Print the tables."""
    light, full = (rl.RecordMoments(sampling_covariance=wanted) for wanted in (False, True))
    spcm, gene = PROBLEMS[0], PROBLEMS[1]
    snapshots = rl.RecordHistogram(times=[1, 5, 10, 20])
    print("one block of some 2 10^7 reactions; a billion trajectories; processor time")
    print(f"{'':<48}{'trajectories':>14}{'s':>8}{'blocks':>10}{'bytes':>12}{'us a merge':>12}")
    for problem in (spcm, gene, PROBLEMS[-1]):
        block(problem, "averages and covariances", light)
    block(spcm, "their sampling covariance over 21 times", full)
    block(spcm, "four joint histograms", snapshots)
    block(gene, "P alone, histograms at 21 times", rl.RecordHistogram(species=["P"]))
    block(spcm, "joint histograms at 21 times", rl.RecordHistogram())
    tasks()
    alternatives(spcm)


def block(problem: Problem, label: str, recorder: Recorder) -> None:
    """Time to simulate and to merge one block, and the bytes that it sends."""
    task = Task(
        rl.Direct(), (problem.network,), problem.times, 1, (recorder,),
        pilots=PILOTS, together=True,
    )  # fmt: skip
    size = max(FEW, int(BLOCK_STEPS / task.steps()) // 64 * 64)
    task.run(Block(0, 0, 64))
    began = time.process_time()
    states = task.run(Block(0, 0, size))
    simulated = time.process_time() - began
    total = task.accumulators(0)[0]
    total.merge(states[0])
    began = time.process_time()
    for _ in range(REPEATS):
        total.merge(states[0])
    total.state()
    merged = (time.process_time() - began) / REPEATS
    print(
        f"{problem.name + ', ' + label:<48}{size:>14,}{simulated:>8.3f}"
        f"{-(-TRAJECTORIES // size):>10,}{len(pickle.dumps(states)):>12,}{merged * 1e6:>12.0f}",
        flush=True,
    )


def tasks() -> None:
    """What dask itself needs for a task."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        client.gather(client.map(abs, range(10)))
        began = time.perf_counter(), time.process_time()
        client.gather(client.map(abs, range(TASKS), pure=False))
        clock, processor = time.perf_counter() - began[0], time.process_time() - began[1]
    print(
        f"dask, a task that does nothing: {processor / TASKS * 1e6:.0f} us of the process of "
        f"client and scheduler, {clock / TASKS * 1e6:.0f} us by the clock"
    )


def alternatives(problem: Problem) -> None:
    """The same averages without any trajectory, compilation included and then without."""
    methods = {"Moments": rl.Moments(), "MasterEquation": rl.MasterEquation()}
    for name, method in methods.items():
        first, second = (solved(problem, method) for _ in range(2))
        print(f"{problem.name}, {name}: first {first:.2f} s, again {second:.2f} s")


def solved(problem: Problem, method: rl.Moments | rl.MasterEquation) -> float:
    began = time.process_time()
    rl.simulate(problem.network, method, problem.times)
    return time.process_time() - began


if __name__ == "__main__":
    main()
