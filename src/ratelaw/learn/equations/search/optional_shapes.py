"""Which optional parameters inside terms are there: each set has a search of its own."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import sympy as sp

from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.search.exchanges import exchange
from ratelaw.learn.equations.search.structure import StructureSearch

Present = frozenset[sp.Symbol]


def optional_shapes(field: Field) -> Present:
    """The parameters of a field that may be 0."""
    return frozenset(shape.symbol for shape in field.shapes if shape.optional)


def without(field: Field, left_out: Present) -> Field:
    """The field with these parameters 0."""
    zeros = dict.fromkeys(left_out, sp.S.Zero)
    terms = tuple(
        replace(
            term,
            rate=term.rate.xreplace(zeros),
            shapes=tuple(shape for shape in term.shapes if shape.symbol not in left_out),
        )
        for term in field.terms
    )
    return replace(field, terms=terms)


def choose_shapes(
    field: Field, begin: Callable[[Present], StructureSearch], reach: float
) -> dict[Present, StructureSearch]:
    """Searches for sets of optional parameters, those first whose best model is better.

    From none, one is added or removed at a time as long as models become better.

    Parameters
    ----------
    begin
        The search for a set, with a first good model.
    reach
        Searches whose best model is within this of the best of all go on, and are returned.
    """
    optional = optional_shapes(field)
    found: dict[Present, StructureSearch] = {}
    best: Present = frozenset()
    while fresh := [p for p in _neighbours(best, optional) if p not in found]:
        found |= {present: begin(present) for present in fresh}
        best = _within(found, reach)[0]
    for present in _within(found, reach):
        exchange(found[present])
    return {present: found[present] for present in _within(found, reach)}


def _neighbours(present: Present, optional: Present) -> list[Present]:
    return [present, *(present ^ {one} for one in sorted(optional, key=str))]


def _within(found: Mapping[Present, StructureSearch], reach: float) -> list[Present]:
    """The sets whose best model is this near the best of all, better ones first."""
    scores = {present: search.ranked()[0].score for present, search in found.items()}
    near = min(scores.values()) + reach
    return sorted((p for p in scores if scores[p] <= near), key=lambda p: scores[p])
