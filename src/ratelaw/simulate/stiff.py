"""Stiff integrators, as SciPy's solvers: LSODA for few variables, sparse BDF for many."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.integrate import BDF, LSODA, OdeSolver
from scipy.sparse import issparse
from scipy.sparse.linalg import SuperLU, splu

from ratelaw.simulate.vector_field import RateField

Jacobian = Callable[[float, np.ndarray], Any]

MOST_FOR_LSODA = 199
"""Variables up to which dense matrices are quicker; for larger ones OpenBLAS starts threads."""


def stiff_method(field: RateField) -> tuple[type[OdeSolver], Jacobian]:
    """The integrator for a system of this size, and the Jacobian that it wants.

    An infinite slope, as that of sqrt(x) at 0, is left out: a Jacobian only guides the steps.
    """

    def dense(time: float, state: np.ndarray) -> np.ndarray:
        return _finite(field.jacobian(time, state))

    def sparse(time: float, state: np.ndarray) -> Any:  # noqa: ANN401
        matrix = field.sparse_jacobian(time, state)
        matrix.data = _finite(matrix.data)
        return matrix

    few = len(field.equations.names) <= MOST_FOR_LSODA
    return (LSODA, dense) if few else (SparseBDF, sparse)


def _finite(values: np.ndarray) -> np.ndarray:
    values[~np.isfinite(values)] = 0.0
    return values


class SparseBDF(BDF):
    """SciPy's BDF with an ordering for matrices whose pattern is nearly symmetric.

    Those of reactions are. They fill up several times less than by the ordering for any matrix.

    Notes
    -----
    Li 2005, SuperLU: minimum degree on A + A^T, pivots on the diagonal where they are large enough.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        if issparse(self.J):
            self.lu = self._factorised

    def _step_impl(self) -> tuple[bool, str | None]:
        with np.errstate(invalid="ignore", over="ignore"):  # of rows that SciPy sets later
            return super()._step_impl()

    def _factorised(self, matrix: Any) -> SuperLU:  # noqa: ANN401
        self.nlu += 1
        return splu(
            matrix,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.01,
            options={"SymmetricMode": True},
        )
