"""The states a network can reach, found where they are asked for."""

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.network import Network
from ratelaw.network.lowering import to_numpy


class StateSpace:
    """Interior states, whose jumps are known, and boundary states, where such jumps end.

    States are numbered in the order in which they are found, so that growing the space renumbers
    none; state 0 is the initial one, and at first it is the boundary.

    Raises
    ------
    ModelError
        If an initial count is not a whole number.
    """

    def __init__(self, network: Network) -> None:
        moving = np.flatnonzero(network.stoichiometry.any(axis=0))
        self._network = network
        self._reactions = [network.reactions[j] for j in moving]
        self._changes = network.stoichiometry.T[moving]
        self._propensities = to_numpy(
            [network.propensities[j].subs(network.values) for j in moving], network.symbols
        )
        self._multipliers = np.random.default_rng(0).integers(2**63, size=len(network.species))
        self.counts = network.initial_molecules[None]
        self.boundary = np.ones(1, dtype=bool)
        self._hashes = self.counts @ self._multipliers
        self._numbers = np.zeros(1, dtype=np.int64)
        self._jumps: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def jumps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Target, origin and rate of every jump out of the interior, each of shape (jumps,)."""
        target, origin, rate = map(np.concatenate, zip(*self._jumps, strict=True))
        return target, origin, rate

    def grow(self, states: np.ndarray, layers: int, most: int) -> None:
        """Make boundary `states` interior, and what is new beyond them, until `layers` are done.

        Raises
        ------
        SolverError
            If a propensity is negative or not finite; the reaction and the state are named.
        """
        for _ in range(layers):
            if not states.size or len(self) > most:
                return
            known = len(self)
            counts = self.counts[states]
            rates = self._rates(counts)
            reaction, row = np.nonzero(rates)
            targets = self._number(counts[row] + self._changes[reaction])
            self._jumps.append((targets, states[row], rates[reaction, row]))
            self.boundary[states] = False
            states = np.arange(known, len(self))

    def describe(self, states: np.ndarray) -> str:
        """The copy numbers that some states span, for an error message."""
        low, high = self.counts[states].min(axis=0), self.counts[states].max(axis=0)
        spans = zip(self._network.species, low, high, strict=True)
        return ", ".join(f"{name} {a}" if a == b else f"{name} {a}..{b}" for name, a, b in spans)

    def _rates(self, counts: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            rates = self._propensities(counts.T.astype(float))
        for reaction, row in np.argwhere(~(np.isfinite(rates) & (rates >= 0)))[:1]:
            state = zip(self._network.species, counts[row], strict=True)
            raise SolverError(
                f"reaction '{self._reactions[reaction]}': its propensity is "
                f"{rates[reaction, row]:g} at {', '.join(f'{name} = {n}' for name, n in state)}; "
                f"a rate must be finite and >= 0 wherever the network can go"
            )
        return rates

    def _number(self, targets: np.ndarray) -> np.ndarray:
        """The numbers of `targets`, shape (targets,); states never seen join the boundary."""
        hashes, first, inverse = np.unique(
            targets @ self._multipliers, return_index=True, return_inverse=True
        )
        place = np.searchsorted(self._hashes, hashes)
        new = self._hashes.take(place, mode="clip") != hashes
        added = len(self) + np.arange(new.sum())
        self._hashes = np.insert(self._hashes, place[new], hashes[new])
        self._numbers = np.insert(self._numbers, place[new], added)
        self.counts = np.concatenate([self.counts, targets[first[new]]])
        self.boundary = np.concatenate([self.boundary, np.ones(added.size, dtype=bool)])
        numbers = self._numbers[np.searchsorted(self._hashes, hashes)][inverse]
        if (self.counts[numbers] != targets).any():
            raise SolverError("two states share a hash: this state space cannot be numbered")
        return numbers
