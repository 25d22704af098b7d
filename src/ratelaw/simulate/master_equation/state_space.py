"""The states a network can reach, found where they are asked for."""

import numpy as np

from ratelaw.errors import ModelError, SolverError
from ratelaw.network import Network
from ratelaw.network.lowering import to_numpy


class StateSpace:
    """Interior states, whose jumps are known, and boundary states, where those jumps end.

    States are numbered in the order in which they were found, so that growing the space never
    renumbers one. The boundary is absorbing: what flows into it is what truncation loses.

    Parameters
    ----------
    network
        The network; state 0 is its initial state.
    max_states
        Growing beyond this many states is refused.

    Raises
    ------
    ModelError
        If an initial count is not a whole number.
    """

    def __init__(self, network: Network, max_states: int) -> None:
        for name, count in network.initial.items():
            if not count.is_integer():
                raise ModelError(
                    f"the initial count of {name!r} is {count:g}: the master equation counts "
                    f"molecules, give a whole number"
                )
        moving = network.stoichiometry.any(axis=0)
        self._network = network
        self._max_states = max_states
        self._reactions = np.flatnonzero(moving)
        self._changes = network.stoichiometry.T[moving]
        self._propensities = to_numpy(
            [network.propensities[j].subs(network.values) for j in self._reactions],
            network.symbols,
        )
        generator = np.random.default_rng(0)
        self._multipliers = generator.integers(2**63, size=len(network.species), dtype=np.int64) | 1
        self.counts = network.initial_counts.astype(np.int64)[None]
        self.interior = np.zeros(1, dtype=bool)
        self._hashes = self._hash(self.counts)
        self._order = np.zeros(1, dtype=np.int64)
        self._jumps: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def grow(self, states: np.ndarray, layers: int) -> None:
        """Make boundary `states` interior, then what is new beyond them, `layers` deep.

        Raises
        ------
        SolverError
            If a propensity is negative or not finite, or the space exceeds its limit; then
            what was grown so far stays.
        """
        for _ in range(layers):
            if not states.size:
                return
            known = len(self.counts)
            self._make_interior(states)
            states = np.arange(known, len(self.counts))

    def jumps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Target, origin and rate of every jump out of the interior, each of shape (jumps,)."""
        target, origin, rate = (np.concatenate(part) for part in zip(*self._jumps, strict=True))
        return target, origin, rate

    def ranges(self) -> str:
        """The copy numbers spanned by each species, widest first, for an error message."""
        low, high = self.counts.min(axis=0), self.counts.max(axis=0)
        widest = sorted(range(len(low)), key=lambda i: low[i] - high[i])
        return ", ".join(f"{self._network.species[i]} {low[i]}..{high[i]}" for i in widest[:5])

    def _make_interior(self, states: np.ndarray) -> None:
        counts = self.counts[states]
        rates = self._rates(counts)
        reaction, row = np.nonzero(rates)
        targets = counts[row] + self._changes[reaction]
        self._jumps.append((self._find_or_add(targets), states[row], rates[reaction, row]))
        self.interior[states] = True

    def _rates(self, counts: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            rates = self._propensities(counts.T.astype(float))
        for reaction, row in np.argwhere(~(np.isfinite(rates) & (rates >= 0)))[:1]:
            state = ", ".join(
                f"{name} = {count}"
                for name, count in zip(self._network.species, counts[row], strict=True)
            )
            raise SolverError(
                f"reaction '{self._network.reactions[self._reactions[reaction]]}': its propensity "
                f"is {rates[reaction, row]:g} at {state}; a rate must be finite and >= 0 wherever "
                f"the network goes"
            )
        return rates

    def _hash(self, counts: np.ndarray) -> np.ndarray:
        return counts @ self._multipliers

    def _find_or_add(self, targets: np.ndarray) -> np.ndarray:
        """Numbers of the target states, shape (targets,); unknown ones join the boundary."""
        hashes, first, inverse = np.unique(
            self._hash(targets), return_index=True, return_inverse=True
        )
        place = np.searchsorted(self._hashes, hashes)
        known = self._hashes[np.minimum(place, len(self._hashes) - 1)] == hashes
        numbers = np.empty(len(hashes), dtype=np.int64)
        numbers[known] = self._order[place[known]]
        new = np.arange((~known).sum()) + len(self.counts)
        numbers[~known] = new
        if len(self.counts) + len(new) > self._max_states:
            raise SolverError(f"the state space exceeds max_states = {self._max_states}")
        self._hashes = np.insert(self._hashes, place[~known], hashes[~known])
        self._order = np.insert(self._order, place[~known], new)
        self.counts = np.concatenate([self.counts, targets[first[~known]]])
        self.interior = np.concatenate([self.interior, np.zeros(len(new), dtype=bool)])
        found = numbers[inverse]
        if (self.counts[found] != targets).any():
            raise SolverError("two states share a hash: the state space is too large")
        return found
