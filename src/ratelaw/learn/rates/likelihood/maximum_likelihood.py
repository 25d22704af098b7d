"""Rates of candidate reactions by the likelihood of snapshots, and which are absent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ratelaw.errors import DataError, RatelawError, SolverError
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.learn.rates.identifiability import rank, require_identifiable
from ratelaw.learn.rates.likelihood.fisher_scoring import factor_of, maximise
from ratelaw.learn.rates.likelihood.increments import rough_constants
from ratelaw.learn.rates.likelihood.snapshot_likelihood import (
    SnapshotLikelihood,
    require_same_species,
    states_of,
)
from ratelaw.learn.rates.moments.joint_moments import JointMoments
from ratelaw.learn.rates.moments.snapshot_moments import snapshot_moments
from ratelaw.learn.rates.rate_problem import RateMethod, with_free_constants
from ratelaw.learn.rates.rates import Rates
from ratelaw.network import Network

DOUBTFUL = 3.0
"""Standard errors from 0 below which a reaction is tried without."""
LOOSE = 30.0
"""Times the tolerance: what the states may lose at other constants than those of the search."""
ROUNDS = 6
"""Times that the states are looked for anew."""
FLOOR = 0.01
"""Of the largest constant: where a reaction begins that moments do not demand."""
SMALLEST_TOLERANCE, LARGEST_TOLERANCE = 1e-10, 0.01


@dataclass(frozen=True)
class MaximumLikelihood(RateMethod):
    r"""Constants k >= 0 that make the snapshots most likely, without those that BIC does not want.

    .. math:: \hat k = \arg\max_{k \ge 0} \sum_s \ell_s(k), \qquad
        BIC = -2 \ell(\hat k) + m \ln N

    with m reactions and N cells. Standard errors follow from the empirical information, of
    the reactions that are present.

    Parameters
    ----------
    tolerance
        Probability that the states may lose, from 1e-10 to 0.01.

    Raises
    ------
    DataError
        For another tolerance.

    Notes
    -----
    Schwarz 1978; Self and Liang 1987 (constants at the boundary).

    Examples
    --------
    >>> from ratelaw import Direct, RecordPaths, fit_rates, simulate, zoo
    >>> record = [RecordPaths(900)]
    >>> run = simulate(
    ...     zoo.birth_death(), Direct(), [0, 1, 3, 9], trajectories=900, seed=1, record=record
    ... )
    >>> rates = fit_rates(zoo.birth_death(), Snapshots.from_paths(run, count=300))
    >>> bool(abs(rates.constants[0] - 10) < 4 * rates.standard_errors[0])
    True
    """

    tolerance: float = 1e-6

    def __post_init__(self) -> None:
        if not SMALLEST_TOLERANCE <= self.tolerance <= LARGEST_TOLERANCE:
            raise DataError(f"tolerance={self.tolerance}: choose one from 1e-10 to 0.01")

    @property
    def takes(self) -> type:
        return Snapshots

    def estimate(self, candidates: Network, sets: Sequence[Snapshots]) -> Rates:
        for data in sets:
            require_same_species(candidates, data)
        network = with_free_constants(candidates).replace(initial=sets[0].initial)
        problem = _Problem(network, tuple(sets), self.tolerance)
        start = _start(network, sets)
        everything = np.ones(start.size, dtype=bool)
        free = problem.fit(everything, start)
        factor = factor_of(free.information)
        require_identifiable(factor, [str(reaction) for reaction in network.reactions], "the cells")
        determined = rank(factor)
        best = free.without_zeros
        while (weakest := best.weakest) is not None:
            active = best.active.copy()
            active[weakest] = False
            if not active.any():
                break
            smaller = problem.fit(active, best.constants)
            if smaller.bic(problem.cells) > best.bic(problem.cells):
                break
            best = smaller.without_zeros
        return best.as_rates(network, determined, free.as_rates(network, determined))


@dataclass(frozen=True)
class _Estimate:
    active: np.ndarray
    constants: np.ndarray
    information: np.ndarray
    """Shape (M, M), 0 of constants that were not fitted."""
    log_likelihood: float

    @property
    def covariance(self) -> np.ndarray:
        """The inverse of the information on the constants above 0; 0 elsewhere."""
        inside = np.ix_(self.constants > 0, self.constants > 0)
        full = np.zeros_like(self.information)
        full[inside] = np.linalg.pinv(self.information[inside], hermitian=True)
        return full

    def bic(self, cells: int) -> float:
        return -2 * self.log_likelihood + int(self.active.sum()) * np.log(cells)

    @property
    def without_zeros(self) -> "_Estimate":
        """The same without the reactions whose constant is 0: nothing else would change."""
        return replace(self, active=self.active & (self.constants > 0))

    @property
    def weakest(self) -> int | None:
        """The reaction with the least evidence, if it is little."""
        errors = np.sqrt(np.diagonal(self.covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(self.active, self.constants / errors, np.inf)
        weakest = int(np.argmin(ratio))
        return weakest if ratio[weakest] < DOUBTFUL else None

    def as_rates(self, candidates: Network, determined: int, free: Rates | None = None) -> Rates:
        return Rates(
            candidates=candidates,
            constants=self.constants,
            covariance=self.covariance,
            present=self.constants > 0,
            chi_square=None,
            degrees_of_freedom=None,
            rank=determined,
            log_likelihood=self.log_likelihood,
            free=free,
        )


@dataclass(frozen=True)
class _Problem:
    """Candidates, data, and the states that are known to carry the probability of each set."""

    network: Network
    sets: tuple[Snapshots, ...]
    tolerance: float
    known: list[np.ndarray] = field(default_factory=list)

    @property
    def cells(self) -> int:
        return sum(data.total for data in self.sets)

    def fit(self, active: np.ndarray, start: np.ndarray) -> _Estimate:
        """Maximise over the active constants; the states are looked for anew where they lose."""
        constants = np.where(active, np.maximum(start, 0.0), 0.0)
        names = np.array(list(self.network.parameters))
        for _ in range(ROUNDS):
            parts = [
                SnapshotLikelihood(network, data, list(names[active]), states)
                for network, data, states in zip(
                    self._networks(constants), self.sets, self.states(constants), strict=True
                )
            ]
            constants[active], value, found = maximise(parts, constants[active])
            lost = max(part.lost(constants[active]) for part in parts)
            if lost < LOOSE * self.tolerance:
                information = np.zeros((active.size, active.size))
                information[np.ix_(active, active)] = found
                return _Estimate(active, constants, information, value)
            self.known.clear()
        raise SolverError(
            f"states were looked for {ROUNDS} times, and {lost:.2g} of the probability still "
            f"leaves them: give a larger tolerance than {self.tolerance:g}, or fewer candidates"
        )

    def states(self, constants: np.ndarray) -> list[np.ndarray]:
        """Of each data set, those known or those of these constants."""
        if not self.known:
            networks = self._networks(constants)
            self.known.extend(
                states_of(network, data, self.tolerance)
                for network, data in zip(networks, self.sets, strict=True)
            )
        return self.known

    def _networks(self, constants: np.ndarray) -> list[Network]:
        values = dict(zip(self.network.parameters, constants, strict=True))
        return [self.network.replace(parameters=values, initial=data.initial) for data in self.sets]


def _start(network: Network, sets: Sequence[Snapshots]) -> np.ndarray:
    """From averages and covariances, as if every molecule had been counted."""
    try:
        moments = [snapshot_moments(data) for data in sets]
        constants = JointMoments().estimate(network, moments).constants
    except RatelawError:
        constants = rough_constants(network, sets)
    return np.maximum(constants, FLOOR * constants.max())
