"""Results of a contest in a file, a line of JSON each, so that a long one can be taken up again."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from contest.bout import Outcome, Result
from contest.score import Score


def read(path: Path) -> list[Result]:
    """Those of earlier runs; none where there is no such file."""
    if not path.exists():
        return []
    return [result(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def result(row: dict) -> Result:
    outcome = dict(row.pop("outcome"))
    score = outcome.pop("score")
    return Result(**row, outcome=Outcome(Score(**score) if score else None, **outcome))


def append(path: Path, results: Sequence[Result]) -> None:
    with path.open("a", encoding="utf-8") as file:
        for each in results:
            file.write(json.dumps(asdict(each)) + "\n")
