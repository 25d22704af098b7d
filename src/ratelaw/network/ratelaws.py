"""Rate laws: the only home of n! and of the convention that ties counts to concentrations.

One rate constant serves every scale (Yang 2020, Eqs. 5 and 8):

    propensity   Phi(n) = k V prod_l V^(-nu_l) C(n_l, nu_l)      counts n, per unit time
    flux         phi(c) = k prod_l c_l^nu_l / nu_l!              concentrations c = n/V

so that Phi(V c)/V -> phi(c) as V grows. A general law is given as its flux phi(c), and
Phi(n) = V phi(n/V).
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from ratelaw.network.expression import exact_number, symbol


def orderings(reactants: Mapping[str, int]) -> int:
    """prod_l nu_l!: in how many orders the same molecules meet; 2 for ``2 A``."""
    return math.prod(map(math.factorial, reactants.values()))


class RateLaw(ABC):
    """How often a reaction happens, given what it consumes."""

    arrow: ClassVar[str]
    """How a network's text marks this law."""
    is_constant: ClassVar[bool]
    """Whether the expression is a rate constant, free of species, rather than a whole rate."""

    @property
    @abstractmethod
    def expression(self) -> sp.Expr:
        """What a user writes after the comma: a rate constant, or a whole law."""

    @abstractmethod
    def propensity(
        self, reactants: Mapping[str, int], species: Collection[str], volume: float
    ) -> sp.Expr:
        """Reactions per unit time, a function of copy numbers n; 0 where a reactant is short."""

    @abstractmethod
    def flux(self, reactants: Mapping[str, int]) -> sp.Expr:
        """Concentration of reactions per unit time, a function of concentrations c."""


@dataclass(frozen=True)
class MassActionLaw(RateLaw):
    """Mass action, written ``-->`` in a network: the expression is the rate constant k."""

    arrow = "-->"
    is_constant = True
    constant: sp.Expr

    @property
    def expression(self) -> sp.Expr:
        return self.constant

    def propensity(
        self,
        reactants: Mapping[str, int],
        species: Collection[str],  # noqa: ARG002
        volume: float,
    ) -> sp.Expr:
        choices = sp.prod(
            symbol(name) - i for name, order in reactants.items() for i in range(order)
        )
        return self.constant * (self.scale(reactants, volume) * choices)

    def scale(self, reactants: Mapping[str, int], volume: float) -> sp.Expr:
        """V^(1 - order) / prod_l nu_l!: the propensity is k times this, times n (n - 1) ... ."""
        order = sum(reactants.values())
        return exact_number(volume) ** (1 - order) / sp.Integer(orderings(reactants))

    def flux(self, reactants: Mapping[str, int]) -> sp.Expr:
        powers = sp.prod(symbol(name) ** order for name, order in reactants.items())
        return self.constant * powers / orderings(reactants)


@dataclass(frozen=True)
class GeneralLaw(RateLaw):
    """Any other law, written ``=>`` in a network: the expression is the whole flux phi(c)."""

    arrow = "=>"
    is_constant = False
    rate: sp.Expr

    @property
    def expression(self) -> sp.Expr:
        return self.rate

    def propensity(
        self, reactants: Mapping[str, int], species: Collection[str], volume: float
    ) -> sp.Expr:
        size = exact_number(volume)
        counts = {s: s / size for s in self.rate.free_symbols if s.name in species}
        law = size * self.rate.xreplace(counts)
        missing = [
            sp.Lt(symbol(name), order)
            for name, order in reactants.items()
            if any(law.subs(symbol(name), n) != 0 for n in range(order))
        ]
        return sp.Piecewise((0, sp.Or(*missing)), (law, True)) if missing else law

    def flux(self, reactants: Mapping[str, int]) -> sp.Expr:  # noqa: ARG002
        return self.rate
