"""The method that a network asks for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.network import Network
from ratelaw.simulate.method import Ensemble, Sampler
from ratelaw.simulate.ssa.composition_rejection import CompositionRejection
from ratelaw.simulate.ssa.direct import ON_LANES, Direct

if TYPE_CHECKING:
    import xarray as xr

BY_GROUPS = 5000
"""Reactions from which composition-rejection is quicker than a tree of sums, as measured."""


@dataclass(frozen=True)
class Automatic(Sampler):
    """Picks the quickest exact method for the size of the network, and says which and why.

    The result's attributes `chosen` and `why` tell.

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Automatic(), [0, 1], trajectories=9, seed=1)
    >>> cells.attrs["chosen"]
    'Direct()'
    """

    def sample(self, times: np.ndarray, ensemble: Ensemble) -> "xr.Dataset":
        method, why = self.choice(ensemble.networks[0])
        results = method.sample(times, ensemble)
        return results.assign_attrs(method=repr(self), chosen=repr(method), why=why)

    def choice(self, network: Network) -> tuple[Sampler, str]:
        """The method for a network, and the reason in words."""
        size = len(network.reactions)
        if size <= ON_LANES:
            return Direct(), f"{size} reactions fit 64 lanes in lockstep, up to {ON_LANES}"
        if size <= BY_GROUPS:
            return Direct(), (
                f"{size} reactions: a tree of partial sums is quickest from {ON_LANES} to "
                f"{BY_GROUPS}"
            )
        return CompositionRejection(), (
            f"{size} reactions: the cost of composition-rejection hardly grows with them, and is "
            f"lowest from {BY_GROUPS} on"
        )
