"""Rates by the master equation's likelihood of snapshots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.counting import ExactCounts
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.network import Network
from ratelaw.network.condition import condition_of
from ratelaw.network.lowering import to_numpy
from ratelaw.simulate.master_equation.likely_states import likely_states
from ratelaw.simulate.master_equation.sensitivities import Projection, Transient

SMALLEST = 1e-300
"""Of a probability whose logarithm is taken."""
STEP, LEAST = 1e-6, 1e-4
"""Of a parameter, or of that part of the value at which its reaction alone would be as fast as all
together, to differentiate what a single cell says."""
LEAKING = 10.0
"""Times the tolerance: what may be lost in the end, where probability comes and goes often."""
LEAST_CHANCE = 1e-11
"""Of a state that counts in the expected information."""
RAREST = 1e-11
"""Probability that may be lost where states are looked for hardest."""


def require_same_species(network: Network, data: Snapshots) -> None:
    """Refuse cells of other species than the network's; a DataError names both."""
    if set(network.species) != set(data.species):
        raise DataError(
            f"the cells hold {', '.join(data.species)}, the network {', '.join(network.species)}"
        )


def states_of(network: Network, data: Snapshots, tolerance: float) -> np.ndarray:
    """States on which a network explains every cell and loses little probability.

    Parameters
    ----------
    network
        With the parameters at which it is asked.
    data
        Snapshots of its species.
    tolerance
        The most probability that may be lost; less is, where cells show rarer states.

    Returns
    -------
    Shape (states, species).

    Raises
    ------
    DataError
        If the species differ, a cell shows what the network does not reach, or what is not seen:
        time, cell and initial state are named.
    """
    require_same_species(network, data)
    order = [data.species.index(name) for name in network.species]
    exact = isinstance(data.measurement, ExactCounts)
    if exact:
        _require_seen(network, data, order)
    seen = np.unique(np.concatenate(data.observed), axis=0)[:, order][: None if exact else 0]
    most = LEAKING * tolerance
    while True:
        states = likely_states(network, data.times, seen, tolerance)
        likelihood = SnapshotLikelihood(network, data, [], states)
        probability = likelihood.projection(np.empty(0)).probability
        missed = [
            (time, rows[(chances @ p) <= SMALLEST])
            for time, rows, chances, p in zip(
                data.times, data.observed, likelihood.chances, probability, strict=True
            )
        ]
        unexplained = [(time, rows[0]) for time, rows in missed if len(rows)]
        leaking = likelihood.lost(np.empty(0)) > most
        if not unexplained and (tolerance <= RAREST or not leaking):
            return states
        if tolerance <= RAREST:
            time, row = unexplained[0]
            start = np.array([network.initial[name] for name in data.species])
            raise DataError(
                f"a cell shows {_described(data, row)} at time {time:g}, which these reactions do "
                f"not reach from {_described(data, start)}: is a reaction missing, or the count "
                f"wrong?"
            )
        tolerance = max(tolerance * 1e-3, RAREST)


@dataclass(frozen=True, eq=False)
class SnapshotLikelihood:
    r"""The log-likelihood of snapshots as a function of some parameters of a network.

    .. math:: \ell(\theta) = \sum_{t, y} c_{ty} \ln
        \frac{\sum_n s(n)\, M(y \mid n)\, p_n(t; \theta)}{\sum_n s(n)\, p_n(t; \theta)}

    with c cells that showed y at t, M the model of measurement, and s(n) 0 in unseen states, else
    1; p solves the master equation on the states that carry probability, and its gradient is exact
    there.

    Parameters
    ----------
    network
        Its parameters that are not free keep their values.
    data
        Snapshots of its species.
    free
        Names of the P parameters theta.
    states
        Shape (states, species), of `states_of`: what leads out of them is lost.
    expected
        Whether its information is the expected one, where molecules are counted exactly: what cells
        tell of themselves vanishes at the maximum where they are few.

    Notes
    -----
    Munsky and Khammash 2006; Fox, Neuert and Munsky 2016.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> data = Snapshots.of_cells([1.0, 1.0], [[7], [9]], ["A"], {"A": 0})
    >>> network = zoo.birth_death()
    >>> likelihood = SnapshotLikelihood(network, data, ["k"], states_of(network, data, 1e-6))
    >>> value, gradient = likelihood.value_and_gradient(np.array([10.0]))
    >>> round(value, 4), gradient.round(4)  # of a Poisson distribution of mean 0.3935 k / 0.5
    (-4.0581, array([0.0261]))
    """

    network: Network
    data: Snapshots
    free: Sequence[str]
    states: np.ndarray
    expected: bool = False

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood, and its gradient, shape (P,)."""
        transient = self._course(theta.tobytes())
        value, weights = 0.0, np.zeros_like(transient.probability)
        for row, (p, chances, cells) in enumerate(
            zip(transient.probability, self.chances, self.data.cells, strict=True)
        ):
            observed = np.maximum(chances @ p, SMALLEST)
            seen = self.seen @ p
            if seen <= 0:  # all probability has left the states
                return -np.inf, np.zeros(theta.size)
            value += cells @ np.log(observed) - cells.sum() * np.log(seen)
            weights[row] = (cells / observed) @ chances - cells.sum() / seen * self.seen
        return float(value), transient.pull_back(weights)

    def information(self, theta: np.ndarray) -> np.ndarray:
        r"""The empirical information :math:`\sum_{ty} c_{ty} s_{ty} s_{ty}^T`, shape (P, P).

        s is the gradient of the logarithm of the chance to see y at t. The expected one has the
        chance times the number of cells in the place of c.
        """
        if self.expected and isinstance(self.data.measurement, ExactCounts):
            logarithms = self._logarithms_of_states
            cells = np.repeat([c.sum() for c in self.data.cells], self.seen.size)
            chances = np.exp(logarithms(theta))
            weights = np.where(chances > LEAST_CHANCE, cells * chances, 0.0)
        else:
            logarithms = self._logarithms
            weights = np.concatenate(self.data.cells).astype(float)
        steps = STEP * np.maximum(np.abs(theta), LEAST * self._values_of_the_fastest(theta))
        here = logarithms(theta)
        moved = [logarithms(theta + row) for row in np.diag(steps)]
        scores = (np.array(moved) - here).T / steps
        return (scores.T * weights) @ scores

    def _values_of_the_fastest(self, theta: np.ndarray) -> np.ndarray:
        """For each parameter the value at which its reaction alone is as fast as all together.

        They are in the units of the parameters, and at least one event happens until the last time.
        """
        process, values = self.projection, theta[:, None]
        fastest = process.rates(process.columns, values).sum(axis=0).max(initial=0.0)
        largest = np.zeros(theta.size)
        slopes = process.slope(process.columns, values)
        for (_, p), slope in zip(process.slopes, slopes, strict=True):
            largest[p] = max(largest[p], np.abs(slope).max())
        largest[largest == 0] = 1.0
        return max(fastest, 1 / self.data.times[-1]) / largest

    def _logarithms(self, theta: np.ndarray) -> np.ndarray:
        """Of the chance of everything that was seen, all times after each other."""
        probability = self._course(theta.tobytes()).probability
        return np.concatenate(
            [
                np.log(np.maximum(chances @ p, SMALLEST) / (self.seen @ p))
                for chances, p in zip(self.chances, probability, strict=True)
            ]
        )

    def _logarithms_of_states(self, theta: np.ndarray) -> np.ndarray:
        """Of the chance of every state, which counts if it may be seen."""
        probability = self._course(theta.tobytes()).probability
        return np.concatenate(
            [np.log(np.maximum(self.seen * p / (self.seen @ p), SMALLEST)) for p in probability]
        )

    def lost(self, theta: np.ndarray) -> float:
        """The probability that has left the states by the last time."""
        return float(1 - self._course(theta.tobytes()).probability[-1].sum())

    @cached_property
    def _course(self) -> Callable[[bytes], Transient]:
        """Of the last parameters: their likelihood, information and loss are asked one by one."""
        return lru_cache(maxsize=1)(lambda theta: self.projection(np.frombuffer(theta)))

    @cached_property
    def projection(self) -> Projection:
        """The network on the states."""
        return Projection(self.network, self.free, self.data.times, self.states)

    @cached_property
    def chances(self) -> list[np.ndarray]:
        """For each time s M, shape (K, states)."""
        order = [self.network.species.index(name) for name in self.data.species]
        states = self.projection.counts[:, order]
        return [
            self.seen * self.data.measurement.chances(rows, states) for rows in self.data.observed
        ]

    @cached_property
    def seen(self) -> np.ndarray:
        """For each state whether a cell in it is seen, shape (states,)."""
        return is_seen(self.network, self.data, self.projection.columns)


def is_seen(network: Network, data: Snapshots, columns: np.ndarray) -> np.ndarray:
    """1 where a cell is seen, 0 where not, of states as columns of the network's species."""
    if data.unseen is None:
        return np.ones(columns.shape[1])
    condition = condition_of(data.unseen, network)
    return 1.0 - to_numpy([condition.subs(network.values)], network.symbols)(columns)[0]


def _require_seen(network: Network, data: Snapshots, order: Sequence[int]) -> None:
    """Refuse cells whose molecules were all counted, in a state that is not seen."""
    for time, rows in zip(data.times, data.observed, strict=True):
        seen = is_seen(network, data, rows[:, order].T.astype(float))
        for row in rows[seen == 0][:1]:
            raise DataError(
                f"a cell shows {_described(data, row)} at time {time:g}, though cells with "
                f"{data.unseen} are said to be unseen: leave it out, or say unseen=None"
            )


def _described(data: Snapshots, counts: np.ndarray) -> str:
    return ", ".join(f"{n} = {c:g}" for n, c in zip(data.species, counts, strict=True))
