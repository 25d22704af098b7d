"""How long to look: from the fastest motion of a network to the time when all of it has settled."""

from collections.abc import Iterator

import numpy as np

from ratelaw.errors import DataError, SolverError
from ratelaw.network import Network
from ratelaw.reduce.spectrum import linearised, reachable
from ratelaw.simulate import MassAction, simulate
from ratelaw.simulate.vector_field import Function

SETTLED = 0.05
"""A species that changes by less than this fraction of its range while time doubles has settled."""
PER_DECADE = 20
ROUNDING = 1e-9
"""Species whose range is below this fraction of the largest number do not count."""
SINGULAR = 1e-10
"""Modes slower than the fastest by this factor are not waited for."""
CONVERGES = 0.25
"""Newton's steps that shrink by this factor lead to rest; towards infinity, by 1/e at most."""
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
    first moments to the first time since half of which no species has changed by more than 5 % of
    its range so far. A plateau does not count if Newton's method leads from it to rest elsewhere;
    what creeps on for ever, ever more slowly, ends at the first.

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
    flow, jacobian = linearised(network)
    start = network.initial_counts / network.volume
    if not flow(start[None]).any():
        raise DataError("nothing moves in the initial state: give it molecules that react")
    fastest = _fastest(flow, jacobian, start)
    for decade in range(1, DECADES + 1):
        grid = fastest * np.geomspace(0.1, 10.0**decade, PER_DECADE * (decade + 1) + 1)
        try:
            course = simulate(network, MassAction(), grid)["average"].values / network.volume
        except SolverError as error:
            raise DataError(f"the network does not settle: {error}; give the times") from None
        for i in _quiet(grid, course):
            spans = np.ptp(course[: i + 1], axis=0)
            scale = np.where(spans > ROUNDING * course.max(), spans, course.max())
            directions = reachable(network, scale)
            if not _rests_elsewhere(flow, jacobian, course[i], directions, scale):
                first = min(fastest, _fastest(flow, jacobian, course[0])) / 10
                return np.concatenate([[0.0], np.geomspace(first, grid[i], points - 1)])
    raise DataError(
        f"the network has not settled by time {grid[-1]:.3g}, it grows or oscillates: give times"
    )


def _quiet(times: np.ndarray, course: np.ndarray) -> Iterator[int]:
    """Where no species has changed by more than `SETTLED` since half the time."""
    largest = np.abs(course).max()
    for i, end in enumerate(times):
        if end < 10 * times[0]:
            continue
        recent = course[(times >= end / 2) & (times <= end)]
        spans = np.ptp(course[: i + 1], axis=0)
        moving = spans > ROUNDING * largest
        if moving.any() and (np.ptp(recent, axis=0)[moving] <= SETTLED * spans[moving]).all():
            yield i


def _rests_elsewhere(
    flow: Function,
    jacobian: Function,
    state: np.ndarray,
    directions: np.ndarray,
    scale: np.ndarray,
) -> bool:
    """Whether Newton's step leads far, and to a place where things rest (Deuflhard 1974)."""
    slopes = directions.T @ (jacobian(state[None])[0] * scale / scale[:, None]) @ directions
    inverse = directions @ np.linalg.pinv(slopes, rcond=SINGULAR) @ directions.T
    step = -inverse @ (flow(state[None])[0] / scale)
    next_step = inverse @ (flow((state + scale * step)[None])[0] / scale)
    way, next_way = np.abs(step).max(), np.abs(next_step).max()
    return bool(way > SETTLED and next_way < CONVERGES * way)


def _fastest(flow: Function, jacobian: Function, state: np.ndarray) -> float:
    """The fastest time scale of a state: of its Jacobian, or of its reactions."""
    speeds = np.abs(np.linalg.eigvals(jacobian(state[None])[0]))
    flows = np.abs(flow(state[None]))
    return float(1 / max(speeds.max(), flows.max() / max(state.max(), flows.max())))
