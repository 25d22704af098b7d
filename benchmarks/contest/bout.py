"""One problem and seed: a contestant on the data of every level of noise."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf

from contest import ratelaw_learner, sindy, sindy_pi
from contest.equations import Rational
from contest.problem import Problem, Run
from contest.registry import PROBLEMS
from contest.score import SEEN, Score, is_right, score


@dataclass(frozen=True)
class Task:
    """What one process does at a time; `patience` is of ratelaw alone, in processor seconds."""

    contestant: str
    problem: str
    seed: int
    levels: tuple[float, ...]
    patience: float
    grid: sindy.Grid

    def __call__(self) -> "list[Result]":
        problem = PROBLEMS[self.problem]
        clean, tests = problem.courses(self.seed)
        return [
            Result(
                self.contestant,
                self.problem,
                level,
                self.seed,
                CONTESTANTS[self.contestant](
                    self, problem, problem.noisy(clean, level, self.seed), tests
                ),
            )
            for level in self.levels
        ]


@dataclass(frozen=True)
class Outcome:
    """What one contestant made of one data set.

    `found` is whether any model it can return is right. Of PySINDy these are all settings, with the
    coefficient error of its best right one in `hindsight`; of ratelaw the set of models that the
    data cannot tell apart.
    """

    score: Score | None
    found: bool
    models: int
    hindsight: float
    seconds: float
    note: str


@dataclass(frozen=True)
class Result:
    """An outcome and what it is of."""

    contestant: str
    problem: str
    level: float
    seed: int
    outcome: Outcome


def of_sindy(task: Task, problem: Problem, runs: Sequence[Run], tests: Sequence[Run]) -> Outcome:
    learner = sindy_pi if isinstance(problem.truth(SEEN), Rational) else sindy
    began = time.process_time()
    chosen, models = learner.learn(problem, runs, task.grid)
    seconds = time.process_time() - began
    right = [m for m in models if is_right(problem, m.model)]
    return Outcome(
        score=score(problem, chosen.model, tests),
        found=bool(right),
        models=len(models),
        hindsight=min((score(problem, m.model, []).coefficients for m in right), default=inf),
        seconds=seconds,
        note=chosen.setting,
    )


def of_ratelaw(task: Task, problem: Problem, runs: Sequence[Run], tests: Sequence[Run]) -> Outcome:
    began = time.process_time()
    try:
        with limited(task.patience):
            models = ratelaw_learner.learn(problem, runs)
    except Exception as error:  # noqa: BLE001  whatever stops a contestant is its failure
        note = f"{type(error).__name__}: {error}"
        seconds = time.process_time() - began
        return Outcome(None, found=False, models=0, hindsight=inf, seconds=seconds, note=note)
    seconds = time.process_time() - began
    first = score(problem, models[0], tests)
    found = any(is_right(problem, m) for m in models)
    return Outcome(first, found, len(models), first.coefficients, seconds, note="")


CONTESTANTS: dict[str, Callable[[Task, Problem, Sequence[Run], Sequence[Run]], Outcome]] = {
    "ratelaw": of_ratelaw,
    "PySINDy": of_sindy,
}


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
