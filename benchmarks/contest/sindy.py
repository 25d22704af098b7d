"""PySINDy at its best: derivatives, the weak form, ensembles, scalings, many thresholds.

Every setting is a `pysindy.STLSQ` on features and targets that PySINDy makes of the data, as
`pysindy.SINDy.fit` would do; they are made once for all thresholds. Of all settings one is chosen
by held-out data, the sparsest within one standard error of the best; all are kept, so that the best
in hindsight is known as well.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pysindy
import sklearn

from contest.equations import Model, Polynomial, same
from contest.problem import Problem, Run

WINDOWS = (5, 11, 21)
"""Of the smoothing before differences, in points."""
HALVES = (4, 10)
"""Of the weak form's subdomains, in steps."""
DOMAINS = 200
"""Of the weak form, about, in all runs together."""
HELD_OUT = 0.2
REFERENCE = 333.0
WARMTH = 10.0
"""Temperatures T enter as (T - reference)/10 K: rates are quadratic in it."""


@dataclass(frozen=True)
class Grid:
    """Settings of STLSQ that are tried; coefficients of an ensemble are medians of its models."""

    thresholds: tuple[float, ...]
    bagged: tuple[float, ...]
    models: int


FULL = Grid(tuple(np.logspace(-4, 1, 16)), (0.01, 0.1, 1.0), models=10)
QUICK = Grid(tuple(np.logspace(-4, 1, 11)), (0.01, 0.3), models=10)


@dataclass(frozen=True)
class Learned:
    """One setting's model, and how badly it does on what was held out."""

    model: Model
    size: int
    loss: float
    loss_error: float
    setting: str


@dataclass(frozen=True)
class Regression:
    """Features and targets, shapes (rows, features) and (rows, species)."""

    features: np.ndarray
    targets: np.ndarray
    setting: str


def learn(problem: Problem, runs: Sequence[Run], grid: Grid) -> tuple[Learned, list[Learned]]:
    """The model that PySINDy's user would choose, and those of all settings."""
    kept, held = split(runs)
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        sklearn.config_context(assume_finite=True, skip_parameter_validation=True),
    ):
        warnings.simplefilter("ignore")  # where a threshold removes every term, and of axes
        judge = Judge(problem, held)
        models = [judge(theta, setting) for theta, setting in settings(problem, kept, grid)]
    return chosen(models), models


def chosen(models: Sequence[Learned]) -> Learned:
    """The sparsest model whose loss is within one standard error of the best."""
    finite = [m for m in models if np.isfinite(m.loss)] or models
    best = min(finite, key=lambda m: m.loss)
    near = [m for m in finite if m.loss <= best.loss + best.loss_error]
    return min(near, key=lambda m: (m.size, m.loss))


def split(runs: Sequence[Run]) -> tuple[Sequence[Run], Sequence[Run]]:
    """The last fifth of the runs is held out; of fewer than five, the last fifth of each."""
    count = int(HELD_OUT * len(runs))
    if count:
        return runs[:-count], runs[-count:]
    cut = int((1 - HELD_OUT) * len(runs[0].times))
    return (
        [Run(r.times[:cut], r.values[:cut], r.temperature) for r in runs],
        [Run(r.times[cut:], r.values[cut:], r.temperature) for r in runs],
    )


def settings(problem: Problem, runs: Sequence[Run], grid: Grid) -> Iterator[tuple[np.ndarray, str]]:
    """Coefficients, shape (species, features), of every setting; a model that repeats, once."""
    seen = set()
    for regression in regressions(problem, runs):
        for theta, setting in thresholded(regression, grid):
            key = theta.tobytes()
            if key not in seen:
                seen.add(key)
                yield theta, f"{regression.setting}, {setting}"


def thresholded(regression: Regression, grid: Grid) -> Iterator[tuple[np.ndarray, str]]:
    """STLSQ at every threshold: on plain data or on columns of size 1, bagged or not."""
    for scaled in (False, True):
        rows = sizes(regression.targets) if scaled else np.ones(regression.targets.shape[1])
        columns = sizes(regression.features) if scaled else np.ones(regression.features.shape[1])
        for name, optimizer in optimizers(grid):
            try:
                optimizer.fit(regression.features / columns, regression.targets / rows)
            except (ValueError, np.linalg.LinAlgError):
                continue
            yield optimizer.coef_ * rows[:, None] / columns, "unit columns, " * scaled + name


def optimizers(grid: Grid) -> Iterator[tuple[str, pysindy.BaseOptimizer]]:
    """STLSQ at every threshold, and ensembles of it."""
    for threshold in grid.thresholds:
        yield f"threshold {threshold:.2g}", stlsq(threshold)
    for threshold in grid.bagged:
        bagged = pysindy.EnsembleOptimizer(stlsq(threshold), bagging=True, n_models=grid.models)
        yield f"ensemble, threshold {threshold:.2g}", bagged


def stlsq(threshold: float) -> pysindy.STLSQ:
    return pysindy.STLSQ(threshold=threshold, alpha=1e-10)


def sizes(columns: np.ndarray) -> np.ndarray:
    """Root mean squares; 1 for a column of zeros."""
    size = np.sqrt(np.square(columns).mean(axis=0))
    return np.where(size > 0, size, 1.0)


def regressions(problem: Problem, runs: Sequence[Run]) -> Iterator[Regression]:
    """By differences, by smoothed differences and in the weak form, as far as the data allow."""
    np.random.seed(0)  # noqa: NPY002  domains and bags come from NumPy's global generator
    library = basis(problem)
    times = runs[0].times
    for name, method in derivatives(len(times)):
        targets = [np.asarray(method(run.values, run.times)) for run in runs]
        yield stacked(problem, runs, [library.fit_transform(r.values) for r in runs], targets, name)
    step = np.diff(times).max()
    for half in HALVES:
        if np.allclose(np.diff(times), step) and half * step < (times[-1] - times[0]) / 2:
            weak = pysindy.WeakPDELibrary(
                library,
                spatiotemporal_grid=times,
                H_xt=half * step,
                K=max(10, DOMAINS // len(runs)),
                p=2,
            )
            features = [np.asarray(weak.fit_transform(run.values)) for run in runs]
            targets = [np.asarray(weak.convert_u_dot_integral(run.values)) for run in runs]
            yield stacked(problem, runs, features, targets, f"weak form over {2 * half} steps")


def derivatives(times: int) -> Iterator[tuple[str, pysindy.BaseDifferentiation]]:
    """Finite differences of two orders, and after smoothing over windows that the data fill."""
    yield "finite differences", pysindy.FiniteDifference()
    yield "finite differences of order 4", pysindy.FiniteDifference(order=4)
    for window in WINDOWS:
        if window < times:
            smoothing = {"window_length": window}
            yield (
                f"differences over {window} points",
                pysindy.SmoothedFiniteDifference(smoother_kws=smoothing),
            )


def basis(problem: Problem) -> pysindy.PolynomialLibrary:
    given = problem.library
    return pysindy.PolynomialLibrary(
        degree=given.degree,
        include_bias=given.constant,
        interaction_only=not given.squares,
    )


def stacked(
    problem: Problem,
    runs: Sequence[Run],
    features: Sequence[np.ndarray],
    targets: Sequence[np.ndarray],
    setting: str,
) -> Regression:
    """All runs; where temperatures differ, each feature also times the temperature's powers."""
    rows = [
        np.hstack([np.asarray(x) * power for power in powers(problem, run.temperature)])
        for run, x in zip(runs, features, strict=True)
    ]
    return Regression(np.vstack(rows), np.vstack(targets), setting)


def powers(problem: Problem, temperature: float) -> np.ndarray:
    """1, or the powers 0 to 2 of the temperature's distance from the reference."""
    if problem.truth(REFERENCE).terms == problem.truth(REFERENCE + 1).terms:
        return np.ones(1)
    return ((temperature - REFERENCE) / WARMTH) ** np.arange(3)


class Judge:
    """How well coefficients explain what was held out, over whole windows, by integrals.

    Per species, the change from one time to another less the integral of the right-hand side (by
    the trapezoidal rule) in units of the species' spread: the same measure for all settings.
    """

    def __init__(self, problem: Problem, runs: Sequence[Run]) -> None:
        self.problem = problem
        library = basis(problem)
        spread = np.concatenate([run.values for run in runs]).std(axis=0)
        changes, integrals = [], []
        for run in runs:
            stride = max(1, (len(run.times) - 1) // 8)
            features = np.hstack(
                [
                    np.asarray(library.fit_transform(run.values)) * power
                    for power in powers(problem, run.temperature)
                ]
            )
            middle = (features[1:] + features[:-1]) / 2 * np.diff(run.times)[:, None]
            summed = np.vstack([np.zeros(features.shape[1]), np.cumsum(middle, axis=0)])
            changes.append(run.values[stride::stride] - run.values[:-stride:stride])
            integrals.append(summed[stride::stride] - summed[:-stride:stride])
        self.scale = np.where(spread > 0, spread, 1.0)
        self.changes, self.integrals = np.vstack(changes), np.vstack(integrals)
        self.exponents = np.asarray(library.powers_)

    def __call__(self, theta: np.ndarray, setting: str) -> Learned:
        misses = np.square((self.changes - self.integrals @ theta.T) / self.scale).mean(axis=1)
        return Learned(
            model=self.model(theta),
            size=int(np.count_nonzero(theta)),
            loss=float(misses.mean()),
            loss_error=float(misses.std() / np.sqrt(len(misses))),
            setting=setting,
        )

    def model(self, theta: np.ndarray) -> Model:
        if theta.shape[1] == len(self.exponents):
            return same(Polynomial(self.exponents, theta))
        parts = np.array(np.split(theta, theta.shape[1] // len(self.exponents), axis=1))
        return lambda temperature: Polynomial(
            self.exponents, np.tensordot(powers(self.problem, temperature), parts, axes=1)
        )
