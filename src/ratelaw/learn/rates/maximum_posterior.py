"""Any method with a criterion, and what is known of some constants before the data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.rates.criterion import Criterion, Estimate
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.priors import Prior
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.scoring import Objective
from ratelaw.network import Network


@dataclass(frozen=True)
class MaximumPosterior(CriterionMethod):
    r"""Constants k >= 0 at which the posterior density is largest.

    .. math:: \hat k = \arg\min_{k \ge 0} D(k) - 2 \sum_j \ln p_j(k_j)

    D is the deviance of the method. A prior is that of a constant whose reaction happens: absent
    ones have none.

    Parameters
    ----------
    method
        `MaximumLikelihood()` or `JointMoments()`.
    prior
        Reaction, ``"A --> 2 A"``, to the density of its constant. Others are free.

    Examples
    --------
    >>> from ratelaw import Direct, JointMoments, fit_rates, simulate, zoo
    >>> from ratelaw.learn import LogNormal
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=200, seed=1)
    >>> known = MaximumPosterior(JointMoments(), {"0 --> A": LogNormal(10.0, 0.01)})
    >>> rates = fit_rates(zoo.birth_death(), cells, known)
    >>> bool(abs(rates.constants[0] - 10) < 0.2 and rates.standard_errors[0] < 0.1)
    True
    """

    method: CriterionMethod
    prior: Mapping[str, Prior]

    @property
    def takes(self) -> tuple[type, ...]:
        return self.method.takes

    @property
    def source(self) -> str:
        return f"priors and {self.method.source}"

    def pose(self, candidates: Network, sets: Sequence[Any]) -> "PosteriorCriterion":
        criterion = self.method.pose(candidates, sets)
        return PosteriorCriterion(criterion, in_order(self.prior, criterion.candidates))


def in_order(prior: Mapping[str, Prior], candidates: Network) -> tuple[Prior | None, ...]:
    """The priors of all candidates; None where there is none.

    Raises
    ------
    DataError
        If one is that of no candidate.
    """
    names = [str(reaction) for reaction in candidates.reactions]
    for name in prior:
        if name not in names:
            raise DataError(f"a prior of '{name}', which is none of {', '.join(names)}")
    return tuple(prior.get(name) for name in names)


@dataclass(frozen=True, eq=False)
class PosteriorCriterion(Criterion):
    """The deviance of a criterion less twice the logarithm of the priors' density."""

    data: Criterion
    prior: tuple[Prior | None, ...]

    @property
    def candidates(self) -> Network:
        return self.data.candidates

    @property
    def observations(self) -> int:
        return self.data.observations

    @property
    def start(self) -> np.ndarray:
        return self.data.start

    @property
    def saturated(self) -> float:
        return self.data.saturated

    def design(self, estimate: Estimate) -> np.ndarray:
        known = PriorDensity(self.prior).information(estimate.constants)
        return np.vstack([self.data.design(estimate), np.sqrt(known)])

    def parts(self, fitted: np.ndarray, constants: np.ndarray) -> list[Objective]:
        """A prior that a search begins beside, at 0, has no say in it."""
        inside = [
            prior if constant > 0 else None
            for prior, constant, free in zip(self.prior, constants, fitted, strict=True)
            if free
        ]
        return [*self.data.parts(fitted, constants), PriorDensity(tuple(inside))]

    def shortcoming(self, parts: Sequence[Any], theta: np.ndarray) -> str:
        return self.data.shortcoming(parts[:-1], theta)

    def scatter(self, estimate: Estimate) -> np.ndarray:
        """A prior does not scatter."""
        known = PriorDensity(self.prior).information(estimate.constants)
        return self.data.scatter(replace(estimate, information=estimate.information - known))

    def rates(self, estimate: Estimate) -> Rates:
        """How well it fits is said without the priors."""
        present = estimate.fitted & estimate.present
        inside = [p if there else None for p, there in zip(self.prior, present, strict=True)]
        density, _ = PriorDensity(tuple(inside)).value_and_gradient(estimate.constants)
        return self.data.rates(replace(estimate, deviance=estimate.deviance + 2 * density))


@dataclass(frozen=True)
class PriorDensity:
    """The logarithm of independent densities as a part of a criterion."""

    priors: tuple[Prior | None, ...]

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = 0.0, np.zeros(theta.size)
        for j, (prior, constant) in enumerate(zip(self.priors, theta.tolist(), strict=True)):
            if prior and constant <= 0:
                return -np.inf, np.zeros(theta.size)
            if prior:
                value += prior.log_density(constant)
                gradient[j] = prior.slope(constant)
        return value, gradient

    def information(self, theta: np.ndarray) -> np.ndarray:
        return np.diag(
            [
                prior.information(constant) if prior and constant > 0 else 0.0
                for prior, constant in zip(self.priors, theta.tolist(), strict=True)
            ]
        )
