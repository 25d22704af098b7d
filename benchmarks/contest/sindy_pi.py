"""SINDy-PI (Kaheman et al. 2020) from PySINDy's parts: rational equations of one species.

x^p x' is put on the left for p = 0 and 1; the powers of x up to the fourth and the other x^q x' are
its library. As the authors do, and as for `sindy`, the model is chosen by data that were held out.
"""

import warnings
from collections.abc import Iterator, Sequence

import numpy as np
import pysindy

from contest.equations import Rational, same
from contest.problem import Problem, Run
from contest.sindy import Grid, Learned, chosen, derivatives, optimizers, split

SHARE = slice(0.3, 0.7)
"""Of each course that is used, as by the authors: derivatives are worst at its ends."""


def learn(problem: Problem, runs: Sequence[Run], grid: Grid) -> tuple[Learned, list[Learned]]:
    """The model that a user would choose, and those of all settings."""
    kept, held = split(runs)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        models = [
            judged(rational, held, f"{name}, {setting}")
            for name, derivative in derivatives(len(runs[0].times))
            for rational, setting in settings(problem, pairs(kept, derivative), grid)
        ]
    return chosen(models), models


def pairs(
    runs: Sequence[Run], derivative: pysindy.BaseDifferentiation
) -> tuple[np.ndarray, np.ndarray]:
    """States and derivatives of all runs, shape (rows,) each."""
    slopes = [np.asarray(derivative(run.values, run.times)) for run in runs]
    rows = slice(*(int(share * len(runs[0].times)) for share in (SHARE.start, SHARE.stop)))
    return (
        np.concatenate([run.values[rows, 0] for run in runs]),
        np.concatenate([slope[rows, 0] for slope in slopes]),
    )


def settings(
    problem: Problem, data: tuple[np.ndarray, np.ndarray], grid: Grid
) -> Iterator[tuple[Rational, str]]:
    """x' = numerator/denominator for both left-hand sides and every threshold."""
    states, slopes = data
    powers = states[:, None] ** np.arange(problem.library.degree + 1)
    implicit = powers * slopes[:, None]
    for left in (0, 1):
        others = np.delete(implicit, left, axis=1)
        features = np.hstack([powers, others])
        for name, optimizer in optimizers(grid):
            optimizer.fit(features, implicit[:, left : left + 1])
            theta = np.asarray(optimizer.coef_)[0]
            numerator, rest = np.split(theta, [powers.shape[1]])
            yield (
                Rational(numerator, np.insert(-rest, left, 1.0)),
                f"x^{left} x' on the left, {name}",
            )


def judged(rational: Rational, runs: Sequence[Run], setting: str) -> Learned:
    """By changes over a quarter of a course less integrals of x', as in `sindy.Judge`."""
    stride = len(runs[0].times) // 4
    misses = []
    for run in runs:
        slopes = rational(0.0, run.values[:, 0])
        steps = (slopes[1:] + slopes[:-1]) / 2 * np.diff(run.times)
        reached = np.append(0.0, np.cumsum(steps))[::stride]
        misses.append(np.square(np.diff(run.values[::stride, 0]) - np.diff(reached)))
    losses = np.concatenate(misses) / np.concatenate([run.values for run in runs]).var()
    return Learned(
        model=same(rational),
        size=len(rational.terms),
        loss=float(losses.mean()),
        loss_error=float(losses.std() / np.sqrt(len(losses))),
        setting=setting,
    )
