"""The method that a network asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ratelaw.arguments import expect_fraction
from ratelaw.errors import SolverError
from ratelaw.network import Network
from ratelaw.network.features import Feature
from ratelaw.simulate.mass_action import MassAction
from ratelaw.simulate.method import Ensemble, Sampler
from ratelaw.simulate.ssa.direct import Direct
from ratelaw.simulate.ssa.lanes import LANES, ON_LANES
from ratelaw.simulate.ssa.tau_leaping import TauLeaping

if TYPE_CHECKING:
    import xarray as xr

MEASURED = 10_000
"""Reactions up to which a tree of sums was measured to be the quickest beyond lanes."""
IN_LEAPS = 3000
"""Copies of every reactant from which leaps are quicker than lanes, as measured."""


@dataclass(frozen=True)
class Automatic(Sampler):
    """Picks the quickest method for the size of the network and its copy numbers; says which.

    Exact, unless an `epsilon` is given: then `TauLeaping` is taken where every reactant has at
    least `IN_LEAPS` copies at all times of the result, by mass action.

    The result's attributes `chosen` and `why` tell.

    Parameters
    ----------
    epsilon
        By which fraction propensities may change in a leap, between 0 and 1; None: no leaps.

    Raises
    ------
    DataError
        If `epsilon` is not between 0 and 1.

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Automatic(), [0, 1], trajectories=9, seed=1)
    >>> cells.attrs["chosen"]
    'Direct()'
    """

    supports: ClassVar[frozenset[Feature]] = Direct.supports
    epsilon: float | None = None

    def __post_init__(self) -> None:
        if self.epsilon is not None:
            expect_fraction("epsilon", self.epsilon, "0.03")

    def require(self, network: Network) -> None:
        super().require(network)
        Direct().require(network)

    def sample(self, times: np.ndarray, ensemble: Ensemble) -> "xr.Dataset":
        method, why = self.choice(ensemble.networks, times)
        results = method.sample(times, ensemble)
        return results.assign_attrs(method=repr(self), chosen=repr(method), why=why)

    def choice(self, networks: Sequence[Network], times: np.ndarray) -> tuple[Sampler, str]:
        """The method for networks of one structure, and the reason in words."""
        size = len(networks[0].reactions)
        if networks[0].events:
            return Direct(), "the network has events, which Direct treats exactly"
        if self.epsilon is not None:
            fewest = min(_fewest_reactants(network, times) for network in networks)
            if fewest >= IN_LEAPS:
                return TauLeaping(self.epsilon), (
                    f"a reactant has {fewest:.0f} copies or more: leaps pay from {IN_LEAPS}"
                )
        if size <= ON_LANES:
            return Direct(), f"{size} reactions fit {LANES} lanes in lockstep, up to {ON_LANES}"
        return Direct(), (
            f"{size} reactions: a tree of partial sums is quickest from {ON_LANES} to {MEASURED} "
            f"at least"
        )


def _fewest_reactants(network: Network, times: np.ndarray) -> float:
    """The lowest count, by mass action at the times, of a species that a propensity depends on."""
    if network.depends_on_time:
        return 0.0
    reactants = set().union(*(law.free_symbols for law in network.propensities))
    rows = [i for i, symbol in enumerate(network.symbols) if symbol in reactants]
    try:
        course = MassAction().solve(network, np.union1d(0.0, times))["average"].values
    except SolverError:
        return 0.0
    return float(course[:, rows].min(initial=np.inf))
