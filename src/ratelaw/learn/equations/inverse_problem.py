"""Unknowns of a right-hand side against measured experiments, through the solver."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import sympy as sp

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.bordered import Block, minimise
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.regression import orthogonal_to, unit_columns
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy

UNREACHABLE = 1e6
"""Residual of a course that cannot be solved: far beyond any that is worth a step."""
MAX_STEPS = 1000
"""Of the solver for an experiment, and five more for each time."""
LARGEST_LOG = 300.0
RTOL = 1e-6


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
        Shape (E, T, V, C + P + V): to coefficients times settings, shape parameters and start.
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
        direct = {o.name: k for k, o in enumerate(self.data.observables) if o.is_Symbol}
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

    def courses(self, point: Point, *, slopes: bool = True) -> Courses:
        """Solve all experiments."""
        from ratelaw.learn.equations.courses.auxiliary import compile_auxiliary
        from ratelaw.learn.equations.courses.solver import FINISHED, solve_courses

        field = self.field
        settings, _ = field.settings(point.shape, self.inputs)
        times, counts = self._times
        experiments, variables = point.starts.shape
        unknowns = len(field.terms) + len(point.shape) + variables if slopes else 0
        states = np.full((experiments, times.shape[1], variables), np.nan)
        derivatives = np.zeros((*states.shape, unknowns))
        endings = np.zeros(experiments, dtype=np.int64)
        auxiliary = compile_auxiliary(
            field.auxiliaries,
            tuple(map(symbol, field.species)),
            field.parameters,
            tuple(map(symbol, field.inputs)),
        )
        solve_courses(
            auxiliary,
            field.products,
            np.ascontiguousarray(settings * point.theta),
            point.shape,
            self.inputs,
            np.ascontiguousarray(point.starts),
            times,
            counts,
            self.sizes,
            RTOL,
            MAX_STEPS + 5 * times.shape[1],
            states,
            derivatives,
            endings,
        )
        return Courses(states, derivatives, endings == FINISHED)

    def residuals(self, point: Point) -> np.ndarray:
        """Whitened residuals (R,), experiment by experiment."""
        courses = self.courses(point, slopes=False)
        return np.concatenate([self._missed(e, courses) for e in range(len(self.data.experiments))])

    def _missed(self, e: int, courses: Courses) -> np.ndarray:
        part, deviation = self.data.experiments[e], self.deviations[e]
        measured = np.isfinite(part.values)
        if not courses.solved[e]:
            return np.full(int(measured.sum()), UNREACHABLE)
        predicted = self._observed.values(courses.states[e, : len(part.times)])
        missed = self.data.noise.missed(predicted, part.values)
        return missed[measured] / deviation[measured]

    def blocks(self, point: Point) -> list[Block]:
        """Residuals and derivatives, an experiment each: to theta and shape, and to free starts."""
        courses = self.courses(point)
        count, parameters = len(self.field.terms), len(point.shape)
        settings, slopes = self.field.settings(point.shape, self.inputs)
        found = []
        for e, part in enumerate(self.data.experiments):
            missed, used = self._missed(e, courses), len(part.times)
            if not courses.solved[e]:
                flat = np.zeros((len(missed), courses.derivatives.shape[-1]))
            else:
                outer = self._observed.slopes(courses.states[e, :used])
                inner = outer @ courses.derivatives[e, :used]
                predicted = self._observed.values(courses.states[e, :used])
                seen = np.isfinite(part.values)
                slope = self.data.noise.slope(predicted, part.values)[seen]
                flat = inner[seen] * (slope / self.deviations[e][seen])[:, None]
            shared = flat[:, : count + parameters].copy()
            shared[:, :count] *= settings[e]
            if parameters:
                shared[:, count:] += flat[:, :count] @ (point.theta[:, None] * slopes[e])
            found.append(Block(missed, shared, flat[:, count + parameters :][:, self.free[e]]))
        return found

    def predicted(self, courses: Courses) -> list[np.ndarray]:
        """The observables along the courses, each (T, K)."""
        return [
            self._observed.values(courses.states[e, : len(part.times)])
            for e, part in enumerate(self.data.experiments)
        ]

    def fit(self, point: Point, held: np.ndarray | None = None) -> "Solution":
        """Least squares from a point; positive unknowns are fitted as logarithms.

        Coefficients and shape parameters that are `held`, shape (C + P,), stay at the point.
        """
        logs = np.append(self.field.positive, np.ones(len(point.shape), dtype=bool))
        count = len(self.field.terms)
        first = np.concatenate([point.theta, point.shape])
        scale = np.where(first != 0, np.abs(first), 1.0)
        sizes = [size[free] for size, free in zip(self.sizes, self.free, strict=True)]
        moved = np.ones(len(first), dtype=bool) if held is None else ~held

        def unpack(moving: np.ndarray, own: Sequence[np.ndarray]) -> Point:
            shared = begin.copy()
            shared[moved] = moving
            powers = np.exp(np.clip(np.where(logs, shared, 0.0), -LARGEST_LOG, LARGEST_LOG))
            full = np.where(logs, powers, shared * scale)
            starts = self.first_starts.copy()
            for row, free, part, size in zip(starts, self.free, own, sizes, strict=True):
                row[free] = part * size
            return Point(full[:count], full[count:], starts)

        def linearise(shared: np.ndarray, own: Sequence[np.ndarray]) -> list[Block]:
            at = unpack(shared, own)
            slopes = np.where(logs, np.concatenate([at.theta, at.shape]), scale)
            return [
                Block(block.residuals, (block.shared * slopes)[:, moved], block.own * size)
                for block, size in zip(self.blocks(at), sizes, strict=True)
            ]

        def misfit(shared: np.ndarray, own: Sequence[np.ndarray]) -> float:
            return float(np.square(self.residuals(unpack(shared, own))).sum())

        begin = np.where(logs, np.log(np.maximum(first, np.exp(-LARGEST_LOG))), first / scale)
        own = [
            row[free] / size for row, free, size in zip(point.starts, self.free, sizes, strict=True)
        ]
        best = unpack(*minimise(linearise, misfit, begin[moved], own))
        return Solution(self, best, self.residuals(best))

    def with_deviations(self, deviations: tuple[np.ndarray, ...]) -> "InverseProblem":
        """The same with other standard deviations."""
        return replace(self, deviations=deviations)


@dataclass(frozen=True)
class Solution:
    """A fit of all unknowns of a problem."""

    problem: InverseProblem
    point: Point
    residuals: np.ndarray

    @property
    def chi_square(self) -> float:
        """Sum of squared residuals in units of their deviations."""
        return float(self.residuals @ self.residuals)

    @property
    def states(self) -> np.ndarray:
        """All species at all times, experiment after experiment, shape (sum of T, V)."""
        courses = self.problem.courses(self.point, slopes=False)
        return np.concatenate(
            [
                course[: len(part.times)]
                for course, part in zip(courses.states, self.problem.data.experiments, strict=True)
            ]
        )

    @property
    def unknowns(self) -> int:
        """Coefficients, shape parameters and free starts."""
        point = self.point
        return len(point.theta) + len(point.shape) + int(self.problem.free.sum())

    @cached_property
    def covariance(self) -> np.ndarray:
        """Gauss-Newton covariance of theta and shape parameters, whatever the free starts are."""
        blocks = self.problem.blocks(self.point)
        rows = [orthogonal_to(block.shared, block.own) for block in blocks]
        columns, size = unit_columns(np.concatenate(rows))
        inverse = np.linalg.pinv(columns, rcond=1e-12)
        return (inverse @ inverse.T) / np.outer(size, size)


class _Observed:
    """The observables of states and their derivatives."""

    def __init__(self, data: Experiments, species: tuple[sp.Symbol, ...]) -> None:
        self._count = len(data.observables)
        self._size = len(species)
        self._values = to_numpy(data.observables, species)
        self._slopes = to_numpy([o.diff(s) for o in data.observables for s in species], species)

    def values(self, states: np.ndarray) -> np.ndarray:
        """Shape (T, K) from (T, V)."""
        return self._values(states.T).T

    def slopes(self, states: np.ndarray) -> np.ndarray:
        """Shape (T, K, V) from (T, V)."""
        return self._slopes(states.T).T.reshape(len(states), self._count, self._size)
