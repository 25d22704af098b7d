"""Rate constants of candidate reactions, with their uncertainty."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.network.expression import parse_expression, symbol


@dataclass(frozen=True)
class Rates:
    """The rate constants k_j of M candidate reactions, with their uncertainty.

    Attributes
    ----------
    candidates
        The network whose reactions were fitted; constant j is called kj, from k1.
    constants
        Shape (M,); 0 where a reaction was found absent. Unit: volume^(order - 1) per unit time.
    covariance
        Shape (M, M), given the reactions that are present.
    present
        Shape (M,): which reactions the data demand.
    chi_square, degrees_of_freedom
        Quality of the fit against the sampling noise; None where a likelihood was maximised.
    log_likelihood
        Of the data, where it was maximised; else None.
    fit_probability
        Of a larger chi-square, if the reactions are right (Hansen's J test); None without one.
    rank
        How many combinations of the M constants the data determine; None where it was not asked.
    free
        The fit with every reaction present and no constant held at zero or above (of a likelihood
        all are, and those at 0 count as absent); None if this is that fit.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> fit_rates(zoo.birth_death(), cells).to_network().species
    ('A',)
    """

    candidates: Network
    constants: np.ndarray
    covariance: np.ndarray
    present: np.ndarray
    chi_square: float | None
    degrees_of_freedom: int | None
    rank: int | None = None
    log_likelihood: float | None = None
    fit_probability: float | None = None
    free: "Rates | None" = None

    @property
    def all_free(self) -> "Rates":
        """The fit before absent reactions were removed."""
        return self.free or self

    @property
    def standard_errors(self) -> np.ndarray:
        """Of the constants, shape (M,); NaN where a reaction is absent."""
        errors = np.sqrt(np.diagonal(self.covariance))
        return np.where(self.present, errors, np.nan)

    def draws(self, count: int, seed: int) -> np.ndarray:
        """Constants as uncertain as these, shape (count, M): normal, but none below 0."""
        generator = np.random.default_rng(seed)
        drawn = generator.multivariate_normal(
            self.constants, self.covariance, size=count, method="eigh"
        )
        return np.where(self.present, np.maximum(drawn, 0.0), 0.0)

    def derive(self, expressions: Mapping[str, str]) -> dict[str, tuple[float, float]]:
        r"""Values and standard errors of functions of the constants, by the delta method.

        .. math:: Var f = \nabla f^T\, Cov\, \nabla f

        Parameters
        ----------
        expressions
            Name to expression in k1, k2, ..., for example ``{"lam": "k1 + k2 + k3"}``.

        Raises
        ------
        ModelError
            If an expression cannot be read.
        DataError
            If it names something else than the constants.
        """
        names = constant_symbols(len(self.constants))
        point = dict(zip(names, self.constants, strict=True))
        derived = {}
        for name, text in expressions.items():
            expression = parse_expression(text)
            unknown = expression.free_symbols - set(names)
            if unknown:
                raise DataError(f"{name!r}: {unknown.pop()} is not one of k1 to k{len(names)}")
            slope = np.array([float(sp.diff(expression, k).subs(point)) for k in names])
            error = float(np.sqrt(slope @ self.covariance @ slope))
            derived[name] = (float(expression.subs(point)), error)
        return derived

    def to_network(self) -> Network:
        """The network of the reactions that are present, with their rates, from the data's start.

        Raises
        ------
        DataError
            If no reaction is present.
        """
        if not self.present.any():
            raise DataError("no reaction is present: there is no network to build")
        kept = np.flatnonzero(self.present)
        reactions = [self.candidates.reactions[j] for j in kept]
        values = {f"k{j + 1}": max(float(self.constants[j]), 0.0) for j in kept}
        return Network(reactions, values, self.candidates.initial, self.candidates.volume)

    def __str__(self) -> str:
        width = max(len(str(reaction)) for reaction in self.candidates.reactions)
        rows = [
            f"{reaction!s:<{width}}  k{j + 1} = "
            + (f"{constant:.6g} ± {error:.2g}" if there else "absent")
            for j, (reaction, constant, error, there) in enumerate(
                zip(
                    self.candidates.reactions,
                    self.constants,
                    self.standard_errors,
                    self.present,
                    strict=True,
                )
            )
        ]
        quality = (
            f"chi-square {self.chi_square:.1f}, {self.degrees_of_freedom} d.o.f."
            if self.log_likelihood is None
            else f"log-likelihood {self.log_likelihood:.2f}"
        )
        return "\n".join([*rows, quality])


def constant_symbols(count: int) -> tuple[sp.Symbol, ...]:
    """Symbols k1, k2, ... of as many constants."""
    return tuple(symbol(f"k{j}") for j in range(1, count + 1))
