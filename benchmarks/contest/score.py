"""How right a model is: its terms, its coefficients, its forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from contest.equations import Model, course
from contest.problem import Problem, Run

SEEN = 330.0
"""The temperature in kelvin at which models are compared, where they depend on it."""
FAR = 1e3
"""Times the largest value that was measured: a forecast beyond it has failed."""


@dataclass(frozen=True)
class Score:
    """Of one model; the errors are relative, of the forecast in units of each species' range."""

    right: bool
    true_positives: int
    false_positives: int
    coefficients: float
    forecast: float


def score(problem: Problem, model: Model, tests: Sequence[Run]) -> Score:
    truth, learned = problem.truth(SEEN).terms, model(SEEN).terms
    shared = truth.keys() & learned.keys()
    wrong = [learned[term] / truth[term] - 1 for term in shared]
    return Score(
        right=truth.keys() == learned.keys(),
        true_positives=len(shared),
        false_positives=len(learned) - len(shared),
        coefficients=float(np.sqrt(np.square(wrong).mean())) if wrong else np.inf,
        forecast=float(np.median([missed(model, run) for run in tests])) if tests else np.nan,
    )


def is_right(problem: Problem, model: Model) -> bool:
    return problem.truth(SEEN).terms.keys() == model(SEEN).terms.keys()


def missed(model: Model, run: Run) -> float:
    """Root mean square distance of one forecast; infinite where it cannot be computed."""
    limit = FAR * np.abs(run.values).max()
    try:
        forecast = course(
            model(run.temperature), run.values[0], run.times - run.times[0], limit=limit
        )
    except (FloatingPointError, ValueError):
        return np.inf
    spread = np.ptp(run.values, axis=0)
    moving = spread > 0
    return float(np.sqrt(np.square((forecast - run.values)[:, moving] / spread[moving]).mean()))
