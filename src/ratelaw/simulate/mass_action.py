"""Mass action: the deterministic limit of many molecules."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ratelaw.arguments import expect_positive
from ratelaw.network import Network
from ratelaw.network.features import EVERYTHING, Feature
from ratelaw.simulate.integrate import integrate
from ratelaw.simulate.method import Solver
from ratelaw.simulate.results import dataset
from ratelaw.simulate.sizes import variable_sizes
from ratelaw.simulate.switching import integrate_events, require_durations
from ratelaw.simulate.vector_field import network_field

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class MassAction(Solver):
    r"""Concentrations in Kurtz's limit of a large volume.

    .. math:: \dot c_i = \sum_j U_{ij} \phi_j(c) + r_i(c, t), \qquad c(0) = n(0)/V

    with the network's `rates` r, and its events.

    Parameters
    ----------
    rtol
        Relative tolerance of the ODE solver.
    atol
        Absolute tolerance, as a fraction of each initial concentration; where that is 0, of what
        flows in until the first time asked for, or of the smallest of the others if that is less;
        of no less than 1e-12 of the largest.

    Returns
    -------
    ``average`` holds V c, in molecules, so that it overlays the other scales.

    Raises
    ------
    DataError
        If a tolerance is not a number above 0.
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

    supports: ClassVar[frozenset[Feature]] = EVERYTHING
    rtol: float = 1e-8
    atol: float = 1e-10

    def __post_init__(self) -> None:
        expect_positive("rtol", self.rtol, "1e-8")
        expect_positive("atol", self.atol, "1e-10")

    def require(self, network: Network) -> None:
        super().require(network)
        require_durations(network)

    def solve(self, network: Network, times: np.ndarray) -> "xr.Dataset":
        start = network.initial_counts / network.volume
        field = network_field(network)
        atol = self.atol * variable_sizes(field, start, times)
        if network.driven or field.equations.has_switches:
            concentrations, evaluations = integrate_events(
                network, times, rtol=self.rtol, atol=atol
            )
        else:
            concentrations, evaluations = integrate(field, start, times, rtol=self.rtol, atol=atol)
        average = network.volume * concentrations
        if not network.events:
            average[times == 0.0] = network.initial_counts  # V (n/V) may round
        return dataset(
            network,
            self,
            times,
            {"average": (["time", "species"], average)},
            evaluations=evaluations,
        )
