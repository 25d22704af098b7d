"""The negative log-likelihood of a problem as least squares, with exact derivatives."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.errors import SolverError, UnsupportedError
from ratelaw.formats.petab.problem import EstimationProblem, Noise, Scale
from ratelaw.learn.petab.compiled_experiment import CompiledExperiment
from ratelaw.learn.petab.compiled_period import CompiledPeriod, Slopes
from ratelaw.learn.petab.likelihood import formulas_of, meanings
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME

LEAST_LOG = 30.0
"""Noise below exp(-30) is none."""


@dataclass(frozen=True)
class Judged:
    """Measurements against a model at some point.

    Attributes
    ----------
    missed, logs
        Residuals in units of sigma, and log sigma, each (R,).
    missed_slopes, log_slopes
        Their derivatives to the unknowns on their scales, each (R, Q).
    constant
        What the objective has besides.
    """

    missed: np.ndarray
    logs: np.ndarray
    missed_slopes: np.ndarray
    log_slopes: np.ndarray
    constant: float

    @property
    def objective(self) -> float:
        """The negative log-likelihood."""
        return float(self.missed @ self.missed / 2 + self.logs.sum() + self.constant)

    @property
    def gradient(self) -> np.ndarray:
        """Shape (Q,)."""
        return self.missed @ self.missed_slopes + self.log_slopes.sum(axis=0)

    @property
    def information(self) -> np.ndarray:
        """Fisher's, expected, shape (Q, Q)."""
        a, b = self.missed_slopes + self.missed[:, None] * self.log_slopes, self.log_slopes
        return a.T @ a + 2 * b.T @ b


class Objective:
    r"""The negative log-likelihood of the estimated parameters of a problem.

    .. math:: J(\theta) = \sum_k \Big[\tfrac12 \Big(\frac{s(m_k) - s(y_k)}{\sigma_k}\Big)^2
        + \log \sigma_k + \tfrac12 \log 2\pi - \log s'(m_k)\Big]

    theta are the parameters on their scales, s the scales of the observables. The model is compiled
    here, once.

    Attributes
    ----------
    names
        Of the unknowns, Q.
    lower, upper
        Their bounds on their scales, shape (Q,).
    linear
        Whose scale is linear, shape (Q,).

    Raises
    ------
    UnsupportedError
        For noise that is not normal, and what `CompiledExperiment` refuses.
    """

    def __init__(self, problem: EstimationProblem) -> None:
        self.problem, self.names = problem, problem.estimated
        for name, observable in problem.observables.items():
            if observable.distribution is not Noise.NORMAL:
                raise UnsupportedError(
                    f"the noise of {name!r} is {observable.distribution.value}: a fit takes normal"
                )
        self._parameters = [problem.parameters[name] for name in self.names]
        self.lower, self.upper = (
            np.array([float(p.scale.of(np.array(bound))) for p, bound in bounds])
            for bounds in (
                [(p, p.lower) for p in self._parameters],
                [(p, p.upper) for p in self._parameters],
            )
        )
        self.linear = np.array([p.scale is Scale.LINEAR for p in self._parameters])
        self._numbers = problem.values(
            {
                name: float(p.scale.inverse(np.array((low + high) / 2)))
                for name, p, low, high in zip(
                    self.names, self._parameters, self.lower, self.upper, strict=True
                )
                if p.nominal is None
            }
        )
        self._compile()

    def _compile(self) -> None:
        problem = self.problem
        rows: dict[str, list[int]] = {}
        for i, row in enumerate(problem.measurements):
            rows.setdefault(row.experiment, []).append(i)
        self._rows = [np.array(places) for places in rows.values()]
        self._experiments = [
            CompiledExperiment(
                problem,
                problem.experiments[name],
                self.names,
                self._numbers,
                np.array([problem.measurements[i].time for i in places]),
            )
            for name, places in rows.items()
        ]
        self._observed = {
            id(period): _Observed(problem, period, self.names, self._numbers, places)
            for experiment, places in zip(self._experiments, rows.values(), strict=True)
            for period in experiment.periods
        }
        scales = [problem.observables[row.observable].scale for row in problem.measurements]
        values = np.array([row.value for row in problem.measurements])
        self._scales = {
            scale: np.array([s is scale for s in scales]) for scale in dict.fromkeys(scales)
        }
        self._measured = np.empty(len(values))
        self._constant = len(values) * math.log(2 * math.pi) / 2
        for scale, chosen in self._scales.items():
            self._measured[chosen] = scale.of(values[chosen])
            self._constant -= np.log(scale.slope(values[chosen])).sum()

    def values(self, theta: np.ndarray) -> np.ndarray:
        """The unknowns on a linear scale, shape (Q,)."""
        return np.array(
            [
                float(p.scale.inverse(np.array(t)))
                for p, t in zip(self._parameters, theta, strict=True)
            ]
        )

    def scaled(self, values: Mapping[str, float]) -> np.ndarray:
        """Values of the unknowns on their scales, shape (Q,)."""
        return np.array(
            [
                float(p.scale.of(np.array(values[name])))
                for name, p in zip(self.names, self._parameters, strict=True)
            ]
        )

    def judge(self, theta: np.ndarray) -> Judged:
        """The measurements at a point on the scales, shape (Q,).

        Raises
        ------
        SolverError
            If the model cannot be solved there, or says what no measurement can be.
        """
        unknowns = self.values(theta)
        count = len(self.problem.measurements)
        found, slopes = np.empty((2, count)), np.empty((2, count, len(theta)))
        for experiment, places in zip(self._experiments, self._rows, strict=True):
            for period, part, constants, amounts in experiment.at(unknowns):
                chosen = places[part]
                observed = self._observed[id(period)].at(part, unknowns, constants, amounts)
                found[:, chosen], slopes[:, chosen] = observed.values, observed.slopes
        scaling = [
            float(p.scale.slope(np.array(q)))
            for p, q in zip(self._parameters, unknowns, strict=True)
        ]
        return self._compared(found, slopes / scaling)

    def _compared(self, found: np.ndarray, slopes: np.ndarray) -> Judged:
        values, sigma = found
        for scale, chosen in self._scales.items():
            if scale is not Scale.LINEAR and (values[chosen] <= 0).any():
                raise SolverError(f"an observable on the scale {scale.value} is not positive")
        least = math.exp(-LEAST_LOG)
        if not (np.isfinite(values).all() and (sigma > least).all() and np.isfinite(sigma).all()):
            row = int(np.argmin(np.isfinite(values) & np.isfinite(sigma) & (sigma > least)))
            raise SolverError(
                f"{self.problem.measurements[row].place}: the observable is {values[row]:g} with "
                f"noise {sigma[row]:g}: both must be finite, and the noise > 0"
            )
        expected, outer = np.empty_like(values), np.empty_like(values)
        for scale, chosen in self._scales.items():
            expected[chosen], outer[chosen] = (
                scale.of(values[chosen]),
                scale.slope(values[chosen]),
            )
        missed = (expected - self._measured) / sigma
        log_slopes = slopes[1] / sigma[:, None]
        return Judged(
            missed,
            np.log(sigma),
            (outer / sigma)[:, None] * slopes[0] - missed[:, None] * log_slopes,
            log_slopes,
            self._constant,
        )


class _Observed:
    """Observables and noises of the rows of an experiment in one of its periods."""

    def __init__(
        self,
        problem: EstimationProblem,
        period: CompiledPeriod,
        unknowns: Sequence[str],
        numbers: Mapping[str, float],
        rows: Sequence[int],
    ) -> None:
        meaning, symbols = meanings(problem, period.model, numbers)
        tabled = dict(zip(numbers, symbols, strict=False))
        own = tuple(tabled[name] for name in unknowns)
        constants = tuple(period.network.values)
        known = {s: sp.Float(numbers[n]) for n, s in tabled.items() if n not in unknowns}
        arguments = (*period.network.symbols, *own, *constants)
        self._groups: dict[tuple[sp.Expr, ...], list[int]] = {}
        for i, row in enumerate(rows):
            pair = formulas_of(problem, problem.measurements[row], meaning)
            self._groups.setdefault(tuple(part.xreplace(known) for part in pair), []).append(i)
        self._functions = [
            to_numpy(
                [*pair, *(part.diff(s) for part in pair for s in arguments)],
                period.network.symbols,
                own,
                constants,
                (TIME,),
            )
            for pair in self._groups
        ]
        self._times = np.array([problem.measurements[row].time for row in rows])
        self._place = np.empty(len(rows), dtype=int)
        for g, members in enumerate(self._groups.values()):
            self._place[members] = g

    def at(
        self, part: np.ndarray, unknowns: np.ndarray, constants: Slopes, amounts: Slopes
    ) -> Slopes:
        """Values (2, R) and slopes (2, R, Q) of some rows, whose amounts are given in order."""
        values = np.empty((2, len(part)))
        slopes = np.empty((2, len(part), len(unknowns)))
        species = amounts.values.shape[1]
        for g, function in enumerate(self._functions):
            chosen = np.flatnonzero(self._place[part] == g)
            if not chosen.size:
                continue
            with np.errstate(all="ignore"):
                flat = function(
                    amounts.values[chosen].T,
                    unknowns[:, None],
                    constants.values[:, None],
                    self._times[part[chosen]][None],
                )
            values[:, chosen] = flat[:2]
            by = flat[2:].reshape(2, -1, len(chosen)).transpose(0, 2, 1)
            by_species, by_own, by_constant = np.split(by, [species, species + len(unknowns)], 2)
            slopes[:, chosen] = (
                np.einsum("krv,rvq->krq", by_species, amounts.slopes[chosen])
                + by_own
                + by_constant @ constants.slopes
            )
        return Slopes(values, slopes)
