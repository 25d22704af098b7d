"""Estimate the parameters of a PEtab problem."""

import math
from collections.abc import Callable

import numpy as np

from ratelaw.errors import DataError, SolverError
from ratelaw.formats.petab.problem import EstimationProblem
from ratelaw.learn.petab.descent import Minimum, descend
from ratelaw.learn.petab.guesses import guess
from ratelaw.learn.petab.intervals import SurpassedError, curvature_of, ends_of, met_bounds
from ratelaw.learn.petab.objective import Objective
from ratelaw.learn.petab.petab_fit import (
    SAME,
    EstimatedParameter,
    PetabFit,
    Start,
    at_estimates,
)

HOPS = 10
"""Descents after the first of a start."""
REDRAWN = 0.5
"""Share of the parameters that a hop draws anew; one at least."""

Watch = Callable[[int, Start], None]
"""What is told of every start: its number, and where it led."""


def fit_petab(
    problem: EstimationProblem,
    *,
    starts: int = 20,
    seed: int | None = None,
    hops: int = HOPS,
    watch: Watch | None = None,
) -> PetabFit:
    r"""Maximise the likelihood of a problem over its estimated parameters, within their bounds.

    .. math:: \hat\theta = \arg\min_{l \le \theta \le u} J(\theta), \qquad
        J = -\sum_k \log p(m_k \mid y_k(\theta), \sigma_k(\theta))

    theta are the parameters on their scales. The model is compiled once, with its parameters as
    arguments; the derivatives of J are exact. Every start is drawn from the problem's priors of
    initialisation, evenly between the bounds on the scales where there are none, and descends by
    Levenberg-Marquardt; then it hops: some of the parameters are drawn anew around the best so far,
    and what descends from there is kept if it is better.

    Parameters
    ----------
    problem
        As `ratelaw.formats.read_petab` reads it.
    starts
        How many.
    seed
        The same seed, the same fit; start i is the same however many there are.
    hops
        Descents of each start after its first; 0 for plain descents.
    watch
        Called after each start.

    Returns
    -------
    The best of all starts, with an interval of 95 % of every parameter: by curvature where that
    lies within the bounds, else by the profile of J. A parameter whose profile does not rise
    enough before a bound is called not identifiable. A profile that finds a better point than all
    starts begins a descent there. A best descent that was cut off goes on once; if it is cut off
    again there are no intervals, and a remark says so.

    Raises
    ------
    DataError
        If nothing is estimated, or a parameter has no finite bounds.
    UnsupportedError
        For events, rates that jump, Laplace noise, estimated sizes, and changes that follow from
        the model's state; by name.
    SolverError
        If no start can be solved; with the reason of the first.

    Notes
    -----
    Raue et al. 2009 for the profile; Schmiester et al. 2021 for PEtab. Priors of the
    objective are not part of J.

    Examples
    --------
    >>> import sympy as sp
    >>> from ratelaw import Network
    >>> from ratelaw.formats.petab.problem import (
    ...     Experiment, Measurement, Noise, Observable, Parameter, Period, Scale)
    >>> from ratelaw.formats.sbml.writer import format_sbml
    >>> sbml = format_sbml(Network.parse("A --> 0, k", {"k": 1}, {"A": 8}))
    >>> k = Parameter(None, True, 1e-3, 1e3, Scale.LOG10)
    >>> A = sp.Symbol("A", real=True)
    >>> seen = {"A": Observable(A, sp.Float(0.1), Scale.LINEAR, Noise.NORMAL)}
    >>> rows = tuple(Measurement("", "A", "", t, 8 * 0.5**t) for t in (1.0, 2.0))
    >>> found = fit_petab(
    ...     EstimationProblem(sbml, {"k": k}, seen, {"": Experiment((Period(0, {}),))}, rows),
    ...     starts=2, seed=1)
    >>> round(found.estimate["k"], 6)  # log 2
    0.693147
    """
    _check(problem, starts)
    objective = Objective(problem)
    rows: list[Start] = []
    best: Minimum | None = None
    for i, stream in enumerate(np.random.SeedSequence(seed).spawn(starts)):
        row, found = _from_start(objective, np.random.default_rng(stream), hops)
        rows.append(row)
        if found and (best is None or found.judged.objective < best.judged.objective):
            best = found
        if watch:
            watch(i, row)
    if best is None:
        raise SolverError(
            f"none of {starts} starts can be solved; the first: {rows[0].failure}: give more "
            f"starts, or closer bounds"
        )
    if not best.settled:
        best = descend(objective, best.point)
    while True:
        try:
            return _described(objective, best, tuple(rows))
        except SurpassedError as profile:
            best = descend(objective, profile.better.point)


def _check(problem: EstimationProblem, starts: int) -> None:
    if not problem.estimated:
        raise DataError("the parameter table estimates nothing: set a parameter's estimate to 1")
    if starts < 1:
        raise DataError(f"starts={starts}: choose at least 1")
    for name in problem.estimated:
        parameter = problem.parameters[name]
        if not (math.isfinite(parameter.lower) and math.isfinite(parameter.upper)):
            raise DataError(
                f"parameter {name!r} is between {parameter.lower:g} and {parameter.upper:g}: "
                f"starts are drawn between finite bounds"
            )


def _from_start(
    objective: Objective, random: np.random.Generator, hops: int
) -> tuple[Start, Minimum | None]:
    """A descent from anywhere, then hops."""
    parameters = {name: objective.problem.parameters[name] for name in objective.names}
    best: Minimum | None = None
    first, evaluations, failure = math.inf, 0, ""
    for _ in range(1 + hops):
        shares = random.random(len(parameters))
        pairs = zip(parameters.items(), shares, strict=True)
        point = np.array([guess(name, parameter, share) for (name, parameter), share in pairs])
        redrawn = random.random(len(point)) < REDRAWN
        redrawn[random.integers(len(point))] = True
        if best is not None:
            point = np.where(redrawn, point, best.point)
        try:
            found = descend(objective, point)
        except SolverError as error:
            failure = failure or str(error)
            evaluations += 1
            continue
        evaluations += found.evaluations
        if best is None:
            first = found.judged.objective
        if best is None or found.judged.objective < best.judged.objective:
            best = found
    if best is None:
        return Start(math.inf, math.inf, evaluations, failure), None
    return Start(first, best.judged.objective, evaluations), best


def _described(objective: Objective, best: Minimum, rows: tuple[Start, ...]) -> PetabFit:
    """Intervals, directions and remarks of the best point."""
    problem = objective.problem
    if not best.settled:
        return _cut_off(objective, best, rows)
    met = met_bounds(objective, best)
    curvature = curvature_of(objective, best)
    covariance = curvature.covariance
    errors = np.sqrt(np.diagonal(covariance))
    parameters = []
    for i, name in enumerate(objective.names):
        ends = ends_of(objective, best, i, float(errors[i]))
        given = problem.parameters[name]
        low, high = (float(given.scale.inverse(np.array(place))) for place in ends.places)
        parameters.append(
            EstimatedParameter(
                name,
                float(objective.values(best.point)[i]),
                given.scale,
                (given.lower, given.upper),
                float(errors[i]),
                (low, high),
                ends.given,
                {-1: "lower", 0: "", 1: "upper"}[int(met[i])],
            )
        )
    estimate = {parameter.name: parameter.value for parameter in parameters}
    return PetabFit(
        at_estimates(problem, estimate),
        best.judged.objective,
        tuple(parameters),
        covariance,
        curvature.undetermined(objective.names),
        rows,
        _remarks(problem, best, rows),
    )


def _cut_off(objective: Objective, best: Minimum, rows: tuple[Start, ...]) -> PetabFit:
    """The best point alone: what the data say of it is asked at a minimum."""
    problem, values = objective.problem, objective.values(best.point).tolist()
    given = [problem.parameters[name] for name in objective.names]
    parameters = tuple(
        EstimatedParameter(
            name, value, p.scale, (p.lower, p.upper), math.nan, (p.lower, p.upper),
            (False, False), settled=False,
        )
        for name, value, p in zip(objective.names, values, given, strict=True)
    )  # fmt: skip
    return PetabFit(
        at_estimates(problem, dict(zip(objective.names, values, strict=True))),
        best.judged.objective,
        parameters,
        np.full((len(values), len(values)), math.nan),
        (),
        rows,
        _remarks(problem, best, rows),
    )


def _remarks(problem: EstimationProblem, best: Minimum, rows: tuple[Start, ...]) -> tuple[str, ...]:
    found = []
    failed = [row for row in rows if row.failure]
    if failed:
        found.append(f"{len(failed)} of {len(rows)} starts failed; the first: {failed[0].failure}")
    near = [row for row in rows if row.objective < best.judged.objective + SAME]
    if not near:
        found.append(
            "the best objective was found after the starts, on the way to the intervals: give more "
            "starts"
        )
    if len(near) == 1 and len(rows) > 1:
        found.append("only one start found the best objective: give more starts")
    if not best.settled:
        found.append(
            "the best descent was cut off before a minimum, so that there are no intervals: give "
            "more starts, or closer bounds"
        )
    priors = [name for name in problem.estimated if problem.parameters[name].prior]
    if priors:
        found.append(f"the priors of {', '.join(priors)} are not part of the objective")
    return tuple(found)
