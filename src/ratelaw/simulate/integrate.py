"""Ordinary differential equations given as expressions: the one integrator of the solvers."""

import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import sympy as sp

from ratelaw.errors import SolverError, UnsupportedError
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME, inputs_at, jumps_of

MAX_EVALUATIONS = 200_000


Function = Callable[[np.ndarray], np.ndarray]


@lru_cache(maxsize=64)
def right_hand_side(
    rates: tuple[sp.Expr, ...], variables: tuple[sp.Symbol, ...]
) -> tuple[Function, Function]:
    """dy/dt and its Jacobian as functions of states (V, ...), into (V, ...) and (V, V, ...).

    Derived and lowered once for each set of equations, wherever a course of them starts.
    """
    flow = to_numpy(rates, variables)
    size = len(variables)
    derivatives = sp.Matrix(rates).jacobian(variables)
    if derivatives.has(sp.Derivative, sp.Subs):
        raise UnsupportedError("a rate with floor, ceil or factorial has no derivative in formulas")
    slopes = to_numpy(list(derivatives), variables)
    return flow, lambda states: slopes(states).reshape(size, size, *states.shape[1:])


def integrate(
    rates: Sequence[sp.Expr],
    variables: Sequence[sp.Symbol],
    start: np.ndarray,
    times: np.ndarray,
    *,
    rtol: float,
    atol: float,
) -> tuple[np.ndarray, int]:
    """Solve dy/dt = rates(y, t) from y(0) = start with a stiff-capable method and exact Jacobian.

    The solver begins anew wherever an input jumps, so that no step is taken across; and, where the
    rates also vary smoothly with time, at every time asked for, so that a pulse between long rests
    is passed over only if it lies between two of them.

    Parameters
    ----------
    rates, variables
        V expressions in V symbols and time, every parameter already a number.
    start
        y(0), shape (V,).
    times
        Shape (time,), increasing, >= 0.

    Returns
    -------
    The solution, shape (time, V), and the number of evaluations of the right-hand side.

    Raises
    ------
    SolverError
        If the solution cannot be continued to the last time; it says where it ended.
    """
    if any(TIME in rate.free_symbols for rate in rates):
        variables, rates = [*variables, TIME], [*rates, sp.S.One]
        course, evaluations = _in_pieces(rates, variables, start, times, rtol, atol)
        return course[:, :-1], evaluations
    return _smooth(rates, variables, start, times, rtol, atol)


def refuse_runaway(time: float, evaluations: int, names: Sequence[str], state: np.ndarray) -> None:
    """End an integration that does not get ahead, or whose state is no longer finite.

    Raises
    ------
    SolverError
        Saying where it ended.
    """
    if evaluations > MAX_EVALUATIONS or not np.isfinite(state).all():
        values = zip(names, state, strict=True)
        raise SolverError(
            f"integration ended at time {time:g} after {evaluations:,} evaluations, near "
            f"{', '.join(f'{name} = {value:.3g}' for name, value in values)}: "
            f"the solution grows without bound or is too stiff"
        )


def _in_pieces(  # noqa: PLR0917
    rates: Sequence[sp.Expr],
    variables: Sequence[sp.Symbol],
    start: np.ndarray,
    times: np.ndarray,
    rtol: float,
    atol: float,
) -> tuple[np.ndarray, int]:
    """Piece by piece, with time as the last variable."""
    smooth = any(TIME in inputs_at(rate, 0.0).free_symbols for rate in rates)
    stops = {*jumps_of(rates), *(times if smooth else ())}
    begins = [0.0, *sorted(stop for stop in stops if 0.0 < stop < times[-1])]
    course = np.empty((len(times), len(variables)))
    state, total = np.append(start, 0.0), 0
    for begin, end in zip(begins, [*begins[1:], times[-1]], strict=True):
        inside = (times >= begin) & (times <= end)
        stops = np.unique(np.append(times[inside], end)) - begin
        fixed = [inputs_at(rate, begin) for rate in rates]
        found, evaluations = _smooth(fixed, variables, state, stops, rtol, atol)
        course[inside] = found[: inside.sum()]
        state, total = found[-1], total + evaluations
        state[-1] = end
    return course, total


def _smooth(  # noqa: PLR0917
    rates: Sequence[sp.Expr],
    variables: Sequence[sp.Symbol],
    start: np.ndarray,
    times: np.ndarray,
    rtol: float,
    atol: float,
) -> tuple[np.ndarray, int]:
    """One call of the solver."""
    from scipy.integrate import solve_ivp

    flow, jacobian = right_hand_side(tuple(rates), tuple(variables))
    if times[-1] == 0:
        return np.array([start], dtype=float), 0
    evaluations = 0
    reached = 0.0
    names = [variable.name for variable in variables]

    def derivative(t: float, y: np.ndarray) -> np.ndarray:
        nonlocal evaluations, reached
        evaluations, reached = evaluations + 1, t
        refuse_runaway(t, evaluations, names, y)
        return flow(y)

    with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        warnings.simplefilter("ignore")  # what LSODA says of a failure is raised below
        solution = solve_ivp(
            derivative,
            (0.0, float(times[-1])),
            start,
            method="LSODA",
            t_eval=times,
            jac=lambda _, y: jacobian(y),
            rtol=rtol,
            atol=atol,
        )
    if not (solution.success and np.isfinite(solution.y).all()):
        raise SolverError(f"integration ended at time {reached:g}: {solution.message}")
    return solution.y.T, evaluations
