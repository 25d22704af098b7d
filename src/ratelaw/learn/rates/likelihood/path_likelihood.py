"""Rates of candidate reactions by the likelihood of paths that were watched without a gap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.observed_paths import ObservedPaths
from ratelaw.learn.rates.criterion import Criterion, Estimate
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.likelihood.path_objective import (
    PathObjective,
    PathStatistics,
    statistics_of,
)
from ratelaw.learn.rates.rate_problem import with_free_constants
from ratelaw.network import Network


@dataclass(frozen=True)
class PathLikelihood(CriterionMethod):
    r"""Constants k >= 0 that make paths most likely of which every jump was seen.

    .. math:: \ln L(k) = \sum_{\text{jumps } u} \ln \sum_{j: u_j = u} k_j h_j(n)
        - \sum_j k_j \int h_j(n(t))\, dt, \qquad BIC = -2 \ln L + m \ln N

    with propensities k_j h_j(n), m reactions and N jumps. Which reaction made a jump need not be
    known: where one alone makes a change, k is how often it was seen over the integral; otherwise
    the concave problem is solved. Standard errors follow from the observed information.

    Notes
    -----
    Wilkinson, Stochastic Modelling for Systems Biology, 2018, Section 10.2; Schwarz 1978.

    Examples
    --------
    >>> from ratelaw import Direct, RecordEvents, fit_rates, simulate, zoo
    >>> record = [RecordEvents(50)]
    >>> run = simulate(zoo.birth_death(), Direct(), [9], trajectories=50, seed=1, record=record)
    >>> rates = fit_rates(zoo.birth_death(), ObservedPaths.from_events(run))
    >>> births = int((run["event_reaction"] == 0).sum())
    >>> bool(abs(rates.constants[0] - births / (50 * 9)) < 1e-9)
    True
    """

    @property
    def takes(self) -> tuple[type, ...]:
        return (ObservedPaths,)

    @property
    def source(self) -> str:
        return "the paths"

    def pose(self, candidates: Network, sets: Sequence[ObservedPaths]) -> "PathCriterion":
        network = with_free_constants(candidates)
        statistics = statistics_of(network, sets)
        first = dict(zip(sets[0].species, sets[0].rows.counts[0].tolist(), strict=True))
        return PathCriterion(network.replace(initial=first), statistics)


@dataclass(frozen=True, eq=False)
class PathCriterion(Criterion):
    """Candidates, and what the likelihood of the paths depends on."""

    network: Network
    statistics: PathStatistics

    @property
    def candidates(self) -> Network:
        return self.network

    @property
    def observations(self) -> int:
        """Jumps; one if none was seen."""
        return max(int(self.statistics.jumps.sum()), 1)

    @property
    def start(self) -> np.ndarray:
        """Each jump shared among the reactions that make it: exact where that is one."""
        data = self.statistics
        made = data.jumps @ data.shares
        return np.divide(made, data.exposure, out=np.zeros_like(made), where=made > 0)

    def design(self, estimate: Estimate) -> np.ndarray:  # noqa: ARG002
        """Shares of the jumps; exposures, together where reactions make the same change.

        A reaction that could have happened and made no jump is determined: it is 0.
        """
        data = self.statistics
        never = np.diag(((data.jumps @ data.shares == 0) & (data.exposure > 0)).astype(float))
        alike = np.unique(self.network.stoichiometry, axis=1, return_inverse=True)[1].reshape(-1)
        together = np.where(alike == np.arange(alike.size)[:, None], data.exposure, 0.0)
        largest = together.max(axis=1, keepdims=True)
        together = np.divide(together, largest, out=together, where=largest > 0)
        return np.vstack([data.shares, together, never])

    def parts(self, fitted: np.ndarray, constants: np.ndarray) -> list[PathObjective]:
        return [PathObjective(self.statistics, fitted, constants)]

    def beginning(self, fitted: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Where every jump is possible: with no fitted constant at 0 that may make one."""
        begin = np.where(fitted & (start <= 0), self.start, start)
        if not (self.statistics.shares @ begin > 0).all():
            raise DataError("some jumps are made by none of these reactions")
        return begin
