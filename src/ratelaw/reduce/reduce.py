"""The verb: one call for every reduction."""

from typing import TYPE_CHECKING

import numpy as np

from ratelaw.arguments import expect
from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.network.network import require_network
from ratelaw.reduce.horizon import settling_times
from ratelaw.reduce.method import Derivation, Learner
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.simulate import MassAction, simulate

if TYPE_CHECKING:
    import xarray as xr

EVEN = 401
"""Times of a network's own course, where a learner gets no data."""


def reduce(network: Network, method: Derivation | Learner, *data: "xr.Dataset") -> ReducedNetwork:
    """Reduce a network to its slow variables.

    Parameters
    ----------
    network
        The full network.
    method
        A derivation (`QuasiSteadyState`, `TotalQuasiSteadyState`, `PartialEquilibrium`) or a
        learner (`LearnedRational`).
    data
        For a learner: courses of all species, with `average` (time, species); without any, it
        learns from the network's own mass-action course, until that has settled.

    Returns
    -------
    The reduced network, with the fast species as functions of its variables.

    Raises
    ------
    ModelError
        If the fast species have no unique steady state, or nothing slow is left.
    DataError
        If the data do not determine what is to be learned.

    Examples
    --------
    >>> from ratelaw import QuasiSteadyState, reduce, zoo
    >>> small = reduce(zoo.gene_autoregulation(), QuasiSteadyState(["G", "GP", "GP2"]))
    >>> print(small.network.reactions[1])
    M --> M + P
    """
    require_network(network)
    network.require_only("a reduction")
    expect("method", method, (Derivation, Learner), "an object such as QuasiSteadyState(['C'])")
    if isinstance(method, Derivation):
        if data:
            raise DataError(f"{method!r} follows from the network alone: leave out the data")
        return method.derive(network)
    return method.learn(network, data or [_own_course(network)])


def _own_course(network: Network) -> "xr.Dataset":
    """The network's mass-action course at even times until it has settled."""
    times = np.linspace(0.0, settling_times(network)[-1], EVEN)
    return simulate(network, MassAction(), times)
