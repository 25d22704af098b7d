"""Rates of candidate reactions by the likelihood of snapshots, and which are absent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ratelaw.arguments import expect_number
from ratelaw.errors import DataError, RatelawError
from ratelaw.learn.data.counting import ExactCounts
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.learn.rates.criterion import Criterion, Estimate
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.likelihood.increments import average_chances, rough_constants
from ratelaw.learn.rates.likelihood.snapshot_likelihood import (
    SnapshotLikelihood,
    require_same_species,
    states_of,
)
from ratelaw.learn.rates.moments.joint_moments import JointMoments
from ratelaw.learn.rates.moments.linear_moments import is_linear
from ratelaw.learn.rates.rate_problem import with_free_constants
from ratelaw.learn.rates.scoring import factor_of, total
from ratelaw.network import Network

LOOSE = 30.0
"""Times the tolerance: what the states may lose at other constants than those of the search."""
FLOOR = 0.01
"""Of the events of the most frequent reaction: where one begins that moments do not demand."""
FEW = 10
"""Cells for each constant: of fewer the information that is expected is taken."""
SMALLEST_TOLERANCE, LARGEST_TOLERANCE = 1e-10, 0.01


@dataclass(frozen=True)
class MaximumLikelihood(CriterionMethod):
    r"""Constants k >= 0 that make the snapshots most likely, without those that BIC does not want.

    .. math:: \hat k = \arg\max_{k \ge 0} \sum_s \ell_s(k), \qquad
        BIC = -2 \ell(\hat k) + m \ln N

    with m reactions and N cells. Standard errors follow from the empirical information, of
    the reactions that are present; where cells are fewer than ten a constant, and their molecules
    were counted exactly, from the expected one.

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

    tolerance: float = 1e-5

    def __post_init__(self) -> None:
        expect_number("tolerance", self.tolerance, "1e-6")
        if not SMALLEST_TOLERANCE <= self.tolerance <= LARGEST_TOLERANCE:
            raise DataError(f"tolerance={self.tolerance}: choose one from 1e-10 to 0.01")

    @property
    def takes(self) -> tuple[type, ...]:
        return (Snapshots,)

    @property
    def source(self) -> str:
        return "the cells"

    def screen(self, sets: Sequence[Snapshots]) -> JointMoments | None:
        """Moments, where they are those of the cells."""
        return JointMoments() if all(data.is_complete for data in sets) else None

    def pose(self, candidates: Network, sets: Sequence[Snapshots]) -> "LikelihoodCriterion":
        for data in sets:
            require_same_species(candidates, data)
        network = with_free_constants(candidates).replace(initial=sets[0].initial)
        return LikelihoodCriterion(network, tuple(sets), self.tolerance)


@dataclass(frozen=True, eq=False)
class LikelihoodCriterion(Criterion):
    """Candidates, data, and the states that are known to carry the probability of each set."""

    network: Network
    sets: tuple[Snapshots, ...]
    tolerance: float
    known: list[np.ndarray] = field(default_factory=list)

    @property
    def candidates(self) -> Network:
        return self.network

    @property
    def observations(self) -> int:
        return sum(data.total for data in self.sets)

    @property
    def start(self) -> np.ndarray:
        """From averages and covariances, as if every molecule of every cell had been counted.

        They are exact where the equations of moments are closed; else what the cells' own averages
        say may be nearer.
        """
        rough = self._raised(rough_constants(self.network, self.sets))
        try:
            counted = [replace(s, measurement=ExactCounts(), unseen=None) for s in self.sets]
            moments = JointMoments().pose(self.network, counted)
            everything = np.ones(rough.size, dtype=bool)
            found = self._raised(moments.fit(everything, moments.start).constants)
        except RatelawError:
            return rough
        return found if is_linear(self.network) else max(rough, found, key=self._value)

    def _raised(self, constants: np.ndarray) -> np.ndarray:
        """A search begins where every reaction happens, however rarely."""
        chances = average_chances(self.network, self.sets)
        chances[chances == 0] = 1.0
        return np.maximum(constants, FLOOR * (constants * chances).max() / chances)

    def _value(self, constants: np.ndarray) -> float:
        """The log-likelihood, minus infinity where cells are seen that hardly occur."""
        try:
            parts = replace(self, known=[]).parts(np.zeros(constants.size, dtype=bool), constants)
            return total(parts, np.empty(0))[0]
        except RatelawError:
            return -np.inf

    @property
    def saturated(self) -> float:
        r"""Of the frequencies themselves, :math:`\sum_{ty} c_{ty} \ln (c_{ty} / c_t)`."""
        groups = [cells for data in self.sets for cells in data.cells]
        return float(sum(cells @ np.log(cells / cells.sum()) for cells in groups))

    def design(self, estimate: Estimate) -> np.ndarray:
        return factor_of(estimate.information)

    def parts(self, fitted: np.ndarray, constants: np.ndarray) -> list[SnapshotLikelihood]:
        free = [name for name, there in zip(self.network.parameters, fitted, strict=True) if there]
        few = self.observations < FEW * len(free)
        return [
            SnapshotLikelihood(network, data, free, states, few)
            for network, data, states in zip(
                self._networks(constants), self.sets, self._states(constants), strict=True
            )
        ]

    def shortcoming(self, parts: Sequence[Any], theta: np.ndarray) -> str:
        """Too much of the probability leaves the states, which are then looked for anew."""
        lost = max(part.lost(theta) for part in parts)
        if lost < LOOSE * self.tolerance:
            return ""
        self.known.clear()
        return (
            f"{lost:.2g} of the probability leaves the states: give a larger tolerance than "
            f"{self.tolerance:g}, or fewer candidates"
        )

    def _states(self, constants: np.ndarray) -> list[np.ndarray]:
        """Of each data set, those known or those of these constants."""
        if not self.known:
            self.known.extend(
                states_of(network, data, self.tolerance)
                for network, data in zip(self._networks(constants), self.sets, strict=True)
            )
        return self.known

    def _networks(self, constants: np.ndarray) -> list[Network]:
        values = dict(zip(self.network.parameters, constants, strict=True))
        return [self.network.replace(parameters=values, initial=data.initial) for data in self.sets]
