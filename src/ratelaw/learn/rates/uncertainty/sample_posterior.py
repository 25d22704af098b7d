"""Sampling of the posterior by NumPyro's no-U-turn sampler on the logarithms of the constants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ratelaw.errors import DataError, SolverError
from ratelaw.extras import require
from ratelaw.learn.rates.criterion import Criterion, Estimate
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.maximum_posterior import PosteriorCriterion, in_order
from ratelaw.learn.rates.priors import LogUniform, OnLogScale, Prior
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.scoring import Objective, total
from ratelaw.learn.rates.uncertainty.posterior import Posterior
from ratelaw.learn.rates.uncertainty.refit import as_chosen, posed

if TYPE_CHECKING:
    import jax

    from ratelaw.learn.rates.fit_rates import Data

RANGE = 1e3
"""Of constants without a prior: up and down from the estimate, all magnitudes alike."""
WIDEST = 10.0
"""Standard deviation of a logarithm, at most, that steps are scaled to."""
WARMUP = 60
"""Draws of each chain that only size its steps."""
PILOTS, FAR = 8, 3.5
"""Points, and how many standard deviations away, at which the likelihood must hold."""
HIGHEST = 8.0
"""Standard deviations of a logarithm above the centre at which the density is taken as 0: fast
reactions are dear, and steps that are too long would ask for any."""
SUSPECT = 7.0
"""The same, where a draw says that this cuts something off."""
FEWEST_DRAWS = 4


def sample_posterior(
    rates: Rates,
    data: "Data | Sequence[Data]",
    method: CriterionMethod | None = None,
    *,
    prior: Mapping[str, Prior] | None = None,
    draws: int = 250,
    chains: int = 4,
    seed: int = 0,
) -> Posterior:
    r"""Draw rate constants from their posterior.

    .. math:: p(k \mid y) \propto e^{-D(k) / 2} \prod_j p_j(k_j)

    Parameters
    ----------
    rates
        Which reactions are present, and where to begin.
    data, method
        From which they were estimated; the method of `fit_rates` unless told. Of moments the
        likelihood is that of normal ones.
    prior
        Reaction, ``"A --> 2 A"``, to the density of its constant. Others are log-uniform within a
        thousandth and a thousand of the estimate, which the result says.
    draws, chains
        How many, of each chain, from 4 on, after 60 that size its steps; and how many chains.
    seed
        Of all that is drawn.

    Returns
    -------
    The draws, what they are worth, and whether chains agree.

    Raises
    ------
    MissingPackageError
        Without NumPyro: the extra `posterior`.
    DataError
        If no reaction is present, a prior is of no present one, or draws are fewer than 4.
    SolverError
        If the states of the likelihood do not hold within some standard deviations.

    Notes
    -----
    Hoffman and Gelman 2014, on ln k, with the information as metric: some four gradients of the
    likelihood a draw. Gelman et al. 2013, Section 11.4, for R-hat and effective sizes.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> from ratelaw.learn import Gamma
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> rates = fit_rates(zoo.birth_death(), cells)
    >>> found = sample_posterior(rates, cells, prior={"0 --> A": Gamma(2, 0.1)}, draws=9, chains=1)
    >>> found.constants.shape
    (1, 9, 2)
    """
    require("numpyro", "to sample a posterior", extra="posterior")
    if draws < FEWEST_DRAWS or chains < 1:
        raise DataError(f"draws={draws}, chains={chains}: draw at least 4 by at least one chain")
    inner = posed(rates, as_chosen(data, method))
    priors = _priors(prior or {}, rates, inner)
    scaled = tuple(OnLogScale(one) if one else None for one in priors)
    criterion = PosteriorCriterion(inner, scaled)
    best = criterion.fit(rates.present, rates.constants)
    target = _Target(criterion, best)
    generator = np.random.default_rng(seed)
    target.hold(generator)
    return _posterior(target, priors, *_chains(target, draws, chains, generator))


def _priors(
    prior: Mapping[str, Prior], rates: Rates, criterion: Criterion
) -> tuple[Prior | None, ...]:
    given = in_order(prior, criterion.candidates)
    for reaction, one, there in zip(rates.candidates.reactions, given, rates.present, strict=True):
        if one and not there:
            raise DataError(f"a prior of '{reaction}', which is absent: nothing of it is drawn")
    return tuple(
        (one or LogUniform(k / RANGE, k * RANGE)) if there else None
        for one, k, there in zip(given, rates.constants.tolist(), rates.present, strict=True)
    )


@dataclass
class _Target:
    """The density that is sampled, of the logarithms u of present constants."""

    criterion: PosteriorCriterion
    best: Estimate

    def __post_init__(self) -> None:
        self.present = self.best.present
        self.parts: Sequence[Objective] = self.criterion.parts(self.present, self.best.constants)

    @cached_property
    def centre(self) -> np.ndarray:
        return np.log(self.best.constants[self.present])

    @cached_property
    def covariance(self) -> np.ndarray:
        """Of the normal distribution that is nearest, about."""
        k = np.exp(self.centre)
        inside = self.best.information[np.ix_(self.present, self.present)]
        return np.linalg.inv(np.outer(k, k) * inside + np.eye(k.size) / WIDEST**2)

    def normal(self, generator: np.random.Generator, count: int) -> np.ndarray:
        return generator.multivariate_normal(self.centre, self.covariance, size=count)

    def heights(self, u: np.ndarray) -> np.ndarray:
        """Of logarithms (..., P) above the centre, in standard deviations."""
        return (u - self.centre) / np.sqrt(np.diagonal(self.covariance))

    def hold(self, generator: np.random.Generator) -> None:
        """Parts that are right not only at the centre."""
        away = self.normal(generator, PILOTS) - self.centre
        lengths = np.sqrt(np.einsum("pi,ij,pj->p", away, np.linalg.inv(self.covariance), away))
        points = np.exp(self.centre + FAR * away / lengths[:, None])
        for _ in range(2):
            failing = ""
            for theta in points:
                trouble = self.criterion.shortcoming(self.parts, theta)
                if trouble:
                    failing, constants = trouble, self.best.constants.copy()
                    constants[self.present] = theta
                    self.parts = self.criterion.parts(self.present, constants)
            if not failing:
                return
        raise SolverError(f"at {FAR:g} standard deviations {failing}")

    def potential(self) -> "Any":  # noqa: ANN401
        """Minus the logarithm of the density, for JAX, though it is computed outside of it."""
        import jax

        def outside(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            k = np.exp(np.asarray(u))
            possible = np.isfinite(u).all() and (self.heights(np.asarray(u)) < HIGHEST).all()
            if not possible or self.parts[-1].value_and_gradient(k)[0] == -np.inf:
                return np.asarray(np.inf), np.zeros_like(k)
            value, gradient = total(self.parts, k)
            return np.asarray(-value), -gradient * k

        def both(u: "jax.Array") -> "tuple[jax.Array, jax.Array]":
            shapes = jax.ShapeDtypeStruct((), u.dtype), jax.ShapeDtypeStruct(u.shape, u.dtype)
            return jax.pure_callback(outside, shapes, u)

        potential = jax.custom_vjp(lambda u: both(u)[0])
        potential.defvjp(both, lambda gradient, cotangent: (cotangent * gradient,))
        return potential


def _chains(
    target: _Target, draws: int, chains: int, generator: np.random.Generator
) -> tuple[np.ndarray, int]:
    """The logarithms, shape (chains, draws, P), and how many steps diverged."""
    import jax

    jax.config.update("jax_enable_x64", True)  # noqa: FBT003
    from numpyro.infer import MCMC, NUTS

    kernel = NUTS(
        potential_fn=target.potential(),
        inverse_mass_matrix=jax.numpy.asarray(target.covariance),
        adapt_mass_matrix=False,
        dense_mass=True,
    )
    sampler = MCMC(kernel, num_warmup=WARMUP, num_samples=draws, progress_bar=False)
    drawn, divergences = [], 0
    for start in target.normal(generator, chains):
        key = jax.random.PRNGKey(int(generator.integers(2**31)))
        sampler.run(key, init_params=jax.numpy.asarray(start), extra_fields=("diverging",))
        drawn.append(np.asarray(sampler.get_samples()))
        divergences += int(np.sum(sampler.get_extra_fields()["diverging"]))
    return np.array(drawn), divergences


def _posterior(
    target: _Target, priors: tuple[Prior | None, ...], drawn: np.ndarray, divergences: int
) -> Posterior:
    from numpyro.diagnostics import effective_sample_size, split_gelman_rubin

    present = target.present
    highest = target.heights(drawn).max(axis=(0, 1))
    for place in np.flatnonzero(highest > SUSPECT)[:1]:
        reaction = target.criterion.candidates.reactions[np.flatnonzero(present)[place]]
        raise SolverError(
            f"the constant of '{reaction}' is hardly bounded above: a draw is {highest[place]:.1f} "
            f"standard deviations of its logarithm beyond the estimate; give it a narrower prior"
        )
    constants = np.zeros((*drawn.shape[:2], present.size))
    constants[..., present] = np.exp(drawn)
    sizes, ratios = np.full(present.size, np.nan), np.full(present.size, np.nan)
    sizes[present] = effective_sample_size(drawn)
    ratios[present] = split_gelman_rubin(drawn)
    return Posterior(
        target.criterion.candidates, constants, present, priors, sizes, ratios, divergences
    )
