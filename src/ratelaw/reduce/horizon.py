"""How long to look: from the fastest motion of a network to the time when all of it has settled."""

import numpy as np
import sympy as sp

from ratelaw.errors import DataError, SolverError
from ratelaw.network import Network
from ratelaw.network.lowering import to_numpy
from ratelaw.simulate import MassAction, simulate

SETTLED = 0.05
"""A species that changes by less than this fraction of its range while time doubles has settled."""
PER_DECADE = 20
ROUNDING = 1e-9
"""Species whose range is below this fraction of the largest number do not count."""
DECADES = 12
"""How far beyond the fastest time scale the end is looked for."""


def settling_times(network: Network, points: int = 201) -> np.ndarray:
    """Times that show the whole mass-action course of a network, fast and slow.

    Parameters
    ----------
    network
        The network, from its initial state.
    points
        How many times.

    Returns
    -------
    Shape (points,): 0, then logarithmically spaced from a tenth of the fastest time scale of the
    initial state to the first time since half of which no species has changed by more than 5 % of
    its range so far. A plateau on the way, with something still moving, does not count.

    Raises
    ------
    DataError
        If nothing moves, or it does not settle: give the times yourself.
    SolverError
        If the course cannot be continued.

    Examples
    --------
    >>> times = settling_times(Network.parse("A --> 0, 2", initial={"A": 1}))
    >>> bool(2 < times[-1] < 10)
    True
    """
    fastest = _fastest(network)
    for decade in range(1, DECADES + 1):
        grid = fastest * np.geomspace(0.1, 10.0**decade, PER_DECADE * (decade + 1) + 1)
        try:
            course = simulate(network, MassAction(), grid)["average"].values
        except SolverError as error:
            raise DataError(f"the network does not settle: {error}; give the times") from None
        end = _settled_by(grid, course)
        if end is not None:
            return np.concatenate([[0.0], np.geomspace(fastest / 10, end, points - 1)])
    raise DataError(
        f"the network has not settled by time {grid[-1]:.3g}, it grows or oscillates: give times"
    )


def _settled_by(times: np.ndarray, course: np.ndarray) -> float | None:
    """The first time since half of which no species has changed by more than `SETTLED`."""
    largest = np.abs(course).max()
    for i, end in enumerate(times):
        if end < 10 * times[0]:
            continue
        recent = course[(times >= end / 2) & (times <= end)]
        spans = np.ptp(course[: i + 1], axis=0)
        moving = spans > ROUNDING * largest
        if moving.any() and (np.ptp(recent, axis=0)[moving] <= SETTLED * spans[moving]).all():
            return float(end)
    return None


def _fastest(network: Network) -> float:
    """The fastest time scale of the initial state: of its Jacobian, or of its reactions."""
    start = network.initial_counts / network.volume
    rates = sp.Matrix(network.rate_equations).subs(network.values)
    jacobian = to_numpy(list(rates.jacobian(list(network.symbols))), network.symbols)(start)
    speeds = np.abs(np.linalg.eigvals(jacobian.reshape(len(start), -1)))
    flows = np.abs(to_numpy(list(rates), network.symbols)(start))
    if not flows.any():
        raise DataError("nothing moves in the initial state: give it molecules that react")
    return 1 / max(speeds.max(), flows.max() / max(start.max(), flows.max()))
