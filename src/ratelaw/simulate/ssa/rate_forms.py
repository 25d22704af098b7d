"""The propensities of a large network: few forms, and for each reaction which and of what.

Mass action of up to two molecules is one form without a branch, k x (y - d): x or y may be the
constant 1 and d is 1 for two molecules alike. Every other law becomes a formula of species x0, x1,
... and coefficients c0, c1, ...: reactions that differ only in those share the formula.
"""

from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.network import Network
from ratelaw.network.forms import Coefficients, Formula
from ratelaw.network.lowering import to_source
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
    coefficients: Coefficients


def rate_forms(network: Network, places: dict[str, int], unit: int) -> RateForms:
    """The forms of a network's reactions; `unit` is the column that holds the constant 1."""
    forms: dict[sp.Expr, int] = {}
    other: list[tuple[int, list[sp.Expr]]] = []
    size = len(network.reactions)
    form, shift = np.zeros(size, dtype=np.int32), np.zeros(size)
    pair = np.zeros((size, 2), dtype=np.uint32)
    slots: list[int] = []
    coefficients = Coefficients(tuple(network.values))
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
        formula = Formula(places)
        form[j] = 1 + forms.setdefault(formula.of(whole), len(forms))
        pair[j] = len(slots), count
        slots += [places[name] for name in formula.variables]
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
