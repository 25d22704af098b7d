"""A finite state space: the states that can be reached below a bound on each species."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.network import Network
from ratelaw.network.lowering import to_numpy

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class StateSpace:
    """States n with n_i <= bounds_i that the network reaches from its initial state.

    Attributes
    ----------
    network, bounds
        Copy numbers above `bounds`, shape (species,), are cut off.
    states
        Shape (state, species), ordered by their keys.
    """

    network: Network
    bounds: np.ndarray
    states: np.ndarray

    @classmethod
    def reached(
        cls, network: Network, bounds: np.ndarray, known: np.ndarray, most: int
    ) -> "StateSpace":
        """Every state reached from the `known` ones below the bounds.

        Raises
        ------
        SolverError
            If there are more than `most`.
        """
        propensities = to_numpy(_numeric(network), network.symbols)
        radices = _radices(bounds)
        frontier = known
        found = set((known @ radices).tolist())
        parts = [known]
        while len(frontier):
            rates = propensities(frontier.T)
            reached = np.concatenate(
                [
                    frontier[rates[j] > 0] + change
                    for j, change in enumerate(network.stoichiometry.T)
                ]
            )
            reached = reached[(reached <= bounds).all(axis=1)]
            keys, first = np.unique(reached @ radices, return_index=True)
            fresh = [
                i for key, i in zip(keys.tolist(), first.tolist(), strict=True) if key not in found
            ]
            frontier = reached[fresh]
            found.update((frontier @ radices).tolist())
            parts.append(frontier)
            if len(found) > most:
                tops = ", ".join(
                    f"{name} <= {bound}"
                    for name, bound in zip(network.species, bounds, strict=True)
                )
                raise SolverError(
                    f"the state space exceeds {most:,} states (with {tops}): sample with Direct, "
                    f"use Moments, or raise max_states"
                )
        states = np.concatenate(parts)
        return cls(network, bounds, states[np.argsort(states @ radices)])

    def grown(self, factors: np.ndarray, most: int) -> "StateSpace":
        """The space with bounds multiplied by the factors, and at least 4 more where they grow."""
        larger = np.where(
            factors > 1, np.maximum(self.bounds + 4, self.bounds * factors), self.bounds
        ).astype(np.int64)
        return StateSpace.reached(self.network, larger, self.states, most)

    def locate(self, states: np.ndarray) -> np.ndarray:
        """Positions of states that are in the space, shape (...)."""
        radices = _radices(self.bounds)
        return np.searchsorted(self.states @ radices, states @ radices)

    @cached_property
    def rates(self) -> np.ndarray:
        """Propensities in every state, shape (reactions, state).

        Raises
        ------
        SolverError
            If one is negative or not a number; the reaction and state are named.
        """
        rates = to_numpy(_numeric(self.network), self.network.symbols)(self.states.T)
        for j, s in np.argwhere(~(rates >= 0))[:1]:
            state = ", ".join(
                f"{name} = {count}"
                for name, count in zip(self.network.species, self.states[s], strict=True)
            )
            raise SolverError(
                f"reaction '{self.network.reactions[j]}': its propensity is {rates[j, s]:g} at "
                f"{state}; a rate law must be >= 0 at every count that can be reached"
            )
        return rates

    @cached_property
    def generator(self) -> "csr_array":
        """The matrix A of dp/dt = A p inside the space, shape (state, state)."""
        from scipy.sparse import coo_array

        size = len(self.states)
        here = np.arange(size)
        rows, columns, values = [here], [here], [-self.rates.sum(axis=0)]
        for rate, change in zip(self.rates, self.network.stoichiometry.T, strict=True):
            target = self.states + change
            stays = (rate > 0) & (target <= self.bounds).all(axis=1)
            rows.append(self.locate(target[stays]))
            columns.append(here[stays])
            values.append(rate[stays])
        entries = (np.concatenate(rows), np.concatenate(columns))
        return coo_array((np.concatenate(values), entries), shape=(size, size)).tocsr()

    @cached_property
    def escapes(self) -> np.ndarray:
        """Rate at which each state leaves through each species' bound, shape (species, state)."""
        escapes = np.zeros((len(self.bounds), len(self.states)))
        for rate, change in zip(self.rates, self.network.stoichiometry.T, strict=True):
            above = self.states + change > self.bounds
            first = above & (np.cumsum(above, axis=1) == 1)
            escapes += (rate[:, None] * first).T
        return escapes


def _numeric(network: Network) -> list:
    return [propensity.subs(network.values) for propensity in network.propensities]


def _radices(bounds: np.ndarray) -> np.ndarray:
    """Weights that give every state below the bounds a key of its own."""
    sizes = [int(bound) + 1 for bound in bounds]
    keys = 1
    for size in sizes:
        keys *= size
    if keys >= 2**63:
        raise SolverError(f"a box of {keys:.3g} states: too many species for the master equation")
    return np.cumprod([1, *sizes[:-1]], dtype=np.int64)
