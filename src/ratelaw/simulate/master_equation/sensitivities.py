"""Probabilities of a finite state projection, and gradients of whatever is computed from them."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.simulate.master_equation.uniformisation import poisson_weights

STEP = 200.0
"""Expected jumps of the fastest state in one step."""
ROOM = 2**23
"""Numbers that the powers of one step may take."""
TAIL = 1e-12
"""Probability that the series of one step may lack."""


class Projection:
    r"""A network on a fixed set of states, as a function of some of its parameters.

    .. math:: \dot p_n = \sum_j p_{n - u_j} \Phi_j(n - u_j; \theta) - p_n \Phi_j(n; \theta)

    Parameters
    ----------
    network
        Its parameters that are not free keep their values.
    free
        Names of the P parameters theta.
    times
        Shape (T,), increasing, >= 0.
    counts
        Shape (states, species), without repetition: what leads out of them is lost.

    Notes
    -----
    Munsky and Khammash 2006; the gradients are those of the uniformised series, by its adjoint.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> import numpy as np
    >>> process = Projection(zoo.birth_death(), ["k", "g"], np.array([1.0]), np.arange(60)[:, None])
    >>> transient = process(np.array([20.0, 0.5]))
    >>> mean = transient.pull_back(process.counts.T)  # how k and g move the average
    >>> mean.round(4)
    array([ 0.7869, -7.2163])
    """

    def __init__(
        self, network: Network, free: Sequence[str], times: np.ndarray, counts: np.ndarray
    ) -> None:
        self.times = times
        self.counts = counts[np.lexsort(counts.T[::-1])]
        symbols = [symbol(name) for name in free]
        fixed = {name: value for name, value in network.values.items() if name not in symbols}
        laws = [law.subs(fixed) for law in network.propensities]
        self.rates = to_numpy(laws, network.symbols, symbols)
        slopes = {
            (j, p): law.diff(name) for j, law in enumerate(laws) for p, name in enumerate(symbols)
        }
        self.slopes = {place: slope for place, slope in slopes.items() if slope != 0}
        self.slope = to_numpy([*self.slopes.values()], network.symbols, symbols)
        self.start = (self.counts == network.initial_molecules).all(axis=1).astype(float)
        self.runs = _runs(self.counts, network.stoichiometry.T)

    @cached_property
    def columns(self) -> np.ndarray:
        """The counts as numbers, shape (species, states)."""
        return self.counts.T.astype(float)

    def __call__(self, theta: np.ndarray) -> "Transient":
        """The course at these parameters, shape (P,)."""
        return Transient(self, np.asarray(theta, dtype=float))


class Transient:
    """Probabilities at the times, and what brings gradients back to the parameters.

    Attributes
    ----------
    probability
        Shape (T, states): lower bounds, whose missing sum is what was lost.
    """

    def __init__(self, projection: Projection, theta: np.ndarray) -> None:
        self._of = projection
        self._theta = theta
        rates = projection.rates(projection.columns, theta[:, None])
        leaving = rates.sum(axis=0)
        self._fastest = leaving.max(initial=0.0) or 1.0
        self._chance = rates / self._fastest
        self._stay = 1.0 - leaving / self._fastest
        self._steps = self._plan()
        self._starts: list[np.ndarray] = []
        self.probability = self._forward()

    def _plan(self) -> list[tuple[int, np.ndarray]]:
        """Of every step: the row of the time at which it ends, or -1, and its series."""
        longest = min(STEP, max(1.0, ROOM / (2 * self._stay.size))) / self._fastest
        plan: list[tuple[int, np.ndarray]] = []
        for row, span in enumerate(np.diff(self._of.times, prepend=0.0)):
            count = int(np.ceil(span / longest))
            series = poisson_weights(self._fastest * span / max(count, 1), TAIL)
            plan += [(-1, series)] * (count - 1) + [(row, series)] * (count > 0)
        return plan

    def _powers(self, start: np.ndarray, count: int) -> np.ndarray:
        from ratelaw.simulate.master_equation.adjoint import powers

        out = np.empty((count, start.size))
        powers(start, self._chance, self._stay, self._of.runs, out)
        return out

    def _forward(self) -> np.ndarray:
        from ratelaw.simulate.master_equation.adjoint import series_of_powers

        found = np.zeros((self._of.times.size, self._stay.size))
        p = self._of.start
        found[self._of.times == 0] = p
        for row, series in self._steps:
            self._starts.append(p)
            p = series_of_powers(series, p, self._chance, self._stay, self._of.runs)
            if row >= 0:
                found[row] = p
        return found

    def pull_back(self, weights: np.ndarray) -> np.ndarray:
        """The gradient of sum(weights * probability), shape (P,); weights: (T, states)."""
        from ratelaw.simulate.master_equation.adjoint import pull_back

        arrived, left = np.zeros(self._chance.shape), np.zeros(self._stay.size)
        adjoint = np.zeros(self._stay.size)
        for (row, series), start in zip(reversed(self._steps), reversed(self._starts), strict=True):
            if row >= 0:
                adjoint = adjoint + weights[row]
            course = self._powers(start, series.size)
            process = (self._chance, self._stay, self._of.runs)
            adjoint = pull_back(series, adjoint, course, *process, arrived, left)
        gradient = (arrived - left) / self._fastest
        slopes = self._of.slope(self._of.columns, self._theta[:, None])
        result = np.zeros(self._theta.size)
        for (j, p), slope in zip(self._of.slopes, slopes, strict=True):
            result[p] += gradient[j] @ slope
        return result


def _runs(counts: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """Jumps between the states, in order, as runs, shape (runs, 4).

    Reaction, first origin, first target, length: origins and targets go on one by one.
    """
    lowest = counts.min(axis=0) + changes.min(axis=0, initial=0)
    shape = counts.max(axis=0) + changes.max(axis=0, initial=0) - lowest + 1
    keys = np.ravel_multi_index(tuple((counts - lowest).T), tuple(shape))
    runs = []
    for j, change in enumerate(changes):
        wanted = np.ravel_multi_index(tuple((counts + change - lowest).T), tuple(shape))
        place = np.searchsorted(keys, wanted).clip(max=keys.size - 1)
        origins = np.flatnonzero(keys[place] == wanted)
        steps = np.diff(origins, prepend=-2), np.diff(place[origins], prepend=-2)
        firsts = np.flatnonzero((steps[0] != 1) | (steps[1] != 1))
        lengths = np.diff(np.append(firsts, origins.size))
        runs.append(
            np.stack([np.full(firsts.size, j), origins[firsts], place[origins[firsts]], lengths], 1)
        )
    return np.concatenate(runs).astype(np.uint64)
