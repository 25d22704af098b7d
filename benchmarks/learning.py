"""Which equations are found, how exactly, and how well they forecast: ratelaw and PySINDy.

The same data in the same run. A success is a model with all terms of the truth and no other.
PySINDy is given every setting of `contest/sindy.py`; the one that held-out data choose counts, and
beside it stands whether any setting, in hindsight, was right. Where reactions are sought, ratelaw
is given mass action, which PySINDy cannot use. Times are processor seconds, selection included.

    .venv/bin/python benchmarks/learning.py [--quick] [--problem "CRNN 1"]...
"""

import multiprocessing
import os
import platform
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from typing import Annotated

import typer
from contest.bout import Bout, bouts
from contest.checks import check
from contest.problem import Problem
from contest.registry import PROBLEMS
from contest.table import (
    HEADER,
    print_equivalent,
    print_failures,
    print_rows,
    print_verdict,
)


def main(
    problem: Annotated[list[str] | None, typer.Option(help="only these; all if none")] = None,
    *,
    quick: bool = False,
    seeds: int = 10,
    workers: int = 2,
    patience: float = 600.0,
) -> None:
    """Print the tables; --quick: one seed, two levels of noise, fewer settings of PySINDy.

    `patience` is how many processor seconds ratelaw has for one data set.
    """
    began = time.perf_counter()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, {workers} at work, Python "
        f"{platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("ratelaw", "pysindy", "jax"))
    )
    check()
    if quick:
        seeds, patience = 1, min(patience, 60.0)
    chosen = [p for name, p in PROBLEMS.items() if not problem or name in problem]
    print(HEADER)
    finished = []
    for part in run(chosen, seeds, workers, patience, quick=quick):
        print_rows(chosen, part)
        finished += part
    print_failures(finished)
    print_equivalent([b for b in finished if b.problem.startswith("equivalent")])
    print_verdict(chosen, finished)
    print(f"\n{time.perf_counter() - began:.0f} s in all")


def run(
    problems: Sequence[Problem], seeds: int, workers: int, patience: float, *, quick: bool
) -> Iterator[list[Bout]]:
    """All of one problem after the other, each in one process, so that it compiles once."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        tasks = [
            pool.submit(bouts, p.name, range(1, seeds + 1), patience, quick=quick) for p in problems
        ]
        for task in tasks:
            yield task.result()


if __name__ == "__main__":
    typer.run(main)
