"""What the estimation of a PEtab problem returns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ratelaw.formats.petab.problem import EstimationProblem, Scale
from ratelaw.network import Network

SAME = 0.1
"""Objectives that differ by less are the same minimum."""


@dataclass(frozen=True)
class Start:
    """One random start and where it led.

    Attributes
    ----------
    first
        The objective where the first descent ended that could begin; infinite if none could.
    objective
        The least after all descents of this start; infinite if there was none.
    evaluations
        How often the model was solved.
    failure
        Why there was no descent; empty if there was one.
    """

    first: float
    objective: float
    evaluations: int
    failure: str = ""


@dataclass(frozen=True)
class EstimatedParameter:
    """An estimate and what the data say of it.

    Attributes
    ----------
    name, value
        The value is linear.
    scale
        On which it was searched.
    bounds
        Its own in the problem, linear.
    standard_error
        On the scale; 0 at a bound, very large where there is no curvature.
    interval
        Of 95 %, linear. Where the data set no end it is that of the bounds.
    ends
        Whether the data set the lower and the upper end.
    at_bound
        Which bound it has met, ``"lower"`` or ``"upper"``; empty for none.
    settled
        Whether the descent ended in a minimum. If not, the data are not asked: the standard error
        is NaN, the interval that of the bounds, and no end is given.
    """

    name: str
    value: float
    scale: Scale
    bounds: tuple[float, float]
    standard_error: float
    interval: tuple[float, float]
    ends: tuple[bool, bool]
    at_bound: str = ""
    settled: bool = True

    @property
    def verdict(self) -> str:
        """In words: whether the data determine it.

        Examples
        --------
        >>> EstimatedParameter(
        ...     "k", 1e5, Scale.LOG10, (1e-5, 1e5), 0.0, (30, 1e5), (True, False), "upper"
        ... ).verdict
        'not identifiable: at its upper bound 100000; the data only say that it is above 30'
        """
        if not self.settled:
            return "not known: the descent was cut off before a minimum"
        if all(self.ends):
            return "identifiable" if not self.at_bound else f"at its {self._bound}"
        met = f"at its {self._bound}; " if self.at_bound else ""
        if not any(self.ends):
            return f"not identifiable: {met}any value within its bounds fits as well"
        side, end = ("above", self.interval[0]) if self.ends[0] else ("below", self.interval[1])
        return f"not identifiable: {met}the data only say that it is {side} {end:.3g}"

    @property
    def _bound(self) -> str:
        return f"{self.at_bound} bound {self.bounds[self.at_bound == 'upper']:g}"


@dataclass(frozen=True)
class PetabFit:
    """Estimated parameters of a PEtab problem; printed it is a table.

    Attributes
    ----------
    problem
        With the estimates as nominal values: `log_likelihood(fit.problem)` is that of the fit.
    objective
        The negative log-likelihood.
    parameters
        Those that were estimated, in the order of the table.
    covariance
        On the scales, shape (Q, Q): the inverse of the Hessian of what is not at a bound, 0
        elsewhere, very large where there is no curvature, and NaN without a minimum.
    undetermined
        Directions on the scales, in words, along which the objective is nearly flat.
    starts
        A row a start.
    remarks
        What makes the numbers less than sure.

    Examples
    --------
    >>> from ratelaw.formats.petab.problem import EstimationProblem
    >>> k = EstimatedParameter("k", 2.0, Scale.LOG10, (0.1, 9), 0.1, (1, 3), (True, True))
    >>> rows = (Start(8.0, 7.0, 30), Start(9.0, 9.0, 40))
    >>> empty = EstimationProblem("", {}, {}, {}, ())
    >>> print(PetabFit(empty, 7.0, (k,), np.array([[0.01]]), (), rows, ()))
    negative log-likelihood 7, from 1 of 2 starts
    k            2  [1, 3]  identifiable
    """

    problem: EstimationProblem
    objective: float
    parameters: tuple[EstimatedParameter, ...]
    covariance: np.ndarray
    undetermined: tuple[str, ...]
    starts: tuple[Start, ...]
    remarks: tuple[str, ...]

    @property
    def estimate(self) -> Mapping[str, float]:
        """Values by name, linear."""
        return {parameter.name: parameter.value for parameter in self.parameters}

    @property
    def reached(self) -> int:
        """How many starts led to the best objective."""
        return sum(start.objective < self.objective + SAME for start in self.starts)

    @property
    def not_identifiable(self) -> tuple[str, ...]:
        """Parameters to which the data do not set both ends."""
        return tuple(p.name for p in self.parameters if not all(p.ends))

    def to_network(self) -> Network:
        """The model at the estimates, in the first experiment."""
        return self.problem.network

    def __str__(self) -> str:
        width = max(len(parameter.name) for parameter in self.parameters)
        rows = [
            f"{p.name:<{width}}  {p.value:>11.5g}  [{p.interval[0]:.4g}, {p.interval[1]:.4g}]  "
            f"{p.verdict}"
            for p in self.parameters
        ]
        found = f"from {self.reached} of {len(self.starts)} starts"
        return "\n".join(
            [
                f"negative log-likelihood {self.objective:.6g}, {found}",
                *rows,
                *(f"undetermined together: {direction}" for direction in self.undetermined),
                *(f"note: {remark}" for remark in self.remarks),
            ]
        )


def at_estimates(problem: EstimationProblem, estimate: Mapping[str, float]) -> EstimationProblem:
    """The problem with other nominal values."""
    parameters = {
        name: replace(parameter, nominal=estimate.get(name, parameter.nominal))
        for name, parameter in problem.parameters.items()
    }
    return replace(problem, parameters=parameters)
