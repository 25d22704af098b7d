"""What cells that begin in one state show, and its slopes by the rate constants."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.rates.design.moment_slopes import LARGEST_LINEAR, moment_slopes
from ratelaw.learn.rates.moments.linear_moments import is_linear
from ratelaw.network import Network
from ratelaw.simulate.master_equation import MasterEquation
from ratelaw.simulate.master_equation.sensitivities import Projection
from ratelaw.simulate.master_equation.tangents import steady_states, tangents
from ratelaw.simulate.results import moment_terms

TOLERANCE = 2e-12
"""Probability that the states may lose: the rarest weigh by their square root."""
MOST_SLOPES, MOST_WORK = 60_000, 2e9
"""States times constants, and multiplications, beyond which a network is too large for its whole
distribution: some ten seconds.
"""
RAREST = 1e-13
"""Probability of a state below which it is left out."""


@dataclass(frozen=True, eq=False)
class Slopes:
    """A network with free constants, at some values of them and some times.

    Attributes
    ----------
    network
        With constants k1, k2, ... at these values, and the initial state.
    times
        Shape (T,), above 0 and increasing; infinite for the steady state.
    observed
        The species that are seen.
    """

    network: Network
    times: np.ndarray
    observed: tuple[str, ...]

    @property
    def constants(self) -> np.ndarray:
        """Shape (M,)."""
        return np.array(list(self.network.parameters.values()))

    @property
    def is_linear(self) -> bool:
        """Whether each reaction consumes at most one molecule."""
        return is_linear(self.network)

    @property
    def terms(self) -> list[tuple[int, ...]]:
        """Species of each moment, numbered as in the network."""
        every = moment_terms(len(self.network.species), LARGEST_LINEAR)
        return [term for term in every if set(term) <= set(self._columns)]

    @cached_property
    def moments(self) -> np.ndarray:
        """Of the moments up to order three, in units of the spread, shape (T, moments, M)."""
        if not self.is_linear:
            return self._moments_of_distribution
        every = moment_terms(len(self.network.species), LARGEST_LINEAR)
        places = [every.index(term) for term in self.terms]
        _, spread = self._averages
        scale = np.stack([spread[:, list(term)].prod(axis=1) for term in self.terms], axis=1)
        return self._equations[1][:, places] / scale[:, :, None]

    @property
    def _moments_of_distribution(self) -> np.ndarray:
        """About averages that are held: with all lower orders beside them, they say the same."""
        probability, slopes = self._course
        counts = self._projection.columns.T
        average = probability @ counts
        spread = np.sqrt(np.maximum(probability @ counts**2 - average**2, 0.0) + 1.0)
        scaled = (counts - average[:, None]) / spread[:, None]
        features = [scaled[:, :, list(term)].prod(axis=2) for term in self.terms]
        return np.stack(features, axis=1) @ slopes

    @cached_property
    def scores(self) -> list[np.ndarray]:
        r"""Of the distribution at each time :math:`\partial_k p_n / \sqrt{p_n}`, (states, M).

        Their squares are the Fisher information of a cell.
        """
        return [
            slope[p > RAREST] / np.sqrt(p[p > RAREST])[:, None]
            for p, slope in zip(*self.distribution, strict=True)
        ]

    @property
    def distribution(self) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities of what is observed, and their slopes, shapes (T, S) and (T, S, M)."""
        from scipy.sparse import csr_array

        seen = self._projection.counts[:, self._columns]
        _, which = np.unique(seen, axis=0, return_inverse=True)
        states = np.arange(len(seen))
        sums = csr_array((np.ones(len(seen)), (which.reshape(-1), states)))
        probability, slopes = self._course
        return probability @ sums.T, np.array([sums @ slope for slope in slopes])

    @property
    def _most_states(self) -> int:
        return MOST_SLOPES // self.constants.size

    @property
    def _columns(self) -> list[int]:
        return [self.network.species.index(name) for name in self.observed]

    @cached_property
    def _course(self) -> tuple[np.ndarray, np.ndarray]:
        return tangents(self._projection, self.constants)

    @cached_property
    def _equations(self) -> tuple[np.ndarray, np.ndarray]:
        return moment_slopes(self.network, self.constants, self.times)

    @property
    def _averages(self) -> tuple[np.ndarray, np.ndarray]:
        """Of each species at each time, and by how much it spreads, at least one molecule."""
        values, species = self._equations[0], len(self.network.species)
        i, j = np.triu_indices(species)
        variance = values[:, species : species + i.size][:, i == j]
        return values[:, :species], np.sqrt(np.maximum(variance, 0.0) + 1.0)

    def _refuse_wide(self) -> None:
        """Before any state is looked for: what one species spans is a lower bound of the states."""
        average, spread = self._averages
        span = np.ptp([*average, self.network.initial_counts], axis=0) + spread.max(axis=0)
        if span.max() > self._most_states:
            name = self.network.species[int(span.argmax())]
            raise SolverError(
                f"{name!r} alone spans {span.max():,.0f} states, more than {self._most_states:,}"
            )

    @cached_property
    def _projection(self) -> Projection:
        if self.is_linear:
            self._refuse_wide()
        finite = self.times[np.isfinite(self.times)]
        found = []
        if finite.size:
            method = MasterEquation(TOLERANCE, self._most_states, MOST_WORK)
            found.append(method.solve(self.network, finite[-1:])["counts"].values)
        if finite.size < self.times.size:
            found.append(steady_states(self.network, RAREST, self._most_states))
        counts = np.unique(np.concatenate(found), axis=0)
        return Projection(self.network, list(self.network.parameters), self.times, counts)
