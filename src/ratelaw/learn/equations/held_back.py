"""Models simulated forward on experiments that they were not fitted to."""

from dataclasses import dataclass, replace

import numpy as np

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.error_laws import ErrorLaw
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point, Solution
from ratelaw.learn.equations.noise_scale import deviance
from ratelaw.learn.equations.refit import posed, refit

HALVES = 2
"""Folds by which a model is tried."""


@dataclass(frozen=True)
class HeldBack:
    """Courses of all experiments, each without having been fitted to it; its start alone was.

    Attributes
    ----------
    data
        The experiments.
    law
        Of their errors.
    predicted
        Their observables, each (T, K).
    exploded
        Names of experiments whose course could not be solved to the last time.
    """

    data: Experiments
    law: ErrorLaw
    predicted: tuple[np.ndarray, ...]
    exploded: tuple[str, ...]

    @property
    def deviance(self) -> float:
        """Twice the negative log-likelihood of all values, less a constant; infinite if exploded.

        Each sigma is at its best where it was not given.
        """
        return np.inf if self.exploded else deviance(self.data, self.predicted, self.law)

    @property
    def shares(self) -> np.ndarray:
        """Root mean squared error of each observable over its standard deviation, shape (K,)."""
        values = np.concatenate([part.values for part in self.data.experiments])
        missed = np.concatenate(self.predicted) - values
        spread = np.nanstd(values, axis=0)
        return np.sqrt(np.nanmean(np.square(missed), axis=0)) / np.where(spread > 0, spread, 1.0)


def hold_back(fit: Fit, data: Experiments, folds: int) -> HeldBack:
    """Predict every experiment by the terms of a fit, their coefficients fitted to other folds.

    Experiment e is in fold e modulo the number of folds, so that equal data give equal folds.

    Examples
    --------
    >>> import xarray as xr
    >>> from ratelaw import Network, ODENet, ReactionLibrary
    >>> tables = [
    ...     xr.Dataset(
    ...         {"average": (["time", "species"], [[a], [a / 2], [a / 4]])},
    ...         coords={"time": [0.0, 1.0, 2.0], "species": ["A"]},
    ...     )
    ...     for a in (4.0, 8.0)
    ... ]
    >>> data = Experiments.of(*tables)
    >>> fit = ODENet(ReactionLibrary(Network.parse("A --> 0, 1"))).fit(data)
    >>> bool(hold_back(fit, data, folds=2).shares.max() < 1e-3)
    True
    """
    whole = refit(fit, data).solution
    fold = np.arange(len(data.experiments)) % folds
    predicted = [np.full_like(part.values, np.nan) for part in data.experiments]
    exploded = []
    for f in range(min(folds, len(fold))):
        inside, outside = np.flatnonzero(fold != f), np.flatnonzero(fold == f)
        taught = _part(whole, inside).fit(_at(whole, inside))
        found = _forward(_part(whole, outside), taught.point)
        for e, course, reached in zip(outside, found.predicted, found.courses.solved, strict=True):
            predicted[e] = course
            if not reached:
                exploded.append(data.experiments[e].name)
    return HeldBack(data, fit.loss.law, tuple(predicted), tuple(exploded))


def predicted_by(fit: Fit, data: Experiments) -> tuple[np.ndarray, ...]:
    """The observables (T, K) of each experiment; of these only unknown starts are fitted.

    NaN from where a course cannot be solved.
    """
    return tuple(_forward(*posed(fit, data)).predicted)


def _forward(problem: InverseProblem, taught: Point) -> Solution:
    """Coefficients as they were taught, with starts that are fitted where they are unknown."""
    held = np.ones(len(taught.theta) + len(taught.shape), dtype=bool)
    point = Point(taught.theta, taught.shape, problem.first_starts)
    return problem.fit(point, held) if problem.free.any() else Solution(problem, point)


def why_not(fit: Fit, data: Experiments) -> str | None:
    """Why a model must not be returned: what happens on experiments that are held back.

    None where nothing does, or where there is a single experiment, of which none can be held back.
    """
    if len(data.experiments) < 2:  # noqa: PLR2004
        return None
    exploded = hold_back(fit, data, HALVES).exploded
    if exploded:
        return f"its simulation explodes in {', '.join(exploded)} when fitted to the others"
    return None


def _part(whole: Solution, places: np.ndarray) -> InverseProblem:
    problem = whole.problem
    data = replace(problem.data, experiments=tuple(problem.data.experiments[e] for e in places))
    return replace(problem, data=data, deviations=tuple(problem.deviations[e] for e in places))


def _at(whole: Solution, places: np.ndarray) -> Point:
    return Point(whole.point.theta, whole.point.shape, whole.point.starts[places])
