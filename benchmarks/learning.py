"""Which equations are found, how exactly, and how well they forecast: ratelaw and PySINDy.

The same data in the same run. A success is a model with all terms of the truth and no other.
PySINDy is given every setting of `contest/sindy.py`; the one that held-out data choose counts, and
beside it stands whether any setting, in hindsight, was right. Where reactions are sought, ratelaw
is given mass action, which PySINDy cannot use. Times are processor seconds, selection included.

    .venv/bin/python benchmarks/learning.py [--quick] [--problem "CRNN 1"]... [--kept results.jsonl]
"""

import multiprocessing
import os
import platform
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from contest import kept as kept_results
from contest import sindy
from contest.bout import CONTESTANTS, Result, Task
from contest.checks import check
from contest.problem import Problem
from contest.registry import PROBLEMS
from contest.table import (
    is_random,
    print_equivalent,
    print_failures,
    print_random,
    print_rows,
    print_verdict,
    rows,
)


def main(
    problem: Annotated[
        list[str] | None, typer.Option(help="only these, or families; all if none")
    ] = None,
    contestant: Annotated[list[str] | None, typer.Option(help="only these; both if none")] = None,
    level: Annotated[list[float] | None, typer.Option(help="of noise, only these")] = None,
    kept: Annotated[
        Path | None, typer.Option(help="results so far, which grow; not redone")
    ] = None,
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
        seeds, patience = 1, min(patience, 180.0)
    chosen = [
        p
        for name, p in PROBLEMS.items()
        if not problem or any(f"{name} ".startswith(f"{told} ") for told in problem)
    ]
    if level:
        chosen = [replace(p, levels=tuple(x for x in p.levels if x in level)) for p in chosen]
    results = kept_results.read(kept) if kept else []
    missing = tasks(
        chosen, contestant or list(CONTESTANTS), range(1, seeds + 1), patience, results, quick=quick
    )
    for part in run(missing, workers):
        results += part
        if kept:
            kept_results.append(kept, part)
    finished = rows(chosen, results)
    chosen_by_hand = [row for row in finished if not is_random(row.problem)]
    print_rows(chosen_by_hand)
    print_failures(finished)
    print_equivalent(finished)
    print_random(finished)
    print_verdict(chosen_by_hand)
    print(f"\n{time.perf_counter() - began:.0f} s in all")


def tasks(
    problems: Sequence[Problem],
    contestants: Sequence[str],
    seeds: Sequence[int],
    patience: float,
    finished: Sequence[Result],
    *,
    quick: bool,
) -> Iterator[Task]:
    """What is not finished: every problem, seed by seed."""
    grid = sindy.QUICK if quick else sindy.FULL
    done = {(r.contestant, r.problem, r.seed, r.level) for r in finished}
    for seed in seeds:
        for p in (p for p in problems if seed <= p.seeds):
            for who in contestants:
                levels = tuple(
                    level
                    for level in (x for x in p.levels if not quick or x in p.quick)
                    if (who, p.name, seed, level) not in done
                )
                if levels:
                    yield Task(who, p.name, seed, levels, patience, grid)


def run(missing: Iterator[Task], workers: int) -> Iterator[list[Result]]:
    """As they finish, each in one process, so that what is compiled is compiled once."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for task in as_completed([pool.submit(each) for each in missing]):
            yield task.result()


if __name__ == "__main__":
    typer.run(main)
