"""Where concentrations come to rest."""

import numpy as np

from ratelaw.errors import SolverError, UnsupportedError
from ratelaw.network import Network
from ratelaw.network.features import Feature
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate.mass_action import MassAction
from ratelaw.simulate.simulate import simulate
from ratelaw.simulate.vector_field import network_field

LATEST = 1e12
AT_REST = 1e-6
"""Change within a decade of time, in units of the largest amount."""
LIFETIMES = 20
"""Of the slowest mode, after which nothing is left of it."""
CONSERVED = 1e-12
"""Modes slower than this, in units of the fastest, are conserved totals."""


def steady_state(network: Network, method: MassAction) -> dict[str, float]:
    r"""The amounts that the initial ones lead to.

    Time grows by decades until nothing has changed in two of them,

    .. math:: \max_i |n_i(10 t) - n_i(t)| \le 10^{-6} \max_i |n_i|

    and the slowest mode of the Jacobian there has lived 20 times, or the time is 10^12.

    Parameters
    ----------
    network
        Without events, and with rates that do not depend on time.
    method
        Its tolerances.

    Returns
    -------
    Amounts by species.

    Raises
    ------
    UnsupportedError
        For events and rates that depend on time, or that have no derivative.
    SolverError
        If there is no rest by time 10^12.

    Examples
    --------
    >>> from ratelaw import Network
    >>> network = Network.parse("0 --> A, 3\nA --> 0, 2")
    >>> round(steady_state(network, MassAction())["A"], 6)
    1.5
    """
    refuse_time_and_events(network, "a steady state")
    field = network_field(network)
    field.equations.require_slopes()
    size = max(np.abs(network.initial_counts).max(), AT_REST)
    end = 100.0
    while end <= LATEST:
        course = simulate(network, method, [end / 100, end / 10, end])["average"].values
        moved = np.ptp(course, axis=0)
        if (moved <= AT_REST * max(np.abs(course).max(), size)).all():
            jacobian = field.finite_jacobian(course[-1] / network.volume)
            if end == LATEST or has_relaxed(jacobian, end):
                return dict(zip(network.species, course[-1].tolist(), strict=True))
        end *= 10
    moving = network.species[int(moved.argmax())]
    raise SolverError(f"no steady state by time {LATEST:g}: {moving!r} still changes")


def has_relaxed(jacobian: np.ndarray, time: float) -> bool:
    """Whether nothing is left of the slowest mode after some time."""
    rates = np.abs(np.linalg.eigvals(jacobian))
    slowest = rates[rates > CONSERVED * rates.max(initial=0.0)].min(initial=np.inf)
    return bool(slowest * time >= LIFETIMES)


def refuse_time_and_events(network: Network, what: str) -> None:
    """Refuse events, and rates that depend on time.

    Raises
    ------
    UnsupportedError
        Naming the first.
    """
    network.require_only(what, {Feature.RATES, Feature.NO_REACTIONS})
    for name, rate in network.rates.items():
        if TIME in rate.free_symbols:
            raise UnsupportedError(f"{name}' depends on time, which {what} cannot treat")
