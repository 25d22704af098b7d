"""What came out, as Markdown."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from contest.bout import Bout, Result
from contest.problem import Problem, of_unit

HEADER = """
| problem | noise | runs | right: ratelaw | truth in its set | models in set | right: PySINDy \
| any setting | coefficients: ratelaw | PySINDy | forecast: ratelaw | PySINDy | s: ratelaw \
| PySINDy |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""
FACTOR = 3.0
"""By how much PySINDy's coefficient errors should exceed ratelaw's."""


def print_rows(problems: Iterable[Problem], finished: Sequence[Bout]) -> None:
    """A row for each problem and level; medians, of coefficients where both have right terms."""
    for problem, level, group in groups(problems, finished):
        ours, theirs = [b.ratelaw for b in group], [b.sindy for b in group]
        cells = [
            problem.name,
            f"{level:g}" if problem.noise is of_unit else f"{100 * level:g} %",
            len(group),
            rights(ours),
            sum(r.found for r in ours),
            counts(ours),
            rights(theirs),
            sum(r.found for r in theirs),
            *(shown(e) for e in coefficient_errors(group)),
            median(ours, lambda r: r.score.forecast if r.score else np.inf),
            median(theirs, lambda r: r.score.forecast if r.score else np.inf),
            median(ours, lambda r: r.seconds),
            median(theirs, lambda r: r.seconds),
        ]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def print_failures(finished: Sequence[Bout]) -> None:
    """What stopped ratelaw, each message once."""
    notes: dict[str, list[str]] = {}
    for b in finished:
        if b.ratelaw.note:
            notes.setdefault(b.ratelaw.note, []).append(f"{b.problem} {b.level:g} seed {b.seed}")
    for note, where in notes.items():
        print(f"\nratelaw gave no model for {', '.join(where)}: {note}")


def print_equivalent(finished: Sequence[Bout]) -> None:
    """Terms of the equivalent networks, true and false, over all data sets."""
    if not finished:
        return
    print(f"\nequivalent networks, {len(finished)} data sets: terms of the right-hand sides\n")
    print("| | data sets right | true positives | false positives | truth in the set |")
    print("|---|---:|---:|---:|---:|")
    for name, results in (
        ("ratelaw", [b.ratelaw for b in finished]),
        ("PySINDy", [b.sindy for b in finished]),
    ):
        scores = [r.score for r in results if r.score]
        print(
            f"| {name} | {rights(results)} | {sum(s.true_positives for s in scores)} | "
            f"{sum(s.false_positives for s in scores)} | {sum(r.found for r in results)} |"
        )


def print_verdict(problems: Iterable[Problem], finished: Sequence[Bout]) -> None:
    """What the issue asks for, line by line."""
    print("\nasked for, and reached?")
    for problem, level, group in groups(problems, finished):
        ours, theirs = rights([b.ratelaw for b in group]), rights([b.sindy for b in group])
        hindsight = sum(b.sindy.found for b in group)
        contained = sum(b.ratelaw.found for b in group)
        own, other = coefficient_errors(group)
        fewer = f"never fewer successes than PySINDy: {answer(ours >= theirs)} ({ours}, {theirs})"
        lines = [fewer, f"than its best in hindsight: {answer(ours >= hindsight)} ({hindsight})"]
        if level == 0.05:
            enough = 0.9 * len(group)
            lines.append(f"9 of 10 right: {answer(ours >= enough)} (in the set {contained})")
        if np.isfinite(own) and level > 0:
            lines.append(f"a third of its error: {answer(FACTOR * own <= other)}")
        print(f"- {problem.name}, noise {level:g}: " + "; ".join(lines))


def groups(
    problems: Iterable[Problem], finished: Sequence[Bout]
) -> Iterable[tuple[Problem, float, list[Bout]]]:
    for problem in problems:
        for level in problem.levels:
            group = [b for b in finished if (b.problem, b.level) == (problem.name, level)]
            if group:
                yield problem, level, group


def coefficient_errors(group: Sequence[Bout]) -> tuple[float, float]:
    """Medians where both have the right terms; PySINDy's of its best right setting."""
    both = [b for b in group if b.ratelaw.score and b.ratelaw.score.right and b.sindy.found]
    if not both:
        return np.nan, np.nan
    return (
        float(np.median([b.ratelaw.score.coefficients for b in both])),
        float(np.median([b.sindy.hindsight for b in both])),
    )


def rights(results: Sequence[Result]) -> int:
    return sum(bool(r.score and r.score.right) for r in results)


def counts(results: Sequence[Result]) -> str:
    low, high = min(r.models for r in results), max(r.models for r in results)
    return str(low) if low == high else f"{low} to {high}"


def median(results: Sequence[Result], of: Callable[[Result], float]) -> str:
    return shown(float(np.median([of(r) for r in results])))


def shown(value: float) -> str:
    if np.isnan(value):
        return ""
    return "none" if np.isinf(value) else f"{value:.2g}"


def answer(reached: bool) -> str:  # noqa: FBT001
    return "yes" if reached else "NO"
