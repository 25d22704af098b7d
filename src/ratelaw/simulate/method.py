"""What a simulation method is: two contracts, one for solvers and one for samplers."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.network import Network
from ratelaw.simulate.recorders import Recorder

if TYPE_CHECKING:
    import xarray as xr


class Solver(ABC):
    """A method with one answer: the same network and times always give the same result."""

    @abstractmethod
    def solve(self, network: Network, times: np.ndarray) -> "xr.Dataset":
        """Results at `times`, which are finite, increasing and >= 0; the state at 0 is given."""


@dataclass(frozen=True)
class Ensemble:
    """How many trajectories, from which seed, what is kept of them, on how many threads."""

    trajectories: int
    seed: int
    record: tuple[Recorder, ...]
    threads: int
    progress: bool


class Sampler(ABC):
    """A method that draws trajectories: its results carry sampling error."""

    @abstractmethod
    def sample(self, network: Network, times: np.ndarray, ensemble: Ensemble) -> "xr.Dataset":
        """Results at `times`, bitwise the same for the same seed on any number of threads."""
