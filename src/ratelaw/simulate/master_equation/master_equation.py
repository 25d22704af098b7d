"""Probabilities of copy numbers: the master equation on a state space that finds its own size."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import ModelError, SolverError
from ratelaw.network import Network
from ratelaw.simulate.master_equation.state_space import StateSpace
from ratelaw.simulate.master_equation.uniformisation import LARGEST_STEP, fastest, propagate
from ratelaw.simulate.method import Solver
from ratelaw.simulate.results import dataset

if TYPE_CHECKING:
    import xarray as xr

GROWTH = 1.3
MARGIN = 12


@dataclass(frozen=True)
class MasterEquation(Solver):
    r"""Probabilities of all copy numbers, by finite state projection.

    .. math:: \dot p(n) = \sum_j p(n - u_j) \Phi_j(n - u_j) - p(n) \Phi_j(n)

    Copy numbers above a bound are cut off. Wherever more probability would leave through a bound
    than its share of the tolerance, the bound grows and the step is taken again, so the loss over
    the whole run stays below the tolerance.

    Parameters
    ----------
    tolerance
        Most probability that may be lost by truncation, over the whole run.
    max_states
        Most states; 2 million take about 1 GB.
    max_work
        Most multiplications; beyond it the network is too stiff for this method.

    Returns
    -------
    ``probability`` is a lower bound of every probability; its missing mass is the attribute
    ``probability_lost``. ``average`` and ``covariance`` are those of the probability that is left,
    normalised.

    Raises
    ------
    ModelError
        If an initial count is not a whole number.
    SolverError
        If the states or the work exceed their limits, or a propensity is negative.

    Notes
    -----
    Yang 2020, Eq. (4); Munsky and Khammash 2006.

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> exact = simulate(zoo.birth_death(), MasterEquation(), [0, 1])
    >>> exact.attrs["probability_lost"] < 1e-6
    True
    """

    tolerance: float = 1e-6
    max_states: int = 2_000_000
    max_work: float = 1e12

    def solve(self, network: Network, times: np.ndarray) -> "xr.Dataset":
        for name, count in network.initial.items():
            if not count.is_integer():
                raise ModelError(
                    f"the initial count of {name!r} is {count:g}: the master equation counts "
                    f"molecules, so it must be a whole number"
                )
        start = network.initial_counts.astype(np.int64)
        space = StateSpace.reached(network, start + MARGIN, start[None, :], self.max_states)
        p = np.zeros(len(space.states))
        p[space.locate(start)] = 1.0
        snapshots: list[tuple[StateSpace, np.ndarray]] = []
        now = work = 0.0
        for time in times:
            while now < time:
                space, p, now, cost = self._step(space, p, now, time, times[-1])
                work += cost
            snapshots.append((space, p))
        probability = np.zeros((len(times), len(space.states)))
        for row, (smaller, values) in zip(probability, snapshots, strict=True):
            row[space.locate(smaller.states)] = values
        return self._result(network, times, space, probability)

    def _step(
        self, space: StateSpace, p: np.ndarray, now: float, until: float, end: float
    ) -> tuple[StateSpace, np.ndarray, float, float]:
        """One accepted step: the space it needed, p and time after it, and the work."""
        work = 0.0
        while True:
            rate = fastest(space.generator)
            if rate * (end - now) * space.generator.nnz > self.max_work:
                raise SolverError(
                    f"the master equation needs about {rate * (end - now):.2g} steps on "
                    f"{len(space.states):,} states from time {now:g}: too stiff or too large; "
                    f"sample with Direct, or reduce the fast reactions"
                )
            span = min(until - now, LARGEST_STEP / rate if rate else np.inf)
            after = propagate(space.generator, p, span)
            work += rate * span * space.generator.nnz
            if p.sum() - after.sum() <= self.tolerance * span / end:
                finished = until if span == until - now else now + span
                return space, after, finished, work
            escaping = space.escapes @ after
            leaking = escaping > escaping.sum() / (2 * len(escaping))
            larger = space.grown(np.where(leaking, GROWTH, 1.0), self.max_states)
            moved = np.zeros(len(larger.states))
            moved[larger.locate(space.states)] = p
            space, p = larger, moved

    def _result(
        self, network: Network, times: np.ndarray, space: StateSpace, probability: np.ndarray
    ) -> "xr.Dataset":
        weights = probability / probability.sum(axis=1, keepdims=True)
        average = weights @ space.states
        second = np.einsum("ts,si,sj->tij", weights, space.states, space.states, optimize=True)
        return dataset(
            network,
            self,
            times,
            {
                "average": (["time", "species"], average),
                "covariance": (
                    ["time", "species", "species_"],
                    second - average[:, :, None] * average[:, None, :],
                ),
                "probability": (["snapshot", "state"], probability),
                "counts": (["state", "species"], space.states),
            },
            {"snapshot": times},
            probability_lost=float(max(1.0 - probability[-1].sum(), 0.0)),
            states=len(space.states),
        )
