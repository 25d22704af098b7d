"""Unknowns of a right-hand side against measured experiments, through the solver."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.bordered import Block, Blocks, minimise
from ratelaw.learn.equations.error_laws import ErrorLaw, NormalLaw
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.least_squares import gauss_newton_covariance, orthogonal_to
from ratelaw.learn.equations.noise_scale import deviance, deviations_of
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy

UNREACHABLE = 1e6
"""Residual of a course that cannot be solved: far beyond any that is worth a step."""
EXPLOSION = 1e3
"""A species beyond this many times its size has exploded."""
MAX_STEPS = 1000
"""Of the solver for an experiment, and five more for each time."""
MOST_NUMBERS = 10_000_000
"""Of derivatives that are kept at a time."""
LARGEST_LOG = 300.0
LOG_STEP = 2.0
"""By how much a step may change a logarithm."""
RTOL = 1e-7


@dataclass(frozen=True)
class Point:
    """Values of all unknowns: coefficients (C,), shape parameters (P,), starts (E, V)."""

    theta: np.ndarray
    shape: np.ndarray
    starts: np.ndarray


@dataclass(frozen=True)
class Courses:
    """What the solver returns at a point.

    Attributes
    ----------
    states
        Shape (E, T, V), padded; NaN from where a course cannot be solved.
    derivatives
        Shape (E, T, V, C + P + V): to coefficients times prefactors, shape parameters and start.
    solved
        Shape (E,).
    """

    states: np.ndarray
    derivatives: np.ndarray
    solved: np.ndarray


@dataclass(frozen=True)
class InverseProblem:
    """A field against experiments whose values have these standard deviations, each (T, K)."""

    field: Field
    data: Experiments
    deviations: tuple[np.ndarray, ...]
    law: ErrorLaw = dataclasses.field(default_factory=NormalLaw)

    @cached_property
    def _times(self) -> tuple[np.ndarray, np.ndarray]:
        counts = np.array([len(part.times) for part in self.data.experiments])
        padded = np.zeros((len(counts), counts.max()))
        for row, part in zip(padded, self.data.experiments, strict=True):
            row[: len(part.times)] = part.times
        return padded, counts

    @cached_property
    def inputs(self) -> np.ndarray:
        """Shape (E, U)."""
        return np.array([part.inputs for part in self.data.experiments])

    @cached_property
    def sizes(self) -> np.ndarray:
        """How large each species becomes, in every experiment the same, shape (E, V)."""
        return np.tile(self.data.sizes, (len(self.data.experiments), 1))

    @cached_property
    def free(self) -> np.ndarray:
        """Which starts are fitted, shape (E, V)."""
        return np.array([np.isnan(part.start) for part in self.data.experiments])

    @cached_property
    def first_starts(self) -> np.ndarray:
        """Starts, known or as first measured, shape (E, V)."""
        starts = np.array([part.start for part in self.data.experiments])
        direct = self.data.direct
        for e, part in enumerate(self.data.experiments):
            for v, name in enumerate(self.data.species):
                if np.isnan(starts[e, v]):
                    column = part.values[:, direct[name]] if name in direct else np.zeros(1)
                    seen = column[np.isfinite(column)]
                    starts[e, v] = seen[0] if seen.size else 0.0
        return starts

    @cached_property
    def _observed(self) -> "_Observed":
        species = tuple(map(symbol, self.data.species))
        return _Observed(self.data, species)

    @cached_property
    def _auxiliary(self) -> Any:  # noqa: ANN401
        from ratelaw.learn.equations.courses.auxiliary import compile_auxiliary

        field = self.field
        species, inputs = (tuple(map(symbol, names)) for names in (field.species, field.inputs))
        return compile_auxiliary(field.auxiliaries, species, field.parameters, inputs)

    def courses(self, point: Point, *, slopes: bool = True, part: slice = slice(None)) -> Courses:
        """Solve all experiments or some."""
        from ratelaw.learn.equations.courses.solver import solve_courses
        from ratelaw.learn.equations.courses.stepping import FINISHED

        inputs, starts = self.inputs[part], np.ascontiguousarray(point.starts[part])
        prefactors, _ = self.field.prefactors(point.shape, inputs)
        times, counts = self._times
        experiments, variables = starts.shape
        unknowns = prefactors.shape[1] + len(point.shape) + variables if slopes else 0
        states = np.full((experiments, times.shape[1], variables), np.nan)
        derivatives = np.zeros((*states.shape, unknowns))
        endings = np.zeros(experiments, dtype=np.int64)
        solve_courses(
            self._auxiliary,
            self.field.products,
            np.ascontiguousarray(prefactors * point.theta),
            point.shape,
            inputs,
            starts,
            times[part],
            counts[part],
            self.sizes[part],
            EXPLOSION * self.sizes[part],
            RTOL,
            MAX_STEPS + 5 * times.shape[1],
            states,
            derivatives,
            endings,
        )
        solved = endings == FINISHED
        derivatives[~solved] = 0.0
        return Courses(states, derivatives, solved)

    def misfit(self, point: Point) -> float:
        """What all residuals cost."""
        return float(self.law.cost(self.residuals(point)).sum())

    def residuals(self, point: Point) -> np.ndarray:
        """Whitened residuals (R,), experiment by experiment."""
        return self.missed(self.courses(point, slopes=False))

    @cached_property
    def _measured(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where there are values, the values, and 1 over their deviations, each (E, T, K)."""
        times, _ = self._times
        shape = (*times.shape, len(self.data.observables))
        values, deviations = np.full(shape, np.nan), np.ones(shape)
        for e, part in enumerate(self.data.experiments):
            values[e, : len(part.times)] = part.values
            deviations[e, : len(part.times)] = self.deviations[e]
        seen = np.isfinite(values)
        return (
            seen,
            np.where(seen, values, 1.0),
            np.where(seen, 1 / np.where(seen, deviations, 1.0), 0.0),
        )

    def missed(self, courses: Courses) -> np.ndarray:
        """The whitened residuals (R,) of courses of all experiments."""
        return self._missed(courses)[self._measured[0]]

    def _missed(self, courses: Courses, part: slice = slice(None)) -> np.ndarray:
        """Whitened residuals (E, T, K); 0 where nothing was measured."""
        seen, values, precision = (array[part] for array in self._measured)
        predicted = self._observed.values(_filled(courses.states))
        missed = self.data.noise.missed(predicted, values) * precision
        reached = np.where(courses.solved[:, None, None], missed, UNREACHABLE)
        return np.where(seen, reached, 0.0)

    @np.errstate(over="ignore", invalid="ignore")
    def linearised(self, point: Point, part: slice = slice(None)) -> Blocks:
        """Roots of costs and derivatives, of all or some experiments.

        They are no numbers where courses explode.
        """
        courses = self.courses(point, part=part)
        count, parameters = len(self.field.terms), len(point.shape)
        prefactors, slopes = self.field.prefactors(point.shape, self.inputs[part])
        missed, share = self.law.root(self._missed(courses, part))
        _, values, precision = (array[part] for array in self._measured)
        states = _filled(courses.states)
        weight = self.data.noise.slope(self._observed.values(states), values) * precision * share
        outer = self._observed.slopes(states) * weight[..., None]
        flat = (outer @ courses.derivatives).reshape(len(missed), -1, courses.derivatives.shape[-1])
        shared, own = flat[:, :, : count + parameters], flat[:, :, count + parameters :]
        if parameters:
            shared[:, :, count:] += flat[:, :, :count] @ (point.theta[:, None] * slopes)
        shared[:, :, :count] *= prefactors[:, None, :]
        return Blocks(missed.reshape(len(missed), -1), shared, own * self.free[part][:, None])

    def blocks(self, point: Point) -> Iterator[Block]:
        """Roots of costs and derivatives, an experiment each; few at a time: they may be many."""
        times, variables = self._times[0].shape[1], len(self.data.species)
        unknowns = len(self.field.terms) + len(point.shape) + variables
        together = max(1, MOST_NUMBERS // (times * variables * unknowns))
        for first in range(0, len(self.data.experiments), together):
            part = slice(first, first + together)
            some = self.linearised(point, part)
            for missed, shared, own, seen, free in zip(
                some.residuals, some.shared, some.own, self._measured[0][part], self.free[part],
                strict=True,
            ):  # fmt: skip
                rows = seen.ravel()
                yield Block(missed[rows], shared[rows], own[rows][:, free])

    def predicted(self, courses: Courses) -> list[np.ndarray]:
        """The observables along the courses, each (T, K)."""
        return [
            self._observed.values(courses.states[e, : len(part.times)])
            for e, part in enumerate(self.data.experiments)
        ]

    def fit(
        self, point: Point, held: np.ndarray | None = None, *, enough: float = np.inf
    ) -> "Solution":
        """Least squares from a point; positive unknowns are fitted as logarithms.

        Coefficients and shape parameters that are `held`, shape (C + P,), stay at the point. A fit
        whose sum of squares stays above `enough` is given up early.
        """
        logs = np.append(self.field.positive, np.ones(len(point.shape), dtype=bool))
        count = len(self.field.terms)
        first = np.concatenate([point.theta, point.shape])
        scale = np.where(first != 0, np.abs(first), 1.0)
        moved = np.ones(len(first), dtype=bool) if held is None else ~held
        begin = np.where(logs, np.log(np.maximum(first, np.exp(-LARGEST_LOG))), first / scale)

        def unpack(moving: np.ndarray, own: np.ndarray) -> Point:
            shared = begin.copy()
            shared[moved] = moving
            powers = np.exp(np.clip(np.where(logs, shared, 0.0), -LARGEST_LOG, LARGEST_LOG))
            full = np.where(logs, powers, shared * scale)
            starts = np.where(self.free, own * self.sizes, self.first_starts)
            return Point(full[:count], full[count:], starts)

        def linearise(moving: np.ndarray, own: np.ndarray) -> Blocks:
            at = unpack(moving, own)
            slopes = np.where(logs, np.concatenate([at.theta, at.shape]), scale)
            blocks = self.linearised(at)
            return replace(
                blocks,
                shared=(blocks.shared * slopes)[..., moved],
                own=blocks.own * self.sizes[:, None, :],
            )

        reach = np.where(logs, LOG_STEP, np.inf)[moved]
        own, done = point.starts / self.sizes, self.law.done
        best = unpack(*minimise(linearise, begin[moved], own, reach, done=done, enough=enough))
        return Solution(self, best)

    @property
    def plain(self) -> "InverseProblem":
        """The same as least squares."""
        return replace(self, law=NormalLaw())

    def with_deviations(self, deviations: tuple[np.ndarray, ...]) -> "InverseProblem":
        """The same with other standard deviations."""
        return replace(self, deviations=deviations)


@dataclass(frozen=True)
class Solution:
    """Values of all unknowns of a problem, and what follows from them, solved once."""

    problem: InverseProblem
    point: Point

    @cached_property
    def courses(self) -> Courses:
        """All species at all times, without derivatives."""
        return self.problem.courses(self.point, slopes=False)

    @property
    def is_solved(self) -> bool:
        """Whether every course reaches its last time."""
        return bool(self.courses.solved.all())

    @cached_property
    def predicted(self) -> list[np.ndarray]:
        """The observables along the courses, each (T, K); NaN from where one cannot be solved."""
        return self.problem.predicted(self.courses)

    @cached_property
    def residuals(self) -> np.ndarray:
        """Whitened residuals (R,), experiment by experiment."""
        return self.problem.missed(self.courses)

    @property
    def deviance(self) -> float:
        """Twice the negative log-likelihood, less a constant; infinite where it is not solved."""
        problem = self.problem
        return deviance(problem.data, self.predicted, problem.law) if self.is_solved else np.inf

    @property
    def deviations(self) -> tuple[np.ndarray, ...]:
        """Standard deviations of all values, each (T, K), by what this misses."""
        return deviations_of(self.problem.data, self.predicted, self.problem.law)

    @property
    def chi_square(self) -> float:
        """What residuals in units of their deviations cost: the sum of their squares, if normal."""
        return float(self.problem.law.cost(self.residuals).sum())

    @property
    def states(self) -> np.ndarray:
        """All species at all times, experiment after experiment, shape (sum of T, V)."""
        pairs = zip(self.courses.states, self.problem.data.experiments, strict=True)
        return np.concatenate([course[: len(part.times)] for course, part in pairs])

    @property
    def unknowns(self) -> int:
        """Coefficients, shape parameters and free starts."""
        point = self.point
        return len(point.theta) + len(point.shape) + int(self.problem.free.sum())

    @cached_property
    def covariance(self) -> np.ndarray:
        """Gauss-Newton covariance of theta and shape parameters, whatever the free starts are."""
        blocks = self.problem.plain.blocks(self.point)
        rows = [orthogonal_to(block.shared, block.own) for block in blocks]
        factor = self.problem.law.variance_factor(self.residuals)
        return factor * gauss_newton_covariance(np.concatenate(rows))


def _filled(states: np.ndarray) -> np.ndarray:
    """States with 1 where there are none."""
    return np.where(np.isfinite(states), states, 1.0)


class _Observed:
    """The observables of states and their derivatives."""

    def __init__(self, data: Experiments, species: tuple[sp.Symbol, ...]) -> None:
        self._count = len(data.observables)
        self._size = len(species)
        self._values = to_numpy(data.observables, species)
        self._slopes = to_numpy([o.diff(s) for o in data.observables for s in species], species)

    def values(self, states: np.ndarray) -> np.ndarray:
        """Shape (..., K) from (..., V)."""
        return np.moveaxis(self._values(np.moveaxis(states, -1, 0)), 0, -1)

    def slopes(self, states: np.ndarray) -> np.ndarray:
        """Shape (..., K, V) from (..., V)."""
        flat = np.moveaxis(self._slopes(np.moveaxis(states, -1, 0)), 0, -1)
        return flat.reshape(*states.shape[:-1], self._count, self._size)
