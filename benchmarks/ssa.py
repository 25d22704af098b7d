"""Gillespie ensembles: ratelaw and its peers on the same work, in one run.

Every program gives the copy numbers at 21 times. Before anything is timed its final counts are held
against a large ensemble of ratelaw's, and that against exact averages where the network is linear.
Tables are processor time, which other users of the machine change little, medians of interleaved
repeats; the rest is time by the clock.

    .venv/bin/python benchmarks/ssa.py
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version

import numpy as np
from models import PROBLEMS, Problem, gene
from peers import PEERS, Run, rebop_kernel

import ratelaw as rl
from ratelaw.simulate.method import Sampler
from ratelaw.simulate.recorders.recorder import Recorder

SECONDS = 0.6
"""Of processor time of one repeat, about."""
REPEATS = 3
CHECKED = 200, 2000
"""Fewest and most paths that are held against the reference."""
LIMIT = 4.5
"""Of the largest z-score."""
METHODS: list[Sampler] = [
    rl.Direct(),
    rl.FirstReaction(),
    rl.NextReaction(),
    rl.CompositionRejection(),
    rl.TauLeaping(),
]
LIGHT = (rl.RecordMoments(sampling_covariance=False),)
HISTOGRAMS = rl.RecordHistogram(times=[1, 5, 10, 20])
PACKAGES = ("numba", "rebop", "bioscrape", "gillespy2", "libroadrunner", "copasi-basico")


def main() -> None:
    """Check, time, print."""
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, ",
        end="",
    )
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    for problem in PROBLEMS:
        table(problem)
    million()
    long_trajectory()
    first_result()


def table(problem: Problem) -> None:
    """Microseconds a trajectory of everything that can simulate a problem."""
    reference = paths(problem, rl.Direct(), 20_000, seed=2)
    steps = reactions(problem, 200)
    print(f"\n{problem.name}: {steps:,.0f} reactions a trajectory")
    if all(sum(reaction.reactants.values()) < 2 for reaction in problem.network.reactions):
        exact = rl.simulate(problem.network, rl.MassAction(), [problem.until])
        error = reference.std(axis=0) / np.sqrt(len(reference))
        z = (reference.mean(axis=0) - exact["average"].values[-1]) / error
        verdict = "agrees" if np.abs(z).max() < LIMIT else "DIFFERS"
        print(f"  reference against exact averages, largest z {np.abs(z).max():.2f}: {verdict}")
    runs: dict[str, Run] = {}
    for method in METHODS:
        if isinstance(method, rl.FirstReaction) and len(problem.network.reactions) > 40:
            print(f"  {method!r}: left out, minutes of compilation")
            continue
        runs[repr(method)] = recorded(problem, method)
        check(repr(method), paths(problem, method, 2000, seed=3), reference)
    for name, prepare in PEERS.items():
        try:
            run = prepare(problem)
            size = int(np.clip(sized(run), *CHECKED))
            check(name, run(size), reference)
            runs[name] = run
        except Exception as error:  # noqa: BLE001
            print(f"  {name}: cannot: {type(error).__name__}: {str(error)[:90]}")
    sizes = {name: sized(run) for name, run in runs.items()}
    costs = {name: [] for name in runs}
    for _ in range(REPEATS):
        for name, run in runs.items():
            costs[name].append(processor(run, sizes[name]) / sizes[name] * 1e6)
    base = np.array(costs["Direct()"])
    print(f"  {'':<28}{'us a trajectory':>18}{'ns a reaction':>16}{'times Direct':>15}")
    for name, cost in costs.items():
        ratio = np.median(np.array(cost) / base)
        print(
            f"  {name:<28}{np.median(cost):>18.2f}{np.median(cost) / steps * 1e3:>16.1f}"
            f"{ratio:>15.2f}",
            flush=True,
        )


def reactions(problem: Problem, count: int) -> float:
    """Reactions a trajectory, on average over some trajectories."""
    record = [rl.RecordReactionCounts()]
    cells = rl.simulate(
        problem.network, rl.Direct(), [problem.until], trajectories=count, seed=1, record=record
    )
    return float(cells["reaction_count"].sum())


def paths(problem: Problem, method: Sampler, count: int, *, seed: int) -> np.ndarray:
    record = [rl.RecordPaths(count)]
    cells = rl.simulate(
        problem.network, method, [problem.until], trajectories=count, seed=seed, record=record
    )
    return cells["paths"].values[:, -1]


def recorded(
    problem: Problem, method: Sampler, record: Sequence[Recorder] = LIGHT, threads: int = 1
) -> Run:
    return lambda size: rl.simulate(
        problem.network, method, problem.times, trajectories=size, seed=1, record=record,
        threads=threads,
    )  # fmt: skip


def check(name: str, found: np.ndarray, reference: np.ndarray) -> None:
    """z-scores of the means and variances of the final counts.

    The reference, much larger, tells how both scatter: the scatter of a few paths is too uncertain
    to divide by. Past 4.5 by chance: once in 700 times for 200 scores.
    """
    deviations = reference - reference.mean(axis=0)
    variance = np.square(deviations).mean(axis=0)
    fourth = np.square(np.square(deviations) - variance).mean(axis=0)
    runs = 1 / len(found) + 1 / len(reference)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.nan_to_num(
            [
                (found.mean(axis=0) - reference.mean(axis=0)) / np.sqrt(variance * runs),
                (found.var(axis=0, ddof=1) - variance) / np.sqrt(fourth * runs),
            ]
        )
    worst = np.abs(z).max()
    verdict = "agrees" if worst < LIMIT else "DIFFERS"
    print(f"  {name}: {len(found)} paths, largest of {z.size} z-scores {worst:.2f}: {verdict}")


def seconds(run: Callable[[int], object], size: int) -> float:
    began = time.perf_counter()
    run(size)
    return time.perf_counter() - began


def processor(run: Callable[[int], object], size: int) -> float:
    """Processor seconds, those of child processes too."""
    began = sum(os.times()[:4])
    run(size)
    return sum(os.times()[:4]) - began


def sized(run: Callable[[int], object]) -> int:
    """So many trajectories that a repeat takes a while, and a call's own cost little of it."""
    size = 2
    run(size)
    while (took := processor(run, size)) < SECONDS / 2 and size < 10**6:
        size *= 4
    return max(2, int(size * SECONDS / took))


def million() -> None:
    """10^6 trajectories of the SPCM with moments and four joint histograms, on two threads."""
    print("\n10^6 SPCM trajectories, 21 times, moments and four joint histograms, warm:")
    for label, moments in (
        ("averages and covariances", LIGHT[0]),
        ("with their sampling covariance over all times", rl.RecordMoments()),
    ):
        run = {n: recorded(PROBLEMS[0], rl.Direct(), (moments, HISTOGRAMS), n) for n in (1, 2)}
        run[2](20_000)
        took = np.array([[seconds(run[n], 10**6) for n in (1, 2)] for _ in range(3)])
        one, two = np.median(took, axis=0)
        print(f"  {label}: 1 thread {one:.2f} s, 2 threads {two:.2f} s, "
              f"{np.median(took[:, 0] / took[:, 1]):.2f} x", flush=True)  # fmt: skip


def long_trajectory() -> None:
    """One trajectory of ten million reactions, where lanes cannot help."""
    problem = Problem("gene", gene(1000), 100)
    problem = Problem("gene", problem.network, 100 * 1e7 / reactions(problem, 200))
    ours, theirs = recorded(problem, rl.Direct()), rebop_kernel(problem)
    ours(1), theirs(1)
    took = np.array([(seconds(ours, 1), seconds(theirs, 1)) for _ in range(3)])
    print(
        f"\none trajectory of {reactions(problem, 2):.2g} reactions (gene, volume 1000): ratelaw "
        f"{np.median(took[:, 0]):.2f} s, rebop's kernel {np.median(took[:, 1]):.2f} s"
    )


def first_result() -> None:
    """From the start of a process to the first result."""
    code = (
        "import time; a = time.perf_counter(); import ratelaw as rl; b = time.perf_counter();"
        "rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 20], trajectories=1000, seed=1);"
        "print(f'import {b - a:.2f} s, first result {time.perf_counter() - b:.2f} s after it')"
    )
    with tempfile.TemporaryDirectory() as folder:
        for label in ("empty cache", "kernel cached", "kernel cached"):
            done = subprocess.run(
                [sys.executable, "-c", code], env={**os.environ, "XDG_CACHE_HOME": folder},
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            print(f"a fresh process, {label}: {done.stdout.strip()}")


if __name__ == "__main__":
    main()
