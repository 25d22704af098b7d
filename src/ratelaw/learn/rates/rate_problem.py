"""The problem of rates, and the contract of the methods that solve it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ratelaw.errors import DataError, UnsupportedError
from ratelaw.learn.data.observations import Observations, observe_moments, require
from ratelaw.learn.rates.rates import Rates, constant_symbols
from ratelaw.network import Network, Reaction
from ratelaw.network.network import require_network
from ratelaw.network.ratelaws import MassActionLaw
from ratelaw.simulate.moments import MomentEquations, NormalClosure, derive_moment_equations
from ratelaw.simulate.results import moment_labels

if TYPE_CHECKING:
    import xarray as xr


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


class RateMethod(ABC):
    """A way to estimate the constants of candidate reactions."""

    @property
    def takes(self) -> tuple[type, ...]:
        """The types of its data: results of `simulate`, unless told."""
        import xarray as xr

        return (xr.Dataset,)

    @abstractmethod
    def estimate(self, candidates: Network, sets: "Sequence[Any]") -> Rates:
        """All constants of the candidates, by data of the type that the method takes."""


def with_free_constants(candidates: Network) -> Network:
    """The candidates with constants k1, k2, ...; refuses what no method could fit.

    Raises
    ------
    DataError
        If a reaction is there twice.
    UnsupportedError
        If a candidate is not mass action.
    """
    require_network(candidates, "candidates")
    candidates.require_only("fit_rates")
    seen: dict[tuple, Reaction] = {}
    for reaction in candidates.reactions:
        if not isinstance(reaction.law, MassActionLaw):
            raise UnsupportedError(f"reaction '{reaction}' is not mass action: write it with '-->'")
        sides = (frozenset(reaction.reactants.items()), frozenset(reaction.products.items()))
        if sides in seen:
            raise DataError(f"reaction '{reaction}' is there twice: its rates cannot be told apart")
        seen[sides] = reaction
    constants = constant_symbols(len(candidates.reactions))
    reactions = [
        Reaction(reaction.reactants, reaction.products, MassActionLaw(constant))
        for reaction, constant in zip(candidates.reactions, constants, strict=True)
    ]
    values = {k.name: 1.0 for k in constants}
    return Network(reactions, values, candidates.initial, candidates.volume)


def own_constants(candidates: Network) -> np.ndarray:
    """The values that mass-action candidates have for their constants, shape (M,)."""
    values = candidates.values
    return np.array([float(r.law.expression.subs(values)) for r in candidates.reactions])


def pose(candidates: Network, sets: "Sequence[xr.Dataset]") -> RateProblem:
    """The problem of fitting candidates to moments.

    Raises
    ------
    DataError
        If a reaction is there twice, or the data are of other species or without moments.
    UnsupportedError
        If a candidate is not mass action.
    """
    free = with_free_constants(candidates)
    for data in sets:
        require(data, "species")
        found = list(map(str, data["species"].values))
        if sorted(found) != sorted(candidates.species):
            raise DataError(
                f"the data hold {', '.join(found)}, the candidates {', '.join(candidates.species)}"
            )
    species = list(map(str, sets[0]["species"].values))
    start = dict(zip(species, sets[0]["average"].values[0], strict=True))
    network = free.replace(initial=start)
    equations = derive_moment_equations(network, NormalClosure(), _order(sets[0]))
    ordered = [_in_order(data, network.species) for data in sets]
    return RateProblem(network, equations, tuple(map(observe_moments, ordered)))


def _order(data: "xr.Dataset") -> int:
    """Of the highest moments that the data hold."""
    higher = data["central_moment"].values if "central_moment" in data else np.empty(0)
    return max((str(label).count(",") + 1 for label in higher), default=2)


def _in_order(data: "xr.Dataset", species: Sequence[str]) -> "xr.Dataset":
    if list(map(str, data["species"].values)) == list(species):
        return data
    labels = moment_labels(species, _order(data))
    there = {tuple(sorted(x.split(","))): x for x in map(str, data["moment"].values)}
    stored = {x: there[tuple(sorted(x.split(",")))] for x in labels}
    places = {"species": list(species), "species_": list(species)}
    renamed = {"moment": labels, "moment_": labels}
    if "central_moments" in data:
        renamed["central_moment"] = [x for x in labels if x.count(",") > 1]
    chosen = {axis: [stored[x] for x in names] for axis, names in renamed.items()}
    return data.sel(places | chosen).assign_coords(renamed)
