"""Integral matching: coefficients from smoothed courses, without solver or derivative."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.data.smoothing import Curve, smooth_curve
from ratelaw.learn.equations.error_laws import ErrorLaw
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.search.linear_problem import LinearProblem

NODES = 4
DECADES = 1e-3
"""Of the largest value: above this a course may be smooth in its logarithm."""
FORETELLING = 12
"""Values by which scales are compared, at least."""
CLEARLY = 0.25
"""Of the square that is foretold wrongly: with less, the logarithmic scale is taken."""
ROUNDS = 5
"""Of smooth curves, each with weights by what the one before missed."""
MOST_SHAPES = 12
"""Shape parameters of which the best start is searched."""


@dataclass(frozen=True)
class Smoothed:
    """Smooth courses of all species of an experiment.

    Attributes
    ----------
    at_times
        Shape (T, V); NaN where a species was not measured.
    at_nodes
        At the nodes of quadrature between the times, shape ((T - 1) * G, V).
    weights
        Of quadrature, shape (T - 1, G).
    spare
        The share of the variance of each value's error that is left about the course, (T, V).
    """

    at_times: np.ndarray
    at_nodes: np.ndarray
    weights: np.ndarray
    spare: np.ndarray


def smooth(data: Experiments, part: Experiment, law: ErrorLaw) -> Smoothed:
    """Smoothing splines through the species that are measured directly, by cross-validation.

    Before its first value a species is taken to be as then, and after its last one. Values far from
    the curve weigh less where the law of errors says so.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    half = np.diff(part.times)[:, None] / 2
    moments = (part.times[:-1, None] + half * (nodes + 1)).ravel()
    direct = data.direct
    at_times = np.full((len(part.times), len(data.species)), np.nan)
    at_nodes = np.full((len(moments), len(data.species)), np.nan)
    spare = np.zeros_like(at_times)
    for v, name in enumerate(data.species):
        if name not in direct:
            continue
        values = part.values[:, direct[name]].copy()
        exact = np.isnan(values[0]) and np.isfinite(part.start[v])
        if exact:
            values[0] = part.start[v]
        seen = np.isfinite(values)
        if seen.sum() < 2:  # noqa: PLR2004
            continue
        times = part.times[seen]
        curve = _curve(times, values[seen], exact, data.noise.grows, law)
        spare[seen, v] = curve.spare
        at_times[:, v], at_nodes[:, v] = (
            curve(np.clip(t, times[0], times[-1])) for t in (part.times, moments)
        )
    return Smoothed(at_times, at_nodes, half * weights, spare)


def _curve(
    times: np.ndarray,
    values: np.ndarray,
    exact: bool,  # noqa: FBT001
    proportional: bool,  # noqa: FBT001
    law: ErrorLaw,
) -> Curve:
    """Smooth in the values or, where these pass decades, in their logarithms if that is better."""
    if not (proportional and values.any()):
        return _smooth(times, values, np.ones(len(times)), exact, law)
    largest = float(np.abs(values).max())
    weights = 1 / np.maximum(np.abs(values), 0.02 * largest)
    plain = _smooth(times, values, weights, exact, law)
    if len(values) < FORETELLING:
        return plain
    size = DECADES * largest
    bent = _smooth(
        times, np.arcsinh(values / size), weights * np.hypot(values, size), exact, law
    ).scaled_back(lambda x: size * np.sinh(np.clip(x, -30, 30)))
    missed = [np.square(weights * (curve.foretold - values)).sum() for curve in (plain, bent)]
    return bent if missed[1] < CLEARLY * missed[0] else plain


def _smooth(
    times: np.ndarray,
    values: np.ndarray,
    weights: np.ndarray,
    exact: bool,  # noqa: FBT001
    law: ErrorLaw,
) -> Curve:
    weights = weights.copy()
    if exact:
        weights[0] = 1e3 * weights.max()
    trust = np.ones_like(weights)
    for _ in range(ROUNDS):
        curve = smooth_curve(times, values, weights * trust)
        missed = weights * (curve(times) - values)
        size = law.size(missed)
        again = np.sqrt(law.weight(missed / size)) if size > 0 else trust
        if np.array_equal(again, trust):
            break
        trust = again
    return curve


def doubted(
    data: Experiments,
    courses: Sequence[Smoothed],
    deviations: Sequence[np.ndarray],
    law: ErrorLaw,
) -> list[np.ndarray]:
    """Standard deviations of species (T, V), larger where values are far from smooth courses."""
    found = []
    for part, course, noise in zip(
        data.experiments, courses, data.by_species(deviations), strict=True
    ):
        values = np.full_like(course.at_times, np.nan)
        for v, name in enumerate(data.species):
            if name in data.direct:
                values[:, v] = part.values[:, data.direct[name]]
        far = np.nan_to_num((course.at_times - values) / noise)
        found.append(noise / np.sqrt(law.weight(far)))
    return found


def matched(
    field: Field,
    data: Experiments,
    courses: list[Smoothed],
    deviations: list[np.ndarray],
    shape: np.ndarray,
) -> LinearProblem:
    r"""The linear problem of integral matching.

    .. math:: y_v(t) - y_v(t_0) = \sum_c u_{vc} \theta_c \int_{t_0}^t h_c \phi_c(\tilde y(s))\, ds

    with what was measured on the left, smoothed courses on the right, and y(t_0) left free where it
    is not known.

    Parameters
    ----------
    deviations
        Standard deviations of the species, each (T, V).
    """
    count, variables = len(field.terms), len(data.species)
    gram, side, square = np.zeros((count, count)), np.zeros(count), 0.0
    direct = data.direct
    prefactors, _ = field.prefactors(shape, np.array([part.inputs for part in data.experiments]))
    usable = field.changes
    for e, (part, course) in enumerate(zip(data.experiments, courses, strict=True)):
        flows = integrals(field, course, shape, part.inputs) * prefactors[e]
        for v in range(variables):
            name = data.species[v]
            if name not in direct:
                continue
            values = part.values[:, direct[name]]
            seen = np.isfinite(values)
            if not seen.any():
                continue
            block = np.column_stack([flows[seen], values[seen]])
            if np.isfinite(part.start[v]):
                block[:, -1] -= part.start[v]
            block = block / deviations[e][seen, v][:, None]
            if not np.isfinite(part.start[v]):
                ones = 1 / deviations[e][seen, v]
                block -= np.outer(ones, ones @ block) / (ones @ ones)
            product = block.T @ block
            gram += np.outer(usable[v], usable[v]) * product[:count, :count]
            side += usable[v] * product[:count, -1]
            square += float(product[-1, -1])
    return LinearProblem(gram, side, square)


def integrals(field: Field, course: Smoothed, shape: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Integrals of the rates from the first time to each, (T, C); 0 where a species is not seen."""
    count = course.at_nodes.shape[0]
    along = field.rates(
        course.at_nodes.T, np.tile(shape[:, None], count), np.tile(inputs[:, None], count)
    )
    steps = np.einsum("ig,cig->ic", course.weights, along.reshape(-1, *course.weights.shape))
    return np.nan_to_num(np.vstack([np.zeros(steps.shape[1]), np.cumsum(steps, axis=0)]))


FACTORS = np.geomspace(1e-2, 1e2, 9)
"""Of where shape parameters begin: all by the same, then one by one."""
SWEEPS = 2


def best_shape(linear: Callable[[np.ndarray], LinearProblem], first: np.ndarray) -> np.ndarray:
    """Shape parameters whose linear problem, of all terms, misses least: variable projection.

    Notes
    -----
    Golub and Pereyra 1973.
    """
    if not 0 < len(first) <= MOST_SHAPES:
        return first

    def misfit(shape: np.ndarray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            matched_there = linear(shape)
        if not np.isfinite(matched_there.gram).all():
            return np.inf
        problem, _ = matched_there.scaled()
        theta = np.linalg.lstsq(problem.gram, problem.side, rcond=1e-10)[0]
        return problem.square - float(problem.side @ theta)

    best = min((first * factor for factor in FACTORS), key=misfit)
    for _ in range(SWEEPS if len(first) > 1 else 0):
        for p in range(len(first)):
            tried = [np.where(np.arange(len(first)) == p, best * f, best) for f in FACTORS]
            best = min(tried, key=misfit)
    return best
