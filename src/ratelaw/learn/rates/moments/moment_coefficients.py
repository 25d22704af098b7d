"""The paper's way: learn the coefficients of the moment equations, then solve V u = b for rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.learn.equations.averages.flow import VectorField
from ratelaw.learn.equations.averages.regression import Regression
from ratelaw.learn.rates.rate_problem import RateMethod, RateProblem, pose
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.undetermined import rank, require_identifiable
from ratelaw.network import Network

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class MomentCoefficients(RateMethod):
    r"""Two steps: coefficients b of the moment equations as if unrelated, then least squares.

    .. math:: \hat u = (V^T V)^{-1} V^T \hat b

    Which terms the equations have, and the matrix V that ties their coefficients to the rate
    constants, are derived from the candidates. Rates may come out negative: nothing is removed.

    Notes
    -----
    Yang 2020, Eqs. (13)-(14) and Table I.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> fit_rates(zoo.birth_death(), cells, MomentCoefficients()).rank
    2
    """

    def estimate(self, candidates: Network, sets: "Sequence[xr.Dataset]") -> Rates:
        problem = pose(candidates, sets)
        labels, V = coefficient_matrix(problem)
        require_identifiable(V, problem.names, "the coefficients of the moment equations")
        field = VectorField.of_terms(problem.equations.moments, labels)
        regression = Regression(field, problem.observations)
        learned = regression.fit(np.ones(len(labels), dtype=bool))
        inverse = np.linalg.pinv(V)
        return Rates(
            candidates=problem.candidates,
            constants=inverse @ learned.theta,
            covariance=inverse @ learned.covariance @ inverse.T,
            present=np.ones(V.shape[1], dtype=bool),
            chi_square=learned.chi_square,
            degrees_of_freedom=regression.degrees_of_freedom - len(labels),
            rank=rank(V),
        )


def coefficient_matrix(problem: RateProblem) -> tuple[list[tuple[int, sp.Expr]], np.ndarray]:
    """The terms of the moment equations and the matrix V of their coefficients.

    Returns
    -------
    One (equation, term) for each coefficient, and V, shape (coefficients, M): the coefficient of a
    term is its row of V times the rate constants.
    """
    labels, rows = [], []
    for equation, rate in enumerate(problem.equations.rates):
        polynomial = sp.Poly(rate, *problem.equations.moments)
        for powers, coefficient in polynomial.terms():
            term = sp.Mul(*(m**p for m, p in zip(problem.equations.moments, powers, strict=True)))
            row = [float(sp.diff(coefficient, constant)) for constant in problem.constants]
            if any(row):
                labels.append((equation, term))
                rows.append(row)
    return labels, np.array(rows)
