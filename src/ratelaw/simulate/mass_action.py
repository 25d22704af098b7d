"""Mass action: the deterministic limit of many molecules."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.network import Network
from ratelaw.network.time_dependence import TIME, inputs_at
from ratelaw.simulate.integrate import integrate, right_hand_side
from ratelaw.simulate.method import Solver
from ratelaw.simulate.results import dataset

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class MassAction(Solver):
    r"""Concentrations in Kurtz's limit of a large volume.

    .. math:: \dot c_i = \sum_j U_{ij} \phi_j(c), \qquad c(0) = n(0)/V

    Parameters
    ----------
    rtol
        Relative tolerance of the ODE solver.
    atol
        Absolute tolerance, as a fraction of the largest initial concentration; from an empty state,
        of what could flow in.

    Returns
    -------
    ``average`` holds V c, in molecules, so that it overlays the other scales.

    Raises
    ------
    SolverError
        If the solution cannot be continued to the last time.

    Notes
    -----
    Yang 2020, Eq. (8); Kurtz 1972.

    Examples
    --------
    >>> from ratelaw import Network, simulate
    >>> decay = Network.parse("A --> 0, 1", initial={"A": 100})
    >>> simulate(decay, MassAction(), [0, 1])["average"].values.round(4)
    array([[100.    ], [ 36.7879]])
    """

    rtol: float = 1e-8
    atol: float = 1e-10

    def solve(self, network: Network, times: np.ndarray) -> "xr.Dataset":
        start = network.initial_counts / network.volume
        rates = [rate.subs(network.values) for rate in network.rate_equations]
        at_start = tuple(inputs_at(rate, 0.0).subs(TIME, 0) for rate in rates)
        flow, _ = right_hand_side(at_start, network.symbols)
        size = start.max() or np.abs(flow(start)).max() * times[-1] or 1.0
        concentrations, evaluations = integrate(
            rates,
            network.symbols,
            start,
            times,
            rtol=self.rtol,
            atol=self.atol * size,
        )
        return dataset(
            network,
            self,
            times,
            {"average": (["time", "species"], network.volume * concentrations)},
            evaluations=evaluations,
        )
