"""A subset of the terms that was fitted through the solver."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.inverse_problem import Solution
from ratelaw.learn.equations.losses import Loss
from ratelaw.learn.equations.noise_scale import inflation
from ratelaw.network.expression import symbol

SIGNIFICANT = 3.841
"""What a term must lower the deviance by to be listed: its likelihood ratio at 5 %."""

STALE = 0.05
"""Relative change of standard deviations with which a model is fitted again."""


@dataclass(frozen=True)
class Candidate:
    """A subset of the terms, fitted through the solver.

    Attributes
    ----------
    active
        Which terms, shape (C,).
    solution
        Of the field of these terms.
    score
        Deviance and price: lower is better.
    deviance
        Without the price.
    """

    active: np.ndarray
    solution: Solution
    score: float
    deviance: float

    def is_needless(self, other: "Candidate") -> bool:
        """Whether it has the terms of another and more, of which the data say nothing."""
        more = int(self.active.sum()) - int(other.active.sum())
        gained = other.deviance - self.deviance
        return bool(self.active[other.active].all()) and not gained > SIGNIFICANT * more

    def is_stale(self, deviations: Sequence[np.ndarray]) -> bool:
        """Whether it was fitted with clearly other standard deviations."""
        before = np.concatenate(self.solution.problem.deviations)
        return not np.allclose(before, np.concatenate(deviations), rtol=STALE, equal_nan=True)

    @property
    def key(self) -> bytes:
        """The subset, as something that can be looked up."""
        return self.active.tobytes()

    @property
    def shape(self) -> dict[sp.Symbol, float]:
        """Values of the shape parameters of its terms."""
        solution = self.solution
        return dict(zip(solution.problem.field.parameters, solution.point.shape, strict=True))

    def theta(self) -> np.ndarray:
        """Coefficients of all terms, shape (C,)."""
        full = np.zeros(len(self.active))
        full[self.active] = self.solution.point.theta
        return full

    def to_fit(
        self, field: Field, data: Experiments, loss: Loss, left_out: Collection[sp.Symbol]
    ) -> Fit:
        """What the user sees of it, among all terms of a field; optional parameters left out."""
        solution, count, used = self.solution, len(field.terms), int(self.active.sum())
        found = solution.covariance * inflation(data, solution.unknowns)
        covariance = np.zeros((count, count))
        covariance[np.ix_(self.active, self.active)] = found[:used, :used]
        shape_errors = np.sqrt(np.diagonal(found)[used:]).tolist()
        chi_square, squares = loss.law.as_chi_square(solution.residuals, data.values)
        return Fit(
            variables=tuple(map(symbol, data.species)),
            columns=field.terms,
            values=self.theta(),
            selected=self.active,
            covariance=covariance,
            chi_square=chi_square,
            degrees_of_freedom=squares - solution.unknowns,
            noise_is_estimated=data.noise_is_estimated,
            bic=self.score,
            initial=solution.point.starts[0],
            shape=self.shape,
            shape_errors=dict(zip(self.shape, shape_errors, strict=True)),
            left_out=tuple(sorted(left_out, key=str)),
            inputs=dict(zip(map(symbol, data.inputs), data.experiments[0].inputs, strict=True)),
            remarks=data.remarks,
            loss=loss,
        )
