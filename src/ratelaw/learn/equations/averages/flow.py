"""Solver in the loop: trajectories of dy/dt = G(y) theta and their exact sensitivities."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from ratelaw.network.lowering import to_jax, to_numpy

MAX_STEPS = 4096
RTOL = 1e-8


@dataclass(frozen=True)
class VectorField:
    r"""A right-hand side that is linear in its unknowns.

    .. math:: \dot y_v = \sum_c G_{vc}(y)\, \theta_c

    `columns[c][v]` is G_vc as an expression in `variables`. Every learner of this package is a
    choice of columns: library terms, reactions, or coefficients of moment equations.
    """

    variables: tuple[sp.Symbol, ...]
    columns: tuple[tuple[sp.Expr, ...], ...]

    @classmethod
    def of_terms(
        cls, variables: tuple[sp.Symbol, ...], terms: Iterable[tuple[int, sp.Expr]]
    ) -> "VectorField":
        """One unknown for each (equation, term): the coefficient of the term in that equation."""
        rows = range(len(variables))
        return cls(
            variables,
            tuple(
                tuple(term if v == equation else sp.S.Zero for v in rows)
                for equation, term in terms
            ),
        )

    @property
    def entries(self) -> list[sp.Expr]:
        """G row by row."""
        return [column[v] for v in range(len(self.variables)) for column in self.columns]

    def matrix(self, states: np.ndarray) -> np.ndarray:
        """G at many states, shape (..., V) to (..., V, C)."""
        flat = to_numpy(self.entries, self.variables)(np.moveaxis(states, -1, 0))
        shape = (len(self.variables), len(self.columns), *states.shape[:-1])
        return np.moveaxis(flat.reshape(shape), (0, 1), (-2, -1))


Flow = Callable[
    [np.ndarray, np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]
]
"""From (theta, y0, times, scale): y at the times, and its derivatives to theta and to y0."""


@lru_cache(maxsize=32)
def compile_flow(field: VectorField) -> Flow:
    r"""Compile the solution of a vector field; compiled once a field and number of times.

    The sensitivities S to theta and y0 are solved beside y, in the steps that y needs:

    .. math:: \dot S = \frac{\partial (G \theta)}{\partial y} S + (G, 0), \qquad S(0) = (0, I),

    which is the exact derivative of the discrete solution. A solution that does not reach the last
    time is returned as NaN, never as an exception: the optimiser takes it as a step too far.

    Returns
    -------
    A function of theta (C,), y0 (V,), times (T,) and the size of each variable (V,) that returns
    y (T, V), its derivatives to theta (T, V, C) and to y0 (T, V, V).
    """
    import diffrax
    import jax

    entries = to_jax(field.entries, field.variables)
    variables, unknowns = len(field.variables), len(field.columns)

    def flow(
        theta: jax.Array, start: jax.Array, times: jax.Array, scale: jax.Array
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        def columns(y: Any) -> Any:  # noqa: ANN401
            return entries(y * scale).reshape(variables, unknowns) / scale[:, None]

        def rate(_t: Any, state: Any, theta: Any) -> Any:  # noqa: ANN401
            y, sensitivities = state[:, 0], state[:, 1:]
            slopes = jax.jacfwd(lambda y: columns(y) @ theta)(y) @ sensitivities
            g = columns(y)
            return jax.numpy.column_stack([g @ theta, slopes.at[:, :unknowns].add(g)])

        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(rate),
            diffrax.Tsit5(),
            t0=times[0],
            t1=times[-1],
            dt0=None,
            y0=jax.numpy.column_stack(
                [start / scale, jax.numpy.zeros((variables, unknowns)), jax.numpy.diag(1 / scale)]
            ),
            args=theta,
            saveat=diffrax.SaveAt(ts=times),
            stepsize_controller=diffrax.PIDController(
                rtol=RTOL,
                atol=RTOL,
                norm=lambda state: jax.numpy.linalg.norm(state[:, 0]) / variables**0.5,
            ),
            adjoint=diffrax.ForwardMode(),
            max_steps=MAX_STEPS,
            throw=False,
        )
        finished = solution.result == diffrax.RESULTS.successful
        states = jax.numpy.where(finished, solution.ys, jax.numpy.nan) * scale[:, None]
        return states[..., 0], states[..., 1 : 1 + unknowns], states[..., 1 + unknowns :]

    return jax.jit(flow)


def integrals(field: VectorField, times: np.ndarray, values: np.ndarray) -> np.ndarray:
    r"""Integral matching: what each column adds to y along the measured course.

    .. math:: I_{tvc} = \int_{t_0}^{t} G_{vc}(\tilde y(s))\, ds, \qquad y(t) - y(t_0) = I \theta,

    with a cubic spline y~ through the data. Nothing is differentiated.

    Returns
    -------
    Shape (T, V, C).
    """
    from scipy.interpolate import CubicSpline, PchipInterpolator

    spline = CubicSpline if len(times) > 3 else PchipInterpolator  # noqa: PLR2004
    nodes, weights = np.polynomial.legendre.leggauss(5)
    half = np.diff(times)[:, None] / 2
    moments = times[:-1, None] + half * (nodes + 1)
    along = field.matrix(spline(times, values)(moments))
    steps = np.einsum("ig,igvc->ivc", half * weights, along)
    start = np.zeros((1, *steps.shape[1:]))
    return np.concatenate([start, np.cumsum(steps, axis=0)])
