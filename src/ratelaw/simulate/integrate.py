"""Ordinary differential equations: from one time to the next, where nothing switches."""

import warnings
from collections.abc import Iterable, Sequence

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.simulate.vector_field import RateField

MAX_EVALUATIONS = 200_000
SHOWN = 20
"""Variables that a message lists."""
LARGEST = 1e75
"""Of a variable: of larger ones products of four have no value."""
NO_VALUE = "a rate has no value there, such as a root or a logarithm of what fell below 0"
GROWS = "the solution grows without bound or is too stiff"


def integrate(
    field: RateField,
    start: np.ndarray,
    times: np.ndarray,
    *,
    rtol: float,
    atol: float | np.ndarray,
    stops: Iterable[float] = (),
) -> tuple[np.ndarray, int]:
    """Solve dy/dt = f(y, t) from y(0) = start with a stiff-capable method and exact Jacobian.

    The solver begins anew wherever an input jumps, so that no step is taken across; and, where the
    rates also vary smoothly with time, at every time asked for, so that a pulse between long rests
    is passed over only if it lies between two of them.

    Parameters
    ----------
    field
        f, of V variables.
    start
        y(0), shape (V,).
    times
        Shape (time,), increasing, >= 0.
    rtol, atol
        Tolerances; `atol` of all variables, or shape (V,).
    stops
        Further times at which to begin anew.

    Returns
    -------
    The solution, shape (time, V), and the number of evaluations of the right-hand side.

    Raises
    ------
    SolverError
        If the solution cannot be continued to the last time; it says where it ended.
    UnsupportedError
        If a rate has no derivative in formulas.
    """
    stops = {*stops, *field.equations.jumps, *(times if field.equations.depends_on_time else ())}
    begins = [0.0, *sorted(stop for stop in stops if 0.0 < stop < times[-1])]
    course = np.empty((len(times), len(start)))
    state, total = np.asarray(start, dtype=float), 0
    for begin, end in zip(begins, [*begins[1:], times[-1]], strict=True):
        inside = (times >= begin) & (times <= end)
        within = np.unique(np.append(times[inside], end)) - begin
        piece = field.from_time(begin)
        found, evaluations = _piece(piece, begin, state, within, rtol=rtol, atol=atol)
        course[inside] = found[: inside.sum()]
        state, total = found[-1], total + evaluations
    course[times == 0.0] = start  # as given: a solver's interpolation rounds
    return course, total


def refuse_runaway(
    time: float, evaluations: int, names: Sequence[str], state: np.ndarray, slope: np.ndarray
) -> None:
    """End an integration that does not get ahead, or whose state is so large that it has no slope.

    Raises
    ------
    SolverError
        Saying where it ended.
    """
    limit = np.inf if np.isfinite(slope).all() else LARGEST
    if evaluations > MAX_EVALUATIONS or not (np.abs(state) < limit).all():
        values = [f"{name} = {value:.3g}" for name, value in zip(names, state, strict=True)]
        more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
        reason = NO_VALUE if np.isnan(state).any() else GROWS
        raise SolverError(
            f"integration ended at time {time:g} after {evaluations:,} evaluations, near "
            f"{', '.join(values[:SHOWN])}{more}: {reason}"
        )


def _piece(
    field: RateField,
    begin: float,
    start: np.ndarray,
    times: np.ndarray,
    *,
    rtol: float,
    atol: float | np.ndarray,
) -> tuple[np.ndarray, int]:
    """One call of the solver, with times since the beginning."""
    from scipy.integrate import solve_ivp

    from ratelaw.simulate.stiff import stiff_method

    field.equations.require_slopes()
    method, jacobian = stiff_method(field)
    if times[-1] == 0:
        return start[None], 0
    evaluations = 0
    reached, slope = begin, np.zeros_like(start)

    def derivative(t: float, y: np.ndarray) -> np.ndarray:
        nonlocal evaluations, reached, slope
        evaluations, reached = evaluations + 1, begin + t
        slope = field(reached, y)
        refuse_runaway(reached, evaluations, field.equations.names, y, slope)
        return slope

    with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        warnings.simplefilter("ignore")  # what a solver says of a failure is raised below
        solution = solve_ivp(
            derivative,
            (0.0, float(times[-1])),
            start,
            method=method,
            t_eval=times,
            jac=lambda t, y: jacobian(begin + t, y),
            rtol=rtol,
            atol=atol,
        )
    if not (solution.success and np.isfinite(solution.y).all()):
        reason = NO_VALUE if np.isnan(slope).any() else GROWS
        raise SolverError(f"integration ended at time {reached:g}: {reason}")
    return solution.y.T, evaluations
