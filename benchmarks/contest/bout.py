"""One problem, seed and level of noise: every contestant on the same data."""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf

from contest import ratelaw_learner, sindy, sindy_pi
from contest.equations import Rational
from contest.problem import Problem, Run
from contest.registry import PROBLEMS
from contest.score import SEEN, Score, is_right, score


@dataclass(frozen=True)
class Result:
    """One contestant's; `found` is whether any model it can return is right.

    Of PySINDy these are all settings, with the coefficient error of its best right one in
    `hindsight`; of ratelaw the set of models that the data cannot tell apart.
    """

    score: Score | None
    found: bool
    models: int
    hindsight: float
    seconds: float
    note: str


@dataclass(frozen=True)
class Bout:
    """What both did with one data set."""

    problem: str
    level: float
    seed: int
    sindy: Result
    ratelaw: Result


def bouts(name: str, seeds: Sequence[int], patience: float, *, quick: bool) -> list[Bout]:
    """All of one problem, in one process, so that what is compiled is compiled once."""
    return list(_bouts(PROBLEMS[name], seeds, patience, quick=quick))


def _bouts(
    problem: Problem, seeds: Sequence[int], patience: float, *, quick: bool
) -> Iterator[Bout]:
    grid = sindy.QUICK if quick else sindy.FULL
    for seed in seeds:
        clean, tests = problem.courses(seed)
        for level in problem.quick if quick else problem.levels:
            runs = problem.noisy(clean, level, seed)
            yield Bout(
                problem.name,
                level,
                seed,
                of_sindy(problem, runs, tests, grid),
                of_ratelaw(problem, runs, tests, patience),
            )


def of_sindy(
    problem: Problem, runs: Sequence[Run], tests: Sequence[Run], grid: sindy.Grid
) -> Result:
    learner = sindy_pi if isinstance(problem.truth(SEEN), Rational) else sindy
    began = time.process_time()
    chosen, models = learner.learn(problem, runs, grid)
    seconds = time.process_time() - began
    right = [m for m in models if is_right(problem, m.model)]
    return Result(
        score=score(problem, chosen.model, tests),
        found=bool(right),
        models=len(models),
        hindsight=min((score(problem, m.model, []).coefficients for m in right), default=inf),
        seconds=seconds,
        note=chosen.setting,
    )


def of_ratelaw(
    problem: Problem, runs: Sequence[Run], tests: Sequence[Run], patience: float
) -> Result:
    began = time.process_time()
    try:
        with limited(patience):
            models = ratelaw_learner.learn(problem, runs)
    except Exception as error:  # noqa: BLE001  whatever stops a contestant is its failure
        note = f"{type(error).__name__}: {error}"
        seconds = time.process_time() - began
        return Result(None, found=False, models=0, hindsight=inf, seconds=seconds, note=note)
    seconds = time.process_time() - began
    first = score(problem, models[0], tests)
    found = any(is_right(problem, m) for m in models)
    return Result(first, found, len(models), first.coefficients, seconds, note="")


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """A TimeoutError after so many processor seconds."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"nothing after {seconds:g} processor seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
