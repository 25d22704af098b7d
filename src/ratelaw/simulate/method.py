"""What a simulation method is: two contracts, one for solvers and one for samplers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ratelaw.network import Network
from ratelaw.network.features import Feature
from ratelaw.simulate.recorders.recorder import Recorder

if TYPE_CHECKING:
    import xarray as xr
    from distributed import Client


class Solver(ABC):
    """A method with one answer: the same network and times always give the same result."""

    supports: ClassVar[frozenset[Feature]] = frozenset()
    """What it can treat of what not every method can."""

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


class Sampler(ABC):
    """A method that draws trajectories: its results carry sampling error."""

    supports: ClassVar[frozenset[Feature]] = frozenset()
    """What it can treat of what not every method can."""

    @abstractmethod
    def sample(self, times: np.ndarray, ensemble: Ensemble) -> "xr.Dataset":
        """Results at `times`, bitwise the same for the same seed wherever the work is done."""
