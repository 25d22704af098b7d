"""What came out, as Markdown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from contest.bound import bound
from contest.bout import Outcome, Result
from contest.problem import Problem, of_unit

HEADER = """
| problem | noise | runs | right: ratelaw | truth in its set | models in set | right: PySINDy \
| any setting | coefficients: ratelaw | PySINDy | its best setting | least possible \
| forecast: ratelaw | PySINDy | s: ratelaw | PySINDy |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""
FACTOR = 3.0
"""By how much PySINDy's coefficient errors should exceed ratelaw's."""

BOUNDED = 3
"""Data sets of which the least possible error is computed."""


@dataclass(frozen=True)
class Row:
    """Both contestants on the same data sets, seed by seed, of one problem and level of noise."""

    problem: Problem
    level: float
    seeds: tuple[int, ...]
    ratelaw: tuple[Outcome, ...]
    sindy: tuple[Outcome, ...]

    @property
    def noise(self) -> str:
        return f"{self.level:g}" if self.problem.noise is of_unit else f"{100 * self.level:g} %"

    @property
    def coefficient_errors(self) -> tuple[float, float, float]:
        """Medians where both have the right terms; the third of PySINDy's best setting by them."""
        both = [
            (own.score.coefficients, other.score.coefficients, other.hindsight)
            for own, other in zip(self.ratelaw, self.sindy, strict=True)
            if own.score and own.score.right and other.score and other.score.right
        ]
        if not both:
            return np.nan, np.nan, np.nan
        own, other, hindsight = np.median(np.array(both), axis=0)
        return float(own), float(other), float(hindsight)

    @property
    def least_error(self) -> float:
        """The median over some data sets of what no unbiased estimator can be better than."""
        return float(
            np.median(
                [
                    bound(self.problem, self.problem.courses(seed)[0], self.level)
                    for seed in self.seeds[:BOUNDED]
                ]
            )
        )


def rows(problems: Iterable[Problem], results: Sequence[Result]) -> list[Row]:
    """Those data sets that both have been given."""
    of = {(r.contestant, r.problem, r.level, r.seed): r.outcome for r in results}
    made = []
    for problem in problems:
        for level in problem.levels:
            seeds = tuple(
                seed
                for (who, name, noise, seed) in sorted(of)
                if (who, name, noise) == ("ratelaw", problem.name, level)
                and ("PySINDy", name, noise, seed) in of
            )
            if seeds:
                pair = (
                    tuple(of[who, problem.name, level, seed] for seed in seeds)
                    for who in ("ratelaw", "PySINDy")
                )
                made.append(Row(problem, level, seeds, *pair))
    return made


def print_rows(finished: Iterable[Row]) -> None:
    """A row for each problem and level; medians, of coefficients where both have right terms."""
    print(HEADER)
    for row in finished:
        cells = [
            row.problem.name,
            row.noise,
            len(row.seeds),
            rights(row.ratelaw),
            sum(r.found for r in row.ratelaw),
            counts(row.ratelaw),
            rights(row.sindy),
            sum(r.found for r in row.sindy),
            *(shown(e) for e in row.coefficient_errors),
            shown(row.least_error),
            median(row.ratelaw, lambda r: r.score.forecast if r.score else np.inf),
            median(row.sindy, lambda r: r.score.forecast if r.score else np.inf),
            median(row.ratelaw, lambda r: r.seconds),
            median(row.sindy, lambda r: r.seconds),
        ]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def print_failures(finished: Iterable[Row]) -> None:
    """What stopped ratelaw, each message once."""
    notes: dict[str, list[str]] = {}
    for row in finished:
        for seed, outcome in zip(row.seeds, row.ratelaw, strict=True):
            if outcome.note:
                where = f"{row.problem.name} {row.level:g} seed {seed}"
                notes.setdefault(outcome.note, []).append(where)
    for note, places in notes.items():
        print(f"\nratelaw gave no model for {', '.join(places)}: {note}")


def print_equivalent(finished: Iterable[Row]) -> None:
    """Terms of the equivalent networks, true and false, over all data sets."""
    equivalent = [row for row in finished if row.problem.name.startswith("equivalent")]
    if not equivalent:
        return
    ours = [outcome for row in equivalent for outcome in row.ratelaw]
    theirs = [outcome for row in equivalent for outcome in row.sindy]
    print(f"\nequivalent networks, {len(ours)} data sets: terms of the right-hand sides\n")
    print("| | data sets right | true positives | false positives | truth in the set |")
    print("|---|---:|---:|---:|---:|")
    for name, outcomes in (("ratelaw", ours), ("PySINDy", theirs)):
        scores = [r.score for r in outcomes if r.score]
        print(
            f"| {name} | {rights(outcomes)} | {sum(s.true_positives for s in scores)} | "
            f"{sum(s.false_positives for s in scores)} | {sum(r.found for r in outcomes)} |"
        )


def print_random(finished: Iterable[Row]) -> None:
    """The random networks, all of a level of noise in one line."""
    levels: dict[float, list[Row]] = {}
    for row in finished:
        if is_random(row.problem):
            levels.setdefault(row.level, []).append(row)
    if not levels:
        return
    print("\nrandom networks, a data set each: right-hand sides right\n")
    print(
        "| noise | networks | ratelaw | truth in its set | PySINDy | any setting "
        "| s: ratelaw | PySINDy |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for level, part in sorted(levels.items()):
        ours = [outcome for row in part for outcome in row.ratelaw]
        theirs = [outcome for row in part for outcome in row.sindy]
        print(
            f"| {100 * level:g} % | {len(ours)} | {rights(ours)} | {sum(r.found for r in ours)} | "
            f"{rights(theirs)} | {sum(r.found for r in theirs)} | "
            f"{median(ours, lambda r: r.seconds)} | {median(theirs, lambda r: r.seconds)} |"
        )


def is_random(problem: Problem) -> bool:
    return problem.name.startswith("random")


def print_verdict(finished: Iterable[Row]) -> None:
    """What is asked for, line by line."""
    print("\nasked for, and reached?")
    for row in finished:
        ours, theirs = rights(row.ratelaw), rights(row.sindy)
        hindsight = sum(r.found for r in row.sindy)
        contained = sum(r.found for r in row.ratelaw)
        own, other, _ = row.coefficient_errors
        fewer = f"never fewer successes than PySINDy: {answer(ours >= theirs)} ({ours}, {theirs})"
        lines = [fewer, f"than its best in hindsight: {answer(ours >= hindsight)} ({hindsight})"]
        if row.level == 0.05:
            enough = 0.9 * len(row.seeds)
            lines.append(f"9 of 10 right: {answer(ours >= enough)} (in the set {contained})")
        if np.isfinite(own) and row.level > 0:
            lines.append(f"a third of its error: {answer(FACTOR * own <= other)}")
        print(f"- {row.problem.name}, noise {row.level:g}: " + "; ".join(lines))


def rights(outcomes: Sequence[Outcome]) -> int:
    return sum(bool(r.score and r.score.right) for r in outcomes)


def counts(outcomes: Sequence[Outcome]) -> str:
    low, high = min(r.models for r in outcomes), max(r.models for r in outcomes)
    return str(low) if low == high else f"{low} to {high}"


def median(outcomes: Sequence[Outcome], of: Callable[[Outcome], float]) -> str:
    return shown(float(np.median([of(r) for r in outcomes])))


def shown(value: float) -> str:
    if np.isnan(value):
        return ""
    return "none" if np.isinf(value) else f"{value:.2g}"


def answer(reached: bool) -> str:  # noqa: FBT001
    return "yes" if reached else "NO"
