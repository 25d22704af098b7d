"""Any method with a criterion, and what is known of some constants before the data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ratelaw.arguments import expect
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

    D is the deviance of the method. All priors count in every comparison of networks, that of a
    reaction left out by its density at 0: so the unit of time does not matter. A reaction is always
    present if that density is 0, as it is of `LogNormal`; where it is infinite, the density at the
    mean stands for it.

    Parameters
    ----------
    method
        `MaximumLikelihood()` or `JointMoments()`.
    prior
        Reaction, ``"A --> 2 A"``, to the density of its constant. Others are free.

    Raises
    ------
    DataError
        If the method minimises nothing, or a prior is none.

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

    def __post_init__(self) -> None:
        expect("method", self.method, CriterionMethod, "an object such as MaximumLikelihood()")
        expect("prior", self.prior, Mapping, 'one such as {"0 --> A": LogNormal(10.0, 0.5)}')

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
        If one is that of no candidate, or no `Prior`.
    """
    names = [str(reaction) for reaction in candidates.reactions]
    for name, density in prior.items():
        expect(f"the prior of '{name}'", density, Prior, "a density such as LogNormal(10.0, 0.5)")
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

    @property
    def needed(self) -> np.ndarray:
        """Those whose prior says so: its density is 0 without them."""
        impossible = [p is not None and p.log_density(0.0) == -np.inf for p in self.prior]
        return np.array(impossible) | self.data.needed

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        supports = np.array([prior.support if prior else (0.0, np.inf) for prior in self.prior])
        lower, upper = self.data.bounds
        return np.maximum(lower, supports[:, 0]), np.minimum(upper, supports[:, 1])

    def beginning(self, fitted: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Also where the priors' density is neither 0 nor infinite."""
        constants = self.data.beginning(fitted, start).copy()
        for j in np.flatnonzero(fitted):
            prior = self.prior[j]
            if prior and not np.isfinite(prior.log_density(constants[j])):
                constants[j] = prior.typical
        return constants

    def fit(self, fitted: np.ndarray, start: np.ndarray) -> Estimate:
        """Constants that are not fitted have their priors, too."""
        found = super().fit(fitted, start)
        held = self._log_density(np.where(fitted, np.nan, found.constants))
        return replace(found, deviance=found.deviance - 2 * held)

    def _log_density(self, constants: np.ndarray) -> float:
        """Of all constants but those that are NaN."""
        density = 0.0
        for prior, constant in zip(self.prior, constants.tolist(), strict=True):
            if prior and not np.isnan(constant):
                own = prior.log_density(constant)
                density += own if own < np.inf else prior.log_density(prior.typical)
        return density

    def design(self, estimate: Estimate) -> np.ndarray:
        known = self._known(estimate)
        return np.vstack([self.data.design(estimate), np.sqrt(known)])

    def parts(self, fitted: np.ndarray, constants: np.ndarray) -> list[Objective]:
        """A prior has no say beside a constant at which its density is infinite."""
        inside = [
            prior if prior and np.isfinite(prior.log_density(constant)) else None
            for prior, constant, free in zip(self.prior, constants.tolist(), fitted, strict=True)
            if free
        ]
        return [*self.data.parts(fitted, constants), PriorDensity(tuple(inside))]

    def shortcoming(self, parts: Sequence[Any], theta: np.ndarray) -> str:
        return self.data.shortcoming(parts[:-1], theta)

    def scatter(self, estimate: Estimate) -> np.ndarray:
        """A prior does not scatter."""
        information = estimate.information - self._known(estimate)
        return self.data.scatter(replace(estimate, information=information))

    def _known(self, estimate: Estimate) -> np.ndarray:
        """The information of the priors of fitted constants, shape (M, M)."""
        inside = [p if free else None for p, free in zip(self.prior, estimate.fitted, strict=True)]
        return PriorDensity(tuple(inside)).information(estimate.constants)

    def rates(self, estimate: Estimate) -> Rates:
        """How well it fits is said without the priors."""
        density = self._log_density(estimate.constants)
        return self.data.rates(replace(estimate, deviance=estimate.deviance + 2 * density))


@dataclass(frozen=True)
class PriorDensity:
    """The logarithm of independent densities as a part of a criterion."""

    priors: tuple[Prior | None, ...]

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = 0.0, np.zeros(theta.size)
        for j, (prior, constant) in enumerate(zip(self.priors, theta.tolist(), strict=True)):
            if prior:
                density = prior.log_density(constant)
                if not np.isfinite(density):
                    return -np.inf, np.zeros(theta.size)
                value += density
                gradient[j] = prior.slope(constant)
        return value, gradient

    def information(self, theta: np.ndarray) -> np.ndarray:
        return np.diag(
            [
                prior.information(constant)
                if prior and np.isfinite(prior.log_density(constant))
                else 0.0
                for prior, constant in zip(self.priors, theta.tolist(), strict=True)
            ]
        )
