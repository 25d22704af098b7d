"""Rates of candidate reactions by the likelihood of snapshots, and which are absent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ratelaw.errors import DataError, RatelawError
from ratelaw.learn.joint_moments import JointMoments
from ratelaw.learn.rate_problem import RateMethod, with_free_constants
from ratelaw.learn.rates import Rates
from ratelaw.learn.snapshot_likelihood import SnapshotLikelihood, states_of
from ratelaw.learn.snapshot_moments import snapshot_moments
from ratelaw.learn.snapshots import Snapshots
from ratelaw.network import Network

DOUBTFUL = 3.0
"""Standard errors from 0 below which a reaction is tried without."""
LOOSE = 30.0
"""Times the tolerance: what the states may lose at other constants than those of the search."""
ROUNDS = 6
"""Times that the states are looked for anew."""
FLOOR = 0.01
"""Of the largest constant: where a reaction begins that moments do not demand."""
ITERATIONS, HALVINGS = 40, 12
GAIN = 1e-6
"""In log-likelihood, that one more step promises, at which it ends."""
RIDGE = 1e-10
"""Of directions of which the cells say nothing."""


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
        Probability that the states may lose.

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

    def estimate(self, candidates: Network, sets: Sequence[Snapshots]) -> Rates:
        network = with_free_constants(candidates)
        problem = _Problem(network, tuple(sets), self.tolerance)
        start = _start(network, sets)
        everything = np.ones(start.size, dtype=bool)
        free = problem.fit(everything, start)
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
        return best.as_rates(network, free.as_rates(network))


@dataclass(frozen=True)
class _Estimate:
    active: np.ndarray
    constants: np.ndarray
    covariance: np.ndarray
    log_likelihood: float

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

    def as_rates(self, candidates: Network, free: Rates | None = None) -> Rates:
        return Rates(
            candidates=candidates,
            constants=self.constants,
            covariance=self.covariance,
            present=self.active,
            chi_square=np.nan,
            degrees_of_freedom=0,
            rank=self.active.size,
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
            constants[active], value, information = _maximise(parts, constants[active])
            if max(part.lost(constants[active]) for part in parts) < LOOSE * self.tolerance:
                break
            self.known.clear()
        return _Estimate(active, constants, _covariance(information, constants, active), value)

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


def _total(parts: Sequence[SnapshotLikelihood], theta: np.ndarray) -> tuple[float, np.ndarray]:
    values, gradients = zip(*(part.value_and_gradient(theta) for part in parts), strict=True)
    return sum(values), np.sum(gradients, axis=0)


def _maximise(
    parts: Sequence[SnapshotLikelihood], start: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray]:
    r"""Fisher scoring over theta >= 0: where it ends, the log-likelihood, the information.

    .. math:: \theta' = \arg\max_{\theta' \ge 0} g^T (\theta' - \theta)
        - \tfrac12 (\theta' - \theta)^T I (\theta' - \theta)
    """
    from scipy.optimize import lsq_linear

    theta = start
    value, gradient = _total(parts, theta)
    for _ in range(ITERATIONS):
        information = np.sum([part.information(theta) for part in parts], axis=0)
        scale = np.sqrt(np.maximum(np.diagonal(information), np.finfo(float).tiny))
        scaled = information / np.outer(scale, scale) + RIDGE * np.eye(theta.size)
        factor = np.linalg.cholesky(scaled).T
        aim = factor @ (theta * scale) + np.linalg.solve(factor.T, gradient / scale)
        step = lsq_linear(factor, aim, bounds=(0, np.inf), method="bvls").x / scale - theta
        if gradient @ step < GAIN:
            break
        for _ in range(HALVINGS):
            after, slope = _total(parts, theta + step)
            if after > value:
                break
            step = step / 2
        else:
            break
        theta, value, gradient = theta + step, after, slope
    return theta, value, information


def _start(network: Network, sets: Sequence[Snapshots]) -> np.ndarray:
    """From averages and covariances, as if every molecule had been counted."""
    for data in sets:
        if not isinstance(data, Snapshots):
            raise DataError(f"MaximumLikelihood takes Snapshots, not {type(data).__name__}")
    try:
        moments = [snapshot_moments(data) for data in sets]
        rates = JointMoments().estimate(network, moments)
    except RatelawError:
        return np.ones(len(network.reactions))
    return np.maximum(rates.constants, FLOOR * rates.constants.max())


def _covariance(information: np.ndarray, constants: np.ndarray, active: np.ndarray) -> np.ndarray:
    """The inverse of the information on the constants above 0; 0 elsewhere."""
    inside = active & (constants > 0)
    kept = inside[active]
    full = np.zeros((active.size, active.size))
    full[np.ix_(inside, inside)] = np.linalg.pinv(information[np.ix_(kept, kept)], hermitian=True)
    return full
