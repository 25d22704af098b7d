"""Averages, covariances and higher central moments from moment equations."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ratelaw.arguments import expect_positive, expect_whole
from ratelaw.errors import SolverError
from ratelaw.network import Network
from ratelaw.network.features import Feature
from ratelaw.network.time_dependence import switch_times
from ratelaw.simulate.integrate import integrate
from ratelaw.simulate.method import Solver
from ratelaw.simulate.moments.closures import Closure, NormalClosure
from ratelaw.simulate.moments.derivation import derive_moment_equations, require_polynomials
from ratelaw.simulate.results import dataset, moment_labels, unstack_moments
from ratelaw.simulate.vector_field import network_field, rates_field

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Moments(Solver):
    """Averages, covariances and higher central moments of the copy numbers, without sampling.

    Exact where every propensity is linear in the copy numbers; otherwise closed by `closure`, and
    the attribute ``exact`` of the result is 0.

    Parameters
    ----------
    order
        Of the highest moments: 2 averages and covariances, from 3 on ``central_moments`` too.
    closure
        Supplies the central moments beyond `order`.
    rtol
        Relative tolerance of the ODE solver.

    Raises
    ------
    DataError
        If the order is not a whole number >= 2, or `rtol` not a number above 0.
    UnsupportedError
        If a propensity is not a polynomial in the copy numbers.
    SolverError
        If the closure broke down: a variance turned negative or the solution diverged.

    Notes
    -----
    Yang 2020, Eq. (13), for the SPCM.

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> results = simulate(zoo.birth_death(), Moments(), [0.0, 1.0])
    >>> bool(np.isclose(results["covariance"][1, 0, 0], results["average"][1, 0]))
    True
    """

    supports: ClassVar[frozenset[Feature]] = frozenset({Feature.TIME})
    order: int = 2
    _: KW_ONLY
    closure: Closure = field(default_factory=NormalClosure)
    rtol: float = 1e-9

    def __post_init__(self) -> None:
        expect_whole("order of Moments", self.order, 2)
        expect_positive("rtol", self.rtol, "1e-9")

    def require(self, network: Network) -> None:
        super().require(network)
        require_polynomials(network)
        network_field(network).equations.require_slopes()

    def solve(self, network: Network, times: np.ndarray) -> "xr.Dataset":
        equations = derive_moment_equations(network, self.closure, self.order)
        species = len(network.species)
        labels = moment_labels(network.species, self.order)
        start = np.zeros(len(labels))
        start[:species] = network.initial_counts
        rates = [rate.subs(network.values) for rate in equations.rates]
        flow = rates_field(rates, equations.moments)
        solution, evaluations = integrate(
            flow, start, times, rtol=self.rtol, atol=self.rtol, stops=switch_times(rates)
        )
        second = species * (species + 3) // 2
        average, covariance = unstack_moments(solution[:, :second], species)
        self._check(network, times, average, covariance)
        variables: dict[str, tuple[Sequence[str], np.ndarray]] = {
            "average": (["time", "species"], average),
            "covariance": (["time", "species", "species_"], covariance),
        }
        higher = {"central_moment": labels[second:]} if labels[second:] else {}
        if higher:
            variables["central_moments"] = (["time", "central_moment"], solution[:, second:])
        return dataset(
            network,
            self,
            times,
            variables,
            higher,
            exact=int(equations.exact),
            evaluations=evaluations,
        )

    def _check(
        self, network: Network, times: np.ndarray, average: np.ndarray, covariance: np.ndarray
    ) -> None:
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        for t, i in np.argwhere(variance < -1e-6 * (1 + average**2))[:1]:
            raise SolverError(
                f"the closure {self.closure!r} broke down: the variance of "
                f"{network.species[i]!r} is {variance[t, i]:.3g} at time {times[t]:g}; "
                f"use MasterEquation or Direct for this network"
            )
