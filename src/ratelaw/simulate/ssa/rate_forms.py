"""The propensities of a large network: few forms, and for each reaction which and of what.

Mass action of up to two molecules is one form without a branch, k x (y - d): x or y may be the
constant 1 and d is 1 for two molecules alike. Every other law becomes a formula of species x0, x1,
... and coefficients c0, c1, ...: reactions that differ only in those share the formula.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import sympy as sp

from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy, to_source
from ratelaw.network.ratelaws import MassActionLaw

LARGEST_ORDER = 2
"""Molecules that mass action may consume for the form without a branch."""


@dataclass(frozen=True)
class RateForms:
    """Forms of a network's reactions, as arrays for a compiled kernel.

    Attributes
    ----------
    formulas
        Python source of form 1, 2, ... in x0, x1, ... and c0, c1, ...; form 0 is k x (y - d).
    form
        Shape (reaction,).
    pair
        Shape (reaction, 2): the columns of x and y (the one after the last holds 1); of other
        forms, where their species begin in `slots` and their coefficients among `coefficients`.
    shift
        Shape (reaction,): d.
    slots
        Columns of the species of other forms.
    coefficients
        k of every reaction, 0 for other forms; then the coefficients of other forms.
    """

    formulas: tuple[str, ...]
    form: np.ndarray
    pair: np.ndarray
    shift: np.ndarray
    slots: np.ndarray
    coefficients: "Coefficients"


@dataclass
class Coefficients:
    """Many numbers of which each is a factor times a parameter, or a formula of parameters."""

    network: Network
    factors: list[float] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    compound: dict[sp.Expr, int] = field(default_factory=dict)

    def add(self, expression: sp.Expr, factor: float = 1.0) -> None:
        """One more coefficient."""
        number, rest = expression.as_coeff_Mul()
        if rest is sp.S.One:
            source = 0
        elif rest in self._sources:
            source = self._sources[rest]
        else:
            source = 1 + len(self._sources) + self.compound.setdefault(rest, len(self.compound))
        self.factors.append(factor * float(number))
        self.sources.append(source)

    def evaluate(self, parameters: np.ndarray) -> np.ndarray:
        """All of them, given the values of the parameters in the network's order."""
        values = parameters[: len(self._sources)]
        return self._factors * np.concatenate([[1.0], values, self._function(values)])[self._places]

    @cached_property
    def _sources(self) -> dict[sp.Symbol, int]:
        return {symbol(name): 1 + k for k, name in enumerate(self.network.parameters)}

    @cached_property
    def _factors(self) -> np.ndarray:
        return np.array(self.factors)

    @cached_property
    def _places(self) -> np.ndarray:
        return np.array(self.sources, dtype=np.intp)

    @cached_property
    def _function(self) -> Callable[[np.ndarray], np.ndarray]:
        return to_numpy(list(self.compound), tuple(self._sources))


def rate_forms(network: Network, places: dict[str, int], unit: int) -> RateForms:
    """The forms of a network's reactions; `unit` is the column that holds the constant 1."""
    forms: dict[sp.Expr, int] = {}
    other: list[tuple[int, list[sp.Expr]]] = []
    size = len(network.reactions)
    form, shift = np.zeros(size, dtype=np.int32), np.zeros(size)
    pair = np.zeros((size, 2), dtype=np.uint32)
    slots: list[int] = []
    coefficients = Coefficients(network)
    count = size
    for j, reaction in enumerate(network.reactions):
        law = reaction.law
        if isinstance(law, MassActionLaw) and sum(reaction.reactants.values()) <= LARGEST_ORDER:
            names = [name for name, order in reaction.reactants.items() for _ in range(order)]
            pair[j] = [*(places[name] for name in names), unit, unit][:2]
            shift[j] = len(names) - len(reaction.reactants)
            scale = law.scale(reaction.reactants, network.volume)
            coefficients.add(law.constant, float(scale))
            continue
        coefficients.add(sp.S.Zero)
        whole = law.propensity(reaction.reactants, places, network.volume)
        formula = _Formula(places)
        form[j] = 1 + forms.setdefault(formula.of(whole), len(forms))
        pair[j] = len(slots), count
        slots += [places[name] for name in formula.species]
        count += len(formula.coefficients)
        other.append((j, formula.coefficients))
    for _, found in other:
        for expression in found:
            coefficients.add(expression)
    return RateForms(
        tuple(to_source(formula, {s: s.name for s in formula.free_symbols}) for formula in forms),
        form,
        pair,
        shift,
        np.array(slots, dtype=np.uint32),
        coefficients,
    )


class _Formula:
    """Rewrites one law with numbered species and coefficients."""

    def __init__(self, species: Collection[str]) -> None:
        self._known = species
        self.species: list[str] = []
        self.coefficients: list[sp.Expr] = []

    def of(self, law: sp.Basic) -> sp.Basic:
        """The law with x0, x1, ... for species and c0, c1, ... for what is free of them."""
        if law.is_Symbol and law.name in self._known:
            if law.name not in self.species:
                self.species.append(law.name)
            return symbol(f"x{self.species.index(law.name)}")
        if self._is_free(law):
            return law if law.is_Integer or not isinstance(law, sp.Expr) else self._coefficient(law)
        if not isinstance(law, sp.Add | sp.Mul):
            return law.func(*map(self.of, law.args))
        free = law.func(*(part for part in law.args if self._is_free(part)))
        rest = [self.of(part) for part in law.args if not self._is_free(part)]
        plain = free in {law.identity, sp.S.NegativeOne}
        return law.func(free if plain else self._coefficient(free), *rest)

    def _is_free(self, law: sp.Basic) -> bool:
        return not any(s.name in self._known for s in law.free_symbols)

    def _coefficient(self, value: sp.Expr) -> sp.Symbol:
        self.coefficients.append(value)
        return symbol(f"c{len(self.coefficients) - 1}")
