"""The terms of a fit through the solver once more, on the same or on other experiments."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point, Solution
from ratelaw.learn.equations.noise_scale import inflation

ROUNDS = 6
"""Of fits, each with the noise that the one before leaves."""
SETTLED = 1e-4
"""Relative change of the standard deviations that is not worth another round."""


@dataclass(frozen=True)
class Refit:
    """A fit of chosen terms to experiments, and how sure it is.

    Attributes
    ----------
    solution
        Coefficients, shape parameters and starts.
    names
        Of coefficients and shape parameters.
    """

    solution: Solution
    names: tuple[str, ...]

    @property
    def data(self) -> Experiments:
        """The experiments."""
        return self.solution.problem.data

    @property
    def unknowns(self) -> np.ndarray:
        """Coefficients and shape parameters, shape (C + P,)."""
        return np.concatenate([self.solution.point.theta, self.solution.point.shape])

    @property
    def positive(self) -> np.ndarray:
        """Which of them must be > 0, shape (C + P,)."""
        field = self.solution.problem.field
        return np.append(field.positive, np.ones(len(self.solution.point.shape), dtype=bool))

    @cached_property
    def degrees_of_freedom(self) -> int:
        """Values less unknowns, at least 1."""
        return max(self.data.values - self.solution.unknowns, 1)

    @property
    def missed(self) -> list[np.ndarray]:
        """Residuals in standard deviations, each (T, K); NaN where nothing was measured."""
        found, place = [], 0
        for part in self.data.experiments:
            seen = np.isfinite(part.values)
            missed = np.full(part.values.shape, np.nan)
            missed[seen] = self.solution.residuals[place : place + int(seen.sum())]
            place += int(seen.sum())
            found.append(missed)
        return found

    @property
    def inflation(self) -> float:
        """By how much variances exceed those of the likeliest noise, which the fit made small."""
        return inflation(self.data, self.solution.unknowns)

    def quantile(self, level: float) -> float:
        """Standard errors on either side of a value that its interval of this level holds."""
        from scipy.stats import norm, t

        tail = (1 - level) / 2
        if self.data.noise_is_estimated:
            return float(t.isf(tail, self.degrees_of_freedom))
        return float(norm.isf(tail))

    @cached_property
    def standard_errors(self) -> np.ndarray:
        """Of the unknowns by Gauss and Newton, shape (C + P,)."""
        return np.sqrt(np.diagonal(self.solution.covariance) * self.inflation)


def refit(fit: Fit, data: Experiments) -> Refit:
    """The selected terms of a fit, from its values, on experiments of the same species.

    Raises
    ------
    DataError
        If the species or inputs are others.

    Examples
    --------
    >>> from ratelaw import Network, ODENet, ReactionLibrary
    >>> from ratelaw.learn.data.examples import pinene
    >>> data = Experiments.of(pinene(), exact_start=True)
    >>> fit = ODENet(ReactionLibrary(Network.parse("pinene --> dipentene, 1"))).fit(data)
    >>> refit(fit, data).names
    ('pinene --> dipentene',)
    """
    problem, point = posed(fit, data)
    solution = _settled(problem.fit(point))
    field = problem.field
    names = (*(fit.names[c] for c in np.flatnonzero(fit.selected)), *map(str, field.parameters))
    return Refit(solution, names)


def posed(fit: Fit, data: Experiments) -> tuple[InverseProblem, Point]:
    """The selected terms of a fit against experiments, and where to begin."""
    inputs = tuple(s.name for s in fit.inputs)
    if (fit.species, inputs) != (data.species, data.inputs):
        raise DataError(
            f"the fit is of {', '.join((*fit.species, *inputs))}, the data of "
            f"{', '.join((*data.species, *data.inputs))}"
        )
    terms = tuple(fit.columns[c] for c in np.flatnonzero(fit.selected))
    field = Field(data.species, data.inputs, terms)
    shape = np.array([float(fit.shape[s]) for s in field.parameters])
    problem = InverseProblem(field, data, _first_deviations(data), fit.loss.law)
    return problem, Point(fit.values[fit.selected], shape, problem.first_starts)


def _first_deviations(data: Experiments) -> tuple[np.ndarray, ...]:
    """A tenth of each observable's largest value, where none are given."""
    values = np.concatenate([np.abs(part.values) for part in data.experiments])
    largest = np.nanmax(values, axis=0, initial=0.0)
    share = 0.1 * np.where(largest > 0, largest, 1.0)
    return tuple(
        np.tile(share, (len(part.times), 1)) if part.deviations is None else part.deviations
        for part in data.experiments
    )


def _settled(solution: Solution) -> Solution:
    """The fit with the noise that it leaves."""
    for _ in range(ROUNDS):
        problem = solution.problem
        if not solution.is_solved:
            break
        deviations = solution.deviations
        solution = problem.with_deviations(deviations).fit(solution.point)
        pairs = zip(deviations, problem.deviations, strict=True)
        if all(np.allclose(a, b, rtol=SETTLED, atol=0, equal_nan=True) for a, b in pairs):
            break
    return solution
