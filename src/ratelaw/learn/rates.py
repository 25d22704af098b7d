"""Rate constants of candidate reactions: the verb, the result, and the contract of its methods."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.errors import DataError, UnsupportedError
from ratelaw.learn.observations import Observations, observe_moments
from ratelaw.network import Network, Reaction
from ratelaw.network.expression import parse_expression, symbol
from ratelaw.network.ratelaws import MassActionLaw
from ratelaw.simulate.moments import MomentEquations, NormalClosure, derive_moment_equations

if TYPE_CHECKING:
    import xarray as xr


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
        Quality of the fit against the sampling noise.
    rank
        How many combinations of the M constants the data determine.
    free
        The fit with every reaction present and no constant held at zero or above; None if this is
        that fit.
    """

    candidates: Network
    constants: np.ndarray
    covariance: np.ndarray
    present: np.ndarray
    chi_square: float
    degrees_of_freedom: int
    rank: int
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
        return "\n".join(
            [*rows, f"chi-square {self.chi_square:.1f}, {self.degrees_of_freedom} d.o.f."]
        )


class RateMethod(ABC):
    """A way to estimate the constants of candidate reactions."""

    @abstractmethod
    def estimate(self, problem: "RateProblem") -> Rates:
        """All constants of the problem."""


@dataclass(frozen=True)
class RateProblem:
    """Candidates with free constants k1..kM, their moment equations, and the data."""

    candidates: Network
    equations: MomentEquations
    observations: tuple[Observations, ...]

    @property
    def constants(self) -> tuple[sp.Symbol, ...]:
        """Symbols of the constants."""
        return constant_symbols(len(self.candidates.reactions))

    @property
    def names(self) -> list[str]:
        """The reactions as text."""
        return [str(reaction) for reaction in self.candidates.reactions]


def fit_rates(
    candidates: Network,
    data: "xr.Dataset | list[xr.Dataset] | tuple[xr.Dataset, ...]",
    method: RateMethod | None = None,
) -> Rates:
    """Estimate every rate constant of candidate reactions from first and second moments.

    Parameters
    ----------
    candidates
        A network of mass-action reactions; their constants are what is estimated, whatever their
        present values.
    data
        One or several results with `average`, `covariance` and `moment_covariance`.
    method
        `JointMoments()` (the default: efficient, finds absent reactions) or `MomentCoefficients()`
        (the paper's way).

    Returns
    -------
    The rates; nothing given is changed.

    Raises
    ------
    DataError
        If species of the data and candidates differ, a reaction is there twice, or the data cannot
        tell the candidates apart: the undetermined combinations are named.
    UnsupportedError
        If a candidate is not mass action.

    Notes
    -----
    Yang 2020, Eqs. (13)-(14); joint estimation is the generalised method of moments (Hansen 1982).

    Examples
    --------
    >>> from ratelaw import Direct, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> fit_rates(zoo.birth_death(), cells).present
    array([ True,  True])
    """
    from ratelaw.learn.joint_moments import JointMoments

    sets = list(data) if isinstance(data, list | tuple) else [data]
    if not sets:
        raise DataError("no data: give at least one result of simulate()")
    return (method or JointMoments()).estimate(_problem(candidates, sets))


def constant_symbols(count: int) -> tuple[sp.Symbol, ...]:
    """Symbols k1, k2, ... of as many constants."""
    return tuple(symbol(f"k{j}") for j in range(1, count + 1))


def _problem(candidates: Network, sets: "Sequence[xr.Dataset]") -> RateProblem:
    seen: dict[tuple, Reaction] = {}
    for reaction in candidates.reactions:
        if not isinstance(reaction.law, MassActionLaw):
            raise UnsupportedError(f"reaction '{reaction}' is not mass action: write it with '-->'")
        sides = (frozenset(reaction.reactants.items()), frozenset(reaction.products.items()))
        if sides in seen:
            raise DataError(f"reaction '{reaction}' is there twice: its rates cannot be told apart")
        seen[sides] = reaction
    for data in sets:
        found = list(map(str, data["species"].values))
        if sorted(found) != sorted(candidates.species):
            raise DataError(
                f"the data hold {', '.join(found)}, the candidates {', '.join(candidates.species)}"
            )
    constants = constant_symbols(len(candidates.reactions))
    reactions = [
        Reaction(reaction.reactants, reaction.products, MassActionLaw(constant))
        for reaction, constant in zip(candidates.reactions, constants, strict=True)
    ]
    species = list(map(str, sets[0]["species"].values))
    start = dict(zip(species, sets[0]["average"].values[0], strict=True))
    network = Network(reactions, {k.name: 1.0 for k in constants}, start, candidates.volume)
    equations = derive_moment_equations(network, NormalClosure())
    ordered = [_in_order(data, network.species) for data in sets]
    return RateProblem(network, equations, tuple(map(observe_moments, ordered)))


def _in_order(data: "xr.Dataset", species: Sequence[str]) -> "xr.Dataset":
    from ratelaw.simulate.results import moment_labels

    if list(map(str, data["species"].values)) == list(species):
        return data
    labels = moment_labels(species)
    there = set(map(str, data["moment"].values))
    stored = [x if x in there else ",".join(reversed(x.split(","))) for x in labels]
    return data.sel(
        species=list(species), species_=list(species), moment=stored, moment_=stored
    ).assign_coords(moment=labels, moment_=labels)
