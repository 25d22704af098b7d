"""Where concentrations come to rest."""

import numpy as np

from ratelaw.errors import SolverError, UnsupportedError
from ratelaw.network import Network
from ratelaw.network.features import Feature
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate import MassAction, simulate

LATEST = 1e12
AT_REST = 1e-6
"""Change within a decade of time, in units of the largest amount."""


def steady_state(network: Network, method: MassAction) -> dict[str, float]:
    r"""The amounts that the initial ones lead to.

    Time grows by decades until nothing changes in two of them:

    .. math:: \max_i |n_i(10 t) - n_i(t)| \le 10^{-6} \max_i |n_i|

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
        For events and rates that depend on time.
    SolverError
        If there is no rest by time 10^12.

    Examples
    --------
    >>> from ratelaw import Network
    >>> network = Network.parse("0 --> A, 3\nA --> 0, 2")
    >>> round(steady_state(network, MassAction())["A"], 6)
    1.5
    """
    refuse_clock(network, "a steady state")
    end = 100.0
    while end <= LATEST:
        course = simulate(network, method, [end / 100, end / 10, end])["average"].values
        if (np.ptp(course, axis=0) <= AT_REST * max(np.abs(course).max(), AT_REST)).all():
            return dict(zip(network.species, course[-1].tolist(), strict=True))
        end *= 10
    moving = network.species[int(np.ptp(course, axis=0).argmax())]
    raise SolverError(f"no steady state by time {LATEST:g}: {moving!r} still changes")


def refuse_clock(network: Network, what: str) -> None:
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
