"""What is measured of which network: the data of `inference.py`, and the bounds of their rates."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

import ratelaw as rl
from ratelaw.learn.rates.design.information import inverse
from ratelaw.learn.rates.design.moment_slopes import moment_slopes
from ratelaw.learn.rates.moments.sampling import trajectory_covariance
from ratelaw.learn.rates.rate_problem import own_constants, with_free_constants
from ratelaw.simulate.master_equation.sensitivities import Projection
from ratelaw.simulate.master_equation.tangents import tangents
from ratelaw.simulate.results import moment_terms

CELLS = 300
TOLERANCE, RAREST = 1e-9, 1e-13
"""Probability that a bound may leave out in all, and of a state."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """A network that is known, and the times at which it is seen."""

    name: str
    network: rl.Network
    times: np.ndarray

    @cached_property
    def constants(self) -> np.ndarray:
        """Of the reactions, shape (M,)."""
        return own_constants(self.network)

    @cached_property
    def free(self) -> rl.Network:
        """With k1, k2, ... at these constants."""
        network = with_free_constants(self.network)
        return network.replace(
            parameters=dict(zip(network.parameters, self.constants, strict=True))
        )

    def moments(self, trajectories: int, seed: int) -> xr.Dataset:
        """Averages and covariances at time 0 and then, all trajectories at all times."""
        times = np.concatenate([[0.0], self.times])
        return rl.simulate(self.network, rl.Direct(), times, trajectories=trajectories, seed=seed)

    def snapshots(self, seed: int) -> rl.Snapshots:
        """Other cells at each time."""
        return self.cells_of(self.network, seed)

    def cells_of(self, network: rl.Network, seed: int) -> rl.Snapshots:
        """The same of another network."""
        total = CELLS * self.times.size
        times = np.concatenate([[0.0], self.times])
        run = rl.simulate(
            network, rl.Direct(), times, trajectories=total, seed=seed,
            record=[rl.RecordPaths(total)],
        )  # fmt: skip
        return rl.Snapshots.from_paths(run, count=CELLS)

    def bound_of_moments(self, trajectories: int, present: np.ndarray | None = None) -> np.ndarray:
        r"""The least covariance of rates by averages and covariances, shape (M, M).

        .. math:: (D^T \Sigma^{-1} D)^{-1}

        with their slopes D by the constants that are not known to be 0, and their exact sampling
        covariance Sigma.
        """
        size = len(moment_terms(len(self.network.species), 2))
        noise = trajectory_covariance(self.free, self.times).reshape((size * self.times.size,) * 2)
        slopes = moment_slopes(self.free, self.constants, self.times)[1][:, :size]
        slopes = slopes.reshape(-1, self.constants.size)
        scale = np.sqrt(np.diagonal(noise))
        factor = np.linalg.cholesky(noise / np.outer(scale, scale))
        whitened = np.linalg.solve(factor, slopes / scale[:, None])
        if present is not None:
            whitened[:, ~present] = 0.0
        return inverse(whitened.T @ whitened) / trajectories

    def bound_of_snapshots(self) -> np.ndarray:
        r"""The least covariance of rates by so many cells at each time, shape (M, M).

        .. math:: (N \sum_{t, n} \partial_k p_n\, \partial_k p_n^T / p_n)^{-1}
        """
        last = self.times[-1:]
        states = rl.MasterEquation(TOLERANCE).solve(self.free, last)["counts"].values
        projection = Projection(self.free, list(self.free.parameters), self.times, states)
        information = np.zeros((self.constants.size,) * 2)
        for p, slopes in zip(*tangents(projection, self.constants), strict=True):
            there = p > RAREST
            information += slopes[there].T @ (slopes[there] / p[there, None])
        return inverse(CELLS * information)


SPCM = Experiment("SPCM", rl.zoo.spcm(), np.arange(1.0, 21.0))
SPCM_SNAPSHOTS = Experiment("SPCM", rl.zoo.spcm(), np.array([2.0, 5.0, 10.0, 15.0, 20.0]))
TELEGRAPH = rl.Network.parse("""
    Off --> On,     0.3
    On --> Off,     0.6
    On --> On + M,  12
    M --> 0,        1
    Off(0) = 1
""")
SCHLOGL = rl.Network.parse("""
    2 X --> 3 X,  k1
    3 X --> 2 X,  k2
    0 --> X,      k3
    X --> 0,      k4
    k1 = 0.72
    k2 = 0.06
    k3 = 10
    k4 = 3
    X(0) = 12
""")
TOGGLE = rl.Network.parse("""
    G --> G + A,    4     # a promoter that makes both, and either holds for itself
    G --> G + B,    4
    GA --> GA + A,  4
    GB --> GB + B,  4
    G + A --> GA,   0.2
    GA --> G + A,   0.3
    G + B --> GB,   0.2
    GB --> G + B,   0.3
    A --> 0,        0.5
    B --> 0,        0.5
    G(0) = 1
""")
OTHERS = (
    Experiment("immigration-death", rl.zoo.birth_death(), np.array([0.5, 1.0, 2.0, 4.0, 8.0])),
    Experiment("telegraph, gene state seen", TELEGRAPH, np.array([0.5, 1.0, 2.0, 4.0, 8.0])),
    Experiment("dimerisation", rl.zoo.dimerisation(), np.array([0.25, 0.5, 1.0, 2.0, 5.0])),
    Experiment("Schlögl", SCHLOGL, np.array([0.2, 0.5, 1.0, 3.0, 10.0])),
    Experiment("toggle switch", TOGGLE, np.array([0.5, 1.0, 2.0, 5.0, 15.0])),
)
