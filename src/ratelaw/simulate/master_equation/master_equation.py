"""The chemical master equation by finite state projection."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.arguments import expect_number
from ratelaw.errors import DataError, SolverError
from ratelaw.network import Network
from ratelaw.simulate.master_equation.state_space import StateSpace
from ratelaw.simulate.master_equation.uniformisation import JumpProcess
from ratelaw.simulate.method import Solver
from ratelaw.simulate.results import dataset

if TYPE_CHECKING:
    import xarray as xr

SMALLEST_TOLERANCE = 1e-12
SERIES_SHARE = 0.01
"""The part of the tolerance left to the truncated series; the state space has the rest."""
FIRST_LAYERS = 8
GROWTH = 8
"""A space that leaks grows by a layer for every so many it has."""


@dataclass(frozen=True)
class MasterEquation(Solver):
    r"""Probabilities of all copy numbers, by finite state projection.

    .. math:: \dot p(n) = \sum_j p(n - u_j) \Phi_j(n - u_j) - p(n) \Phi_j(n)

    The states are those that carry probability: where more leaks out of them than its share of
    the tolerance, they grow there, and the step is taken again.

    Parameters
    ----------
    tolerance
        The most probability that may be lost over the whole run, from 1e-12 to 0.1.
    max_states
        The most states; a million of them take some 0.7 GB.
    max_work
        The most multiplications; 1e11 take some minutes.

    Returns
    -------
    ``probability`` is a lower bound for every state, and the states' missing sum, at most
    `tolerance`, is the attribute ``probability_lost``: it is the whole error, in the L1 norm, at
    the last time. ``average`` and ``covariance`` are those of the probability found, normalised.
    ``states`` counts the states.

    Raises
    ------
    ModelError
        If an initial count is not a whole number.
    SolverError
        If a propensity is negative or not finite, or the states or the work exceed their limits.

    Notes
    -----
    Yang 2020, Eq. (4); Munsky and Khammash 2006.

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> exact = simulate(zoo.birth_death(), MasterEquation(tolerance=1e-9), [0, 1])
    >>> exact["average"].sel(time=1).values.round(6)
    array([7.869387])
    """

    tolerance: float = 1e-6
    max_states: int = 1_000_000
    max_work: float = 2e11

    def __post_init__(self) -> None:
        expect_number("tolerance", self.tolerance, "1e-6")
        if not SMALLEST_TOLERANCE <= self.tolerance <= 0.1:  # noqa: PLR2004
            raise DataError(f"tolerance={self.tolerance}: choose one from 1e-12 to 0.1")

    def require(self, network: Network) -> None:
        super().require(network)
        network.require_molecules()

    def solve(self, network: Network, times: np.ndarray) -> "xr.Dataset":
        projection = _Projection(self, network, times[-1])
        found = [projection.advance(time) for time in times]
        inside = np.flatnonzero(~projection.space.boundary)
        probability = np.zeros((len(times), len(projection.space)))
        for row, values in zip(probability, found, strict=True):
            row[: len(values)] = values
        probability, counts = probability[:, inside], projection.space.counts[inside]
        average, covariance = _moments(probability, counts)
        return dataset(
            network,
            self,
            times,
            {
                "average": (["time", "species"], average),
                "covariance": (["time", "species", "species_"], covariance),
                "probability": (["snapshot", "state"], probability),
                "counts": (["state", "species"], counts),
            },
            {"snapshot": times},
            probability_lost=max(0.0, float(1 - probability[-1].sum())),
            states=len(counts),
        )


class _Projection:
    """A run under way: the states known, their probabilities and what has leaked."""

    def __init__(self, method: MasterEquation, network: Network, end: float) -> None:
        self._method = method
        self._end = end
        self._time = self._leaked = self._work = 0.0
        self._layers = 0
        self.space = StateSpace(network)
        self._probability = np.ones(1)
        self._grow(np.array([0]), FIRST_LAYERS)

    def advance(self, until: float) -> np.ndarray:
        """The probabilities of the states known at time `until`, shape (states,)."""
        while self._time < until:
            self._step(until)
        return self._probability

    def _step(self, until: float) -> None:
        """Go on, at most to `until`, or grow the space and stay."""
        self._check_work()
        remaining = until - self._time
        duration = self._process.step(remaining)
        finish = until if duration == remaining else self._time + duration
        share = self._method.tolerance / self._end
        after = self._process.propagate(
            self._probability, duration, SERIES_SHARE * share * duration
        )
        self._work += self._process.work(duration)
        edge = np.flatnonzero(self.space.boundary)
        leaked = self._leaked + after[edge].sum()
        if leaked <= (1 - SERIES_SHARE) * share * finish:
            after[edge] = 0.0
            self._probability, self._time, self._leaked = after, finish, leaked
            return
        if len(self.space) > self._method.max_states:
            raise SolverError(
                f"the state space has {len(self.space):,} states ({self.space.describe(edge)}), "
                f"more than max_states = {self._method.max_states:,}, and by time {finish:g} still "
                f"loses a probability of {leaked:.2g}; sample with Direct, use Moments, or allow "
                f"more states"
            )
        leaking = edge[after[edge] > share * duration / (10 * edge.size)]
        self._grow(leaking, max(FIRST_LAYERS // 2, self._layers // GROWTH))

    def _check_work(self) -> None:
        expected = self._work + self._process.work(self._end - self._time)
        if expected > self._method.max_work:
            raise SolverError(
                f"the master equation needs about {expected:.2g} multiplications for its "
                f"{len(self.space):,} states, more than max_work = {self._method.max_work:.2g}: "
                f"the network is too fast or too large; sample with Direct, or use Moments"
            )

    def _grow(self, states: np.ndarray, layers: int) -> None:
        self.space.grow(states, layers, self._method.max_states)
        self._layers += layers
        self._process = JumpProcess(*self.space.jumps, len(self.space))
        new = len(self.space) - len(self._probability)
        self._probability = np.pad(self._probability, (0, new))


def _moments(probability: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Averages (time, species) and covariances (time, species, species) of the states."""
    weights = probability / probability.sum(axis=1, keepdims=True)
    average = weights @ counts
    second = np.einsum("ts,si,sj->tij", weights, counts, counts, optimize=True)
    return average, second - average[:, :, None] * average[:, None, :]
