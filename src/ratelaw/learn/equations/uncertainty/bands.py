"""What a fit predicts, with bands."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.arguments import expect_fraction
from ratelaw.errors import SolverError
from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.data.noise import AdditiveNoise
from ratelaw.learn.equations.error_laws import NormalLaw
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.inverse_problem import Point, Solution
from ratelaw.learn.equations.least_squares import gauss_newton_covariance, orthogonal_to
from ratelaw.learn.equations.noise_scale import deviations_of
from ratelaw.learn.equations.refit import Refit, refit

if TYPE_CHECKING:
    import xarray as xr

POINTS = 200


def prediction_bands(
    fit: Fit,
    data: Experiments,
    times: ArrayLike | None = None,
    *,
    initial: ArrayLike | None = None,
    inputs: Mapping[str, float] | None = None,
    level: float = 0.95,
) -> "list[xr.Dataset]":
    r"""Courses of what is observed, with bands of the course and of a new measurement.

    .. math:: \hat y(t) \pm q \sqrt{J C J^T}, \qquad \hat y(t) \pm q \sqrt{J C J^T + \sigma^2(t)}

    with the derivatives J of the course to coefficients, shape parameters and fitted starts, and
    their Gauss-Newton covariance C. Where the noise was estimated, q is Student's and variances are
    per degree of freedom.

    Parameters
    ----------
    fit
        What was learned from the data.
    data
        The experiments.
    times
        Shape (T,), increasing; 200 over each experiment unless given.
    initial
        Shape (V,): a start of a new experiment, at the first of the times; without it the courses
        are those of the experiments.
    inputs
        Of the new experiment; as in the first experiment unless given.
    level
        Of the bands, between 0 and 1.

    Returns
    -------
    One dataset an experiment with `average`, `lower`, `upper`, `lower_value`, `upper_value`
    (time, observable). The last two are NaN where standard deviations came with the data, which say
    nothing of other times.

    Raises
    ------
    DataError
        If the level is none, or the fit is of other species.
    SolverError
        If a course cannot be solved.

    Notes
    -----
    Seber and Wild 1989, Section 5.1.

    Examples
    --------
    >>> from ratelaw import Network, ODENet, ReactionLibrary
    >>> from ratelaw.learn.data.examples import pinene
    >>> data = Experiments.of(pinene(), exact_start=True)
    >>> fit = ODENet(ReactionLibrary(Network.parse("pinene --> dipentene, 1"))).fit(data)
    >>> band = prediction_bands(fit, data, [0, 5000])[0].isel(time=1, observable=0)
    >>> bool(band["lower"] < band["average"] < band["upper"] < band["upper_value"])
    True
    """
    expect_fraction("level", level, "0.95")
    again = refit(fit, data)
    if initial is not None:
        grid = np.linspace(0, 1, POINTS) if times is None else np.asarray(times, dtype=float)
        settings = {**{s.name: x for s, x in fit.inputs.items()}, **(inputs or {})}
        part = Experiment(
            grid,
            np.empty((len(grid), len(data.observables))),
            None,
            np.asarray(initial, dtype=float),
            np.array([settings[name] for name in data.inputs], dtype=float),
            "new experiment",
        )
        return [_band(again, part, None, level)]
    found = []
    for e, part in enumerate(data.experiments):
        grid = np.linspace(part.times[0], part.times[-1], POINTS)
        wanted = grid if times is None else np.asarray(times, dtype=float)
        found.append(_band(again, replace(part, times=wanted), e, level))
    return found


def _band(again: Refit, part: Experiment, place: int | None, level: float) -> "xr.Dataset":
    import xarray as xr

    middle, slopes = _course(again, part, place)
    covariance = _covariance(again, place)
    variance = np.einsum("tki,ij,tkj->tk", slopes, covariance, slopes)
    noise, reach = again.data.noise, again.quantile(level)
    lower, upper = noise.interval(middle, np.sqrt(np.maximum(variance, 0.0)), reach)
    tails = again.solution.problem.law.quantile(level) / NormalLaw().quantile(level)
    scatter = np.square(tails * _scatter(again, middle)) * again.inflation
    low, high = noise.interval(middle, np.sqrt(np.maximum(variance, 0.0) + scatter), reach)
    named = {
        "average": middle,
        "lower": lower,
        "upper": upper,
        "lower_value": low,
        "upper_value": high,
    }
    return xr.Dataset(
        {name: (["time", "observable"], values) for name, values in named.items()},
        coords={"time": part.times, "observable": list(map(str, again.data.observables))},
        attrs={"experiment": part.name, "level": level},
    )


def _course(again: Refit, part: Experiment, place: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Observables (T, K) and their derivatives (T, K, unknowns) at the times of an experiment."""
    data, problem, point = again.data, again.solution.problem, again.solution.point
    stacked = np.concatenate([np.abs(p.values) for p in data.experiments])
    largest = np.nanmax(stacked, axis=0, initial=0.0)
    shown = replace(part, values=np.tile(largest, (len(part.times), 1)), deviations=None)
    alone = replace(data, experiments=(shown,), noise=AdditiveNoise())
    ones = (np.ones_like(shown.values),)
    start = part.start if place is None else point.starts[place]
    at = Point(point.theta, point.shape, np.array([start]))
    single = replace(problem.plain, data=alone, deviations=ones)
    if not Solution(single, at).is_solved:
        raise SolverError(f"{part.name}: the learned equations cannot be solved to its last time")
    (block,) = single.blocks(at)
    slopes = np.hstack([block.shared, block.own])
    shape = (*shown.values.shape, slopes.shape[1])
    return block.residuals.reshape(shown.values.shape) + largest, slopes.reshape(shape)


def _covariance(again: Refit, place: int | None) -> np.ndarray:
    """Of coefficients, shape parameters and the fitted start of one experiment."""
    solution = again.solution
    blocks = list(solution.problem.plain.blocks(solution.point))
    own = 0 if place is None else blocks[place].own.shape[1]
    rows = []
    for e, block in enumerate(blocks):
        if e == place:
            rows.append(np.hstack([block.shared, block.own]))
        else:
            bare = orthogonal_to(block.shared, block.own)
            rows.append(np.hstack([bare, np.zeros((len(bare), own))]))
    factor = again.inflation * solution.problem.law.variance_factor(solution.residuals)
    return factor * gauss_newton_covariance(np.concatenate(rows))


def _scatter(again: Refit, middle: np.ndarray) -> np.ndarray:
    """Standard deviations of new values (T, K); NaN where they came with the data."""
    if not again.data.noise_is_estimated:
        return np.full_like(middle, np.nan)
    first = again.data.experiments[0]
    unseen = replace(first, values=np.full_like(middle, np.nan), deviations=None)
    more = replace(again.data, experiments=(*again.data.experiments, unseen))
    law = again.solution.problem.law
    return deviations_of(more, [*again.solution.predicted, middle], law)[-1]
