"""Nonlinear least squares through the solver, on any subset of the unknowns."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.observations import Observations
from ratelaw.learn.equations.averages.flow import VectorField, compile_flow, integrals
from ratelaw.learn.equations.least_squares import (
    SPANNED,
    gauss_newton_covariance,
    orthogonal_to,
    unit_columns,
)

UNREACHABLE = 1e8
"""Residual of a course that blew up: far beyond any that is worth a step."""


Function = Callable[[np.ndarray], np.ndarray]
Minimiser = Callable[[Function, Function, np.ndarray, int], np.ndarray]
"""From residuals, their Jacobian, a start and how many unknowns are theta: the minimiser."""


def levenberg_marquardt(
    residuals: Function, jacobian: Function, start: np.ndarray, thetas: int
) -> np.ndarray:
    """Minimise the sum of squared residuals; a DataError says where they are too few."""
    from scipy.optimize import least_squares

    values = residuals(start).size
    if values < start.size:
        raise DataError(
            f"{values} independent values cannot determine {start.size} unknowns, {thetas} "
            f"coefficients and {start.size - thetas} starting values: measure more times, or give "
            f"fewer terms or reactions"
        )
    return least_squares(
        residuals, start, jac=jacobian, method="lm", xtol=1e-10, ftol=1e-10, gtol=1e-10
    ).x


@dataclass(frozen=True)
class Estimate:
    """A fit of the active unknowns.

    Attributes
    ----------
    active, theta
        Shape (C,): which unknowns are fitted, and their values (0 where inactive).
    residuals, jacobian
        Shapes (K,) and (K, C): whitened, at `theta`, for all unknowns; what fitted starting values
        explain is projected out of both.
    """

    active: np.ndarray
    theta: np.ndarray
    residuals: np.ndarray
    jacobian: np.ndarray

    @property
    def chi_square(self) -> float:
        """Sum of squared whitened residuals."""
        return float(self.residuals @ self.residuals)

    @property
    def covariance(self) -> np.ndarray:
        """Gauss-Newton covariance of theta, shape (C, C), 0 where inactive."""
        full = np.zeros((self.active.size, self.active.size))
        fitted = self.jacobian[:, self.active]
        full[np.ix_(self.active, self.active)] = gauss_newton_covariance(fitted)
        return full


@dataclass(frozen=True)
class Regression:
    """The unknowns theta of one vector field against several data sets."""

    field: VectorField
    observations: tuple[Observations, ...]

    def __post_init__(self) -> None:
        for data in self.observations:
            if data.values.shape[1] != len(self.field.variables):
                raise DataError(
                    f"the data have {data.values.shape[1]} variables, the equations "
                    f"{len(self.field.variables)}: "
                    f"{', '.join(v.name for v in self.field.variables)}"
                )

    @property
    def unknowns(self) -> int:
        """C, the number of columns of the vector field."""
        return len(self.field.columns)

    @property
    def trials(self) -> int:
        """Independent observations behind all data sets."""
        return sum(data.trials for data in self.observations)

    @property
    def degrees_of_freedom(self) -> int:
        """Independent residuals before any theta is fitted; fitted starts have used up theirs."""
        return sum(self._lengths) - self.free_starts

    def matched(self, active: np.ndarray) -> np.ndarray:
        """Theta by integral matching, shape (C,): weighted linear least squares, no solver."""
        theta = np.zeros(self.unknowns)
        design, target = self.integral_problem
        columns, scale = unit_columns(design[:, active])
        theta[active] = np.linalg.lstsq(columns, target, rcond=SPANNED)[0] / scale
        return theta

    def fit(
        self,
        active: np.ndarray,
        start: np.ndarray | None = None,
        *,
        minimise: Minimiser = levenberg_marquardt,
    ) -> Estimate:
        """Fit the active unknowns and the starting values that are not exact.

        With exact sensitivities, from integral matching or, where it fits better, from `start`.
        The unknowns are standardised: `minimise` sees each in units of how far it moves the data.
        """
        theta = self._better_start(active, start)
        scale = self.column_scale[active]
        split = len(scale)

        def unpack(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            full = np.zeros(self.unknowns)
            full[active] = x[:split] / scale
            return full, x[split:]

        @lru_cache(maxsize=1)
        def solved(x: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            return self.solve(*unpack(np.frombuffer(x)))

        def residuals_at(x: np.ndarray) -> np.ndarray:
            return solved(x.tobytes())[0]

        def jacobian_at(x: np.ndarray) -> np.ndarray:
            _, of_theta, of_starts = solved(x.tobytes())
            return np.hstack([of_theta[:, active] / scale, of_starts])

        x = np.concatenate([theta[active] * scale, np.zeros(self.free_starts)])
        if x.size:
            x = minimise(residuals_at, jacobian_at, x, split)
        theta, _ = unpack(x)
        residuals, of_theta, of_starts = solved(x.tobytes())
        return Estimate(
            active,
            theta,
            orthogonal_to(residuals, of_starts),
            orthogonal_to(of_theta, of_starts),
        )

    def with_noise_estimated(self) -> "Regression":
        """Errors that did not come with the data, sized by the residuals of the full model.

        Raises
        ------
        DataError
            If there are not more values than unknowns.
        """
        if all(data.noise_is_known for data in self.observations):
            return self
        spare = self.degrees_of_freedom - self.unknowns
        if spare < 1:
            raise DataError(
                f"{self.degrees_of_freedom} values for {self.unknowns} terms leave nothing to "
                f"judge the noise by: measure more times or use a smaller library"
            )
        estimate = self.fit(np.ones(self.unknowns, dtype=bool))
        variables = len(self.field.variables)
        blocks = np.split(estimate.residuals, np.cumsum(self._lengths)[:-1])
        squares = sum(np.square(block.reshape(-1, variables)).sum(axis=0) for block in blocks)
        free = self.degrees_of_freedom
        noise = np.sqrt(np.maximum(squares * variables / free, 1e-24) * free / spare)
        return replace(
            self,
            observations=tuple(
                replace(
                    data,
                    whitener=data.whitener / np.tile(noise, len(data.times))[:, None],
                    noise_is_known=True,
                )
                for data in self.observations
            ),
        )

    def _better_start(self, active: np.ndarray, start: np.ndarray | None) -> np.ndarray:
        matched = self.matched(active)
        if start is None:
            return matched
        given = np.where(active, start, 0.0)
        unmoved = np.zeros(self.free_starts)
        return min(
            (matched, given), key=lambda theta: np.square(self.solve(theta, unmoved)[0]).sum()
        )

    @cached_property
    def _lengths(self) -> list[int]:
        return [len(data.whitener) for data in self.observations]

    @property
    def free_starts(self) -> int:
        """F, in how many directions the starts of all data sets are fitted."""
        return sum(data.start_directions.shape[1] for data in self.observations)

    def _starts(self, shifts: np.ndarray) -> list[np.ndarray]:
        """The start of every data set: its first row, moved along its directions."""
        sizes = [data.start_directions.shape[1] for data in self.observations]
        return [
            data.values[0] + data.start_directions @ part
            for data, part in zip(
                self.observations, np.split(shifts, np.cumsum(sizes)[:-1]), strict=True
            )
        ]

    @cached_property
    def _scales(self) -> list[np.ndarray]:
        """The size of each variable in each data set, for the solver's tolerance."""
        sizes = [np.abs(data.values).max(axis=0) for data in self.observations]
        return [np.where(size > 0, size, 1.0) for size in sizes]

    def solve(
        self, theta: np.ndarray, shifts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Residuals (K,) and their derivatives to theta (K, C) and to shifts of starts (K, F)."""
        from scipy.linalg import block_diag

        flow = compile_flow(self.field)
        residuals, of_theta, of_starts = [], [], []
        for data, start, scale in zip(
            self.observations, self._starts(shifts), self._scales, strict=True
        ):
            course, to_theta, to_start = map(np.asarray, flow(theta, start, data.times, scale))
            residuals.append(data.whitener @ (course - data.values).ravel())
            of_theta.append(data.whitener @ to_theta.reshape(-1, self.unknowns))
            to_shift = to_start @ data.start_directions
            of_starts.append(data.whitener @ to_shift.reshape(data.values.size, -1))
        distance = np.concatenate(residuals)
        return (
            np.where(np.isfinite(distance), distance, UNREACHABLE),
            np.nan_to_num(np.concatenate(of_theta)),
            np.nan_to_num(block_diag(*of_starts)),
        )

    @cached_property
    def integral_problem(self) -> tuple[np.ndarray, np.ndarray]:
        """The whitened linear problem I theta = y - y(0) of all data sets; free starts left out."""
        designs, targets = [], []
        for data in self.observations:
            design = integrals(self.field, data.times, data.values)
            block = np.column_stack(
                [
                    data.whitener @ design.reshape(-1, self.unknowns),
                    data.whitener @ (data.values - data.values[0]).ravel(),
                ]
            )
            if not data.start_is_exact:
                offset = data.whitener @ np.tile(data.start_directions, (len(data.times), 1))
                block = orthogonal_to(block, offset)
            designs.append(block[:, :-1])
            targets.append(block[:, -1])
        return np.concatenate(designs), np.concatenate(targets)

    @cached_property
    def column_scale(self) -> np.ndarray:
        """Standardises the unknowns: how far each moves the data, shape (C,)."""
        return unit_columns(self.integral_problem[0])[1]


def linearised(estimate: Estimate, active: np.ndarray) -> float:
    """Chi-square of another subset, from the residuals and slopes at this estimate."""
    columns, _ = unit_columns(estimate.jacobian[:, active])
    target = estimate.jacobian @ estimate.theta - estimate.residuals
    solution = np.linalg.lstsq(columns, target, rcond=SPANNED)[0]
    return float(np.square(columns @ solution - target).sum())
