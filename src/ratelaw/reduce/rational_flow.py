"""Slow equations with ratios in them, solved together with their sensitivities."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import sympy as sp

from ratelaw.errors import SolverError
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.reduce.rational_form import RationalForm
from ratelaw.reduce.reduced_network import ReducedNetwork

RTOL = 1e-9


class RationalFlow:
    r"""Slow species z from the reduced network, fast ones from the ratios; and the derivatives.

    .. math:: \dot z = F(z; \theta), \qquad x_f = H_f(z; \theta) - \tau_f \dot H_f, \qquad
        \dot S = \frac{\partial F}{\partial z} S + \frac{\partial F}{\partial \theta}

    A fast species lags behind its ratio by about its relaxation time tau: the first correction to
    the quasi-steady state, without which the coefficients would have to mimic it.
    """

    def __init__(self, reduced: ReducedNetwork, form: RationalForm) -> None:
        self.reduced, self.form = reduced, form
        self.lags = tuple(f"lag_{name}" for name in form.fast)

    @cached_property
    def _functions(self) -> tuple[Callable[..., np.ndarray], ...]:
        """F and x, each with its derivatives to z and theta, of (z, theta)."""
        network = self.reduced.network
        known = {s: x for s, x in network.values.items() if s.name not in self.form.names}
        rates, z = network.rate_equations, list(network.symbols)
        theta = list(map(symbol, (*self.form.names, *self.lags)))
        late = [
            ratio
            - symbol(lag) * sum(ratio.diff(s) * rate for s, rate in zip(z, rates, strict=True))
            for ratio, lag in zip(self.form.ratios.values(), self.lags, strict=True)
        ]
        parts: list[list[sp.Expr]] = []
        for expressions in (rates, late):
            column = sp.Matrix([expression.subs(known) for expression in expressions])
            parts += [list(column), list(column.jacobian(z)), list(column.jacobian(theta))]
        return tuple(to_numpy(part, z, theta) for part in parts)

    def solve(
        self, times: np.ndarray, start: np.ndarray, theta: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """All species at the times, and their derivatives.

        Parameters
        ----------
        times
            Shape (T,); the first is where `start` holds.
        start, theta
            Concentrations of the reduced network's species; the coefficients, then the lags.

        Returns
        -------
        Shape (T, slow + F), the reduced network's species first; and (T, slow + F, theta + slow),
        the derivatives to the coefficients and to the starting values.

        Raises
        ------
        SolverError
            If the equations cannot be solved to the last time.
        """
        from scipy.integrate import solve_ivp

        rates, rates_to_z, rates_to_theta, ratios, ratios_to_z, ratios_to_theta = self._functions
        size, unknowns = len(start), len(theta) + len(start)
        fixed = theta[:, None]

        def derivative(_t: float, y: np.ndarray) -> np.ndarray:
            z, sensitivity = y[:size, None], y[size:].reshape(size, unknowns)
            slopes = rates_to_z(z, fixed).reshape(size, size) @ sensitivity
            slopes[:, : len(theta)] += rates_to_theta(z, fixed).reshape(size, -1)
            return np.concatenate([rates(z, fixed)[:, 0], slopes.ravel()])

        seed = np.hstack([np.zeros((size, len(theta))), np.eye(size)])
        solution = solve_ivp(
            derivative,
            (times[0], times[-1]),
            np.concatenate([start, seed.ravel()]),
            method="LSODA",
            t_eval=times,
            rtol=RTOL,
            atol=RTOL * np.abs(start).max(),
        )
        if not (solution.success and np.isfinite(solution.y).all()):
            raise SolverError(f"the learned equations cannot be solved beyond {solution.t[-1]:g}")
        z = solution.y[:size]
        sensitivity = np.moveaxis(solution.y[size:].reshape(size, unknowns, -1), -1, 0)
        spread = np.broadcast_to(fixed, (len(theta), len(times)))
        x = ratios(z, spread)
        inner = np.moveaxis(ratios_to_z(z, spread).reshape(len(x), size, -1), -1, 0)
        direct = np.moveaxis(ratios_to_theta(z, spread).reshape(len(x), len(theta), -1), -1, 0)
        fast = inner @ sensitivity
        fast[..., : len(theta)] += direct
        return np.vstack([z, x]).T, np.concatenate([sensitivity, fast], axis=1)
