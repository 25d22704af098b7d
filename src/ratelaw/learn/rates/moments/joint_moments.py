"""All rates at once, through the moment equations, weighted by the data's full covariance."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.errors import DataError
from ratelaw.learn.equations.flow import VectorField
from ratelaw.learn.equations.losses import SquaredLoss
from ratelaw.learn.equations.regression import Estimate, Regression
from ratelaw.learn.equations.selection import Selection
from ratelaw.learn.rates.identifiability import require_identifiable
from ratelaw.learn.rates.rate_problem import RateMethod, pose
from ratelaw.learn.rates.rates import Rates
from ratelaw.network import Network

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class JointMoments(RateMethod):
    r"""Generalised method of moments: every constant enters every equation it belongs to.

    .. math:: \min_{k \ge 0} (z - \hat z(k))^T \Sigma^{-1} (z - \hat z(k)),

    where z stacks averages and covariances over all times and Sigma is their sampling covariance.
    Reactions that the data do not demand are removed by `selection`.

    Notes
    -----
    Hansen 1982. Efficient among estimators that use these moments.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> rates = fit_rates(zoo.birth_death(), cells, JointMoments())
    >>> bool(abs(rates.constants[0] - 10) < 4 * rates.standard_errors[0])
    True
    """

    selection: Selection = field(default_factory=Selection)

    def estimate(self, candidates: Network, sets: "Sequence[xr.Dataset]") -> Rates:
        problem = pose(candidates, sets)
        columns = tuple(
            tuple(sp.diff(rate, constant) for rate in problem.equations.rates)
            for constant in problem.constants
        )
        field_of_rates = VectorField(problem.equations.moments, columns)
        regression = Regression(field_of_rates, problem.observations)
        require_identifiable(
            regression.integral_problem[0], problem.names, "averages and covariances"
        )

        def as_rates(estimate: Estimate, free: Rates | None = None) -> Rates:
            return Rates(
                candidates=problem.candidates,
                constants=estimate.theta,
                covariance=estimate.covariance,
                present=estimate.active,
                chi_square=estimate.chi_square,
                degrees_of_freedom=regression.degrees_of_freedom - int(estimate.active.sum()),
                rank=regression.unknowns,
                free=free,
            )

        models = self.selection.search(
            regression, SquaredLoss(), admissible=lambda theta: bool((theta >= 0).all())
        )
        free = regression.fit(np.ones(regression.unknowns, dtype=bool))
        if not np.isfinite(free.chi_square):
            raise DataError("no rates reproduce these moments: are the candidates complete?")
        return as_rates(models[0].estimate, as_rates(free))
