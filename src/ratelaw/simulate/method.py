"""What a simulation method is: what it refuses, and a contract for solvers and one for samplers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ratelaw.errors import ModelError, UnsupportedError
from ratelaw.network import Network
from ratelaw.network.features import Feature
from ratelaw.simulate.recorders.recorder import Recorder

if TYPE_CHECKING:
    import xarray as xr
    from distributed import Client


class Method:
    """A way to simulate, that can say without running whether it takes a network."""

    supports: ClassVar[frozenset[Feature]] = frozenset()
    """What it can treat of what not every method can."""

    def require(self, network: Network) -> None:
        """Refuse a network that it cannot treat.

        Raises
        ------
        UnsupportedError
            Naming the first reaction, rate or event that it cannot treat.
        ModelError
            If it counts molecules and an initial count is not a whole number.
        """
        network.require_only(type(self).__name__, self.supports)

    def refusal(self, network: Network) -> str | None:
        """Why it cannot treat a network; None if it can."""
        try:
            self.require(network)
        except (ModelError, UnsupportedError) as error:
            return str(error)
        return None


class Solver(Method, ABC):
    """A method with one answer: the same network and times always give the same result.

    It names in `supports` what it can treat of a network's `features`, and returns
    `results.dataset`, in copy numbers. `mass_action.py` is the shortest example.
    """

    @abstractmethod
    def solve(self, network: Network, times: np.ndarray) -> "xr.Dataset":
        """Results at `times`, which are finite, increasing and >= 0; the state at 0 is given."""


@dataclass(frozen=True)
class Ensemble:
    """What is drawn, what is kept of it, and where the work is done.

    Attributes
    ----------
    networks
        One a parameter set: the same reactions, other values.
    swept
        Which values: name to one number a parameter set; empty where there is a single set.
    trajectories, seed
        How many a parameter set.
    record
        What is kept.
    threads
        How many, where there is no cluster.
    cluster
        A client of dask.distributed, or None.
    checkpoint
        The folder of finished work, or None.
    progress
        Whether it is shown.
    """

    networks: tuple[Network, ...]
    swept: Mapping[str, np.ndarray]
    trajectories: int
    seed: int
    record: tuple[Recorder, ...]
    threads: int
    cluster: "Client | None"
    checkpoint: Path | None
    progress: bool


class Sampler(Method, ABC):
    """A method that draws trajectories: its results carry sampling error."""

    def require(self, network: Network) -> None:
        super().require(network)
        network.require_molecules()

    @abstractmethod
    def sample(self, times: np.ndarray, ensemble: Ensemble) -> "xr.Dataset":
        """Results at `times`, bitwise the same for the same seed wherever the work is done."""
