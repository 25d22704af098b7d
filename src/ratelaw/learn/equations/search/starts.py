"""Other starts of a fit of all terms, where something is too fast for integral matching."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ratelaw.learn.equations.inverse_problem import InverseProblem, Point, Solution
from ratelaw.learn.equations.noise_scale import coarse
from ratelaw.learn.equations.search.all_terms import fit_all, fit_logarithms
from ratelaw.learn.equations.search.elimination import eliminated
from ratelaw.learn.equations.search.matching import Smoothed, integrals

FAST = 3.0
"""Times that a species is consumed between two times of measurement, from which on it is fast."""
LEAST = 1e-9
"""Of its size: less than this of a species is not there."""
OFTEN = 0.25
"""Share of these intervals in which it must be."""
SHARES = (0.1, 1.0, 0.01, 10.0)
"""By how much each term alone moves what it changes, of its size, from first time to last."""
FAINT = 1e-4
"""The same of a term that was 0 before."""
ENOUGH = 5.0
"""Values for an unknown: as many experiments as these take tell starts apart."""
MOST_UNKNOWN = 500
"""Of a fit from far away: each step costs their cube."""
REFRESHED = 3
"""How often the noise is estimated anew."""


def is_fast(problem: InverseProblem, smoothed: Sequence[Smoothed], point: Point) -> bool:
    r"""Whether some species is often consumed several times over between two times.

    .. math:: \sum_{c: u_{vc} < 0} |u_{vc}| \theta_c \int_{t_i}^{t_{i+1}} \phi_c\, dt > 3\, y_v(t_i)

    It is near a balance of rates then, and errors of courses, times these rates, exceed what
    happens: integrals say how such rates compare, not how large they are.
    """
    consumed = np.maximum(-problem.field.changes, 0.0) * point.theta
    turns = []
    for flows, course in zip(_flows(problem, smoothed, point.shape), smoothed, strict=True):
        held = np.maximum(np.abs(course.at_times[:-1]), LEAST * problem.data.sizes)
        turns.append(np.nan_to_num(np.diff(flows, axis=0) @ consumed.T / held))
    return bool((np.quantile(np.concatenate(turns), 1 - OFTEN, axis=0) > FAST).any())


def smooth_starts(problem: InverseProblem, smoothed: Sequence[Smoothed]) -> np.ndarray:
    """Where smooth courses begin, (E, V); what is known stays."""
    first = np.array([course.at_times[0] for course in smoothed])
    usable = problem.free & np.isfinite(first)
    return np.where(usable, first, problem.first_starts)


def sparse_starts(
    whole: InverseProblem,
    smoothed: Sequence[Smoothed],
    matched: Point,
    fitted: Point,
    price: Callable[[int], float],
) -> Iterator[Point]:
    r"""Models of few terms, each from all terms with rates that are alike.

    .. math:: \theta_c = s\, \max_{v: u_{vc} \ne 0} y_v \Big/ \int \phi_c(\tilde y(t))\, dt

    Courses of the solver keep the balance of what is fast, whatever its rates, so that these are
    fitted from far away. Some experiments suffice for it; terms are left out one after the other,
    since what a linear problem says of fast ones is not true.

    Parameters
    ----------
    whole
        All terms against all experiments.
    smoothed
        Smooth courses, an experiment each.
    matched
        Where the fit began: its shape parameters and starts.
    fitted
        Where it ended. If nothing is fast there, it was a good start, and no other is tried; nor is
        one of more terms than can be fitted from far away.
    price
        Of a model with so many terms.
    """
    unknowns = len(whole.field.terms) + len(whole.field.parameters)
    if unknowns > MOST_UNKNOWN or not is_fast(whole, smoothed, fitted):
        return
    some = _enough(whole)
    part = replace(
        whole,
        data=replace(whole.data, experiments=tuple(whole.data.experiments[e] for e in some)),
        deviations=tuple(whole.deviations[e] for e in some),
    )
    unit = alike(whole, smoothed, matched.shape)
    for share in SHARES:
        few = _few(part, Point(share * unit, matched.shape, matched.starts[some]), price)
        starts = matched.starts.copy()
        starts[some] = few.starts
        yield replace(few, starts=starts)


def alike(problem: InverseProblem, smoothed: Sequence[Smoothed], shape: np.ndarray) -> np.ndarray:
    """Coefficients (C,) with which each term alone moves what it changes by its whole size."""
    flow = np.max([np.abs(along[-1]) for along in _flows(problem, smoothed, shape)], axis=0)
    moved = (problem.data.sizes[:, None] * (problem.field.changes != 0)).max(axis=0)
    return np.divide(moved, flow, out=np.ones_like(flow), where=flow > 0)


def faint(problem: InverseProblem, smoothed: Sequence[Smoothed], shape: np.ndarray) -> np.ndarray:
    """Coefficients (C,) with which terms move hardly anything: where those begin that were 0."""
    return FAINT * alike(problem, smoothed, shape)


def _few(problem: InverseProblem, point: Point, price: Callable[[int], float]) -> Point:
    """All terms fitted, first coarsely, then those that are needed."""
    problem = problem.with_deviations(coarse(problem.data, problem.deviations))
    for _ in range(REFRESHED):
        point = fit_all(problem, fit_logarithms(problem, point))
        problem = problem.with_deviations(Solution(problem, point).deviations)
    return eliminated(problem, point, price)


def _flows(
    problem: InverseProblem, smoothed: Sequence[Smoothed], shape: np.ndarray
) -> list[np.ndarray]:
    """Integrals of the rates from the first time to each, (T, C), of every experiment."""
    prefactors, _ = problem.field.prefactors(shape, problem.inputs)
    return [
        integrals(problem.field, course, shape, part.inputs) * prefactor
        for course, part, prefactor in zip(
            smoothed, problem.data.experiments, prefactors, strict=True
        )
    ]


def _enough(problem: InverseProblem) -> np.ndarray:
    """Experiments, evenly chosen, with values enough for all unknowns."""
    count = len(problem.data.experiments)
    unknowns = len(problem.field.terms) + int(problem.free.sum())
    wanted = int(np.ceil(ENOUGH * unknowns / problem.data.values * count))
    chosen = np.linspace(0, count - 1, min(count, max(2, wanted)))
    return np.unique(chosen.round().astype(int))
