"""Simpler forms of reactions, against forms written by hand."""

import numpy as np

from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.libraries.mass_action import MassActionLibrary
from ratelaw.learn.equations.search.simplest import (
    irreversible,
    simpler_pairs,
    single_reactions,
)

FIELD = Field(("B", "C"), (), MassActionLibrary(order=2, products=2).columns(("B", "C")))
NAMES = [str(term) for term in FIELD.terms]


def simpler(rates: dict[str, float], unit: np.ndarray) -> list[dict[str, float]]:
    theta = np.zeros(len(NAMES))
    theta[[NAMES.index(name) for name in rates]] = list(rates.values())
    found = simpler_pairs(FIELD, theta > 0, theta, unit)
    return [{NAMES[c]: begin[c] for c in np.flatnonzero(subset)} for subset, begin in found]


def active(*names: str) -> np.ndarray:
    return np.isin(NAMES, names)


def named(subset: np.ndarray) -> set[str]:
    return {NAMES[c] for c in np.flatnonzero(subset)}


def test_a_reaction_is_left_out_with_its_reverse() -> None:
    model = active("B --> C", "2 C --> B + C", "2 B --> 2 C", "B --> 0")
    assert [named(subset) for subset in irreversible(FIELD, model)] == [
        {"2 B --> 2 C", "B --> 0"},
        {"B --> C", "B --> 0"},
    ]


def test_a_reaction_and_its_reverse_are_not_left_out_when_nothing_else_is_there() -> None:
    assert not list(irreversible(FIELD, active("B --> C", "C --> B")))


def test_two_reactions_of_the_same_rate_become_any_one_of_it() -> None:
    of_c = {name for name in NAMES if name.startswith("C --> ")}
    found = [named(s) for s in single_reactions(FIELD, active("C --> B", "C --> 0", "B --> C"))]
    assert len(found) == len(of_c)
    assert all("B --> C" in model and len(model) == 2 for model in found)
    assert set().union(*found) == of_c | {"B --> C"}


def test_where_every_rate_is_of_one_reaction_nothing_is_merged() -> None:
    assert not list(single_reactions(FIELD, active("C --> B", "B --> C", "2 B --> B")))


def test_an_exchange_of_pairs_has_a_form_of_one_molecule_each_way() -> None:
    unit = np.ones(len(NAMES))
    unit[NAMES.index("B --> C")] = 5.0
    found = simpler({"2 B --> 2 C": 7.0, "B + C --> 2 B": 3.0}, unit)
    assert found == [{"B --> C": 35.0, "C --> B": 3.0}]


def test_what_is_simple_stays() -> None:
    assert not simpler({"B --> C": 1.0, "C --> B": 2.0}, np.ones(len(NAMES)))


def test_reactions_without_their_reverse_stay() -> None:
    assert not simpler({"2 B --> 2 C": 1.0, "2 B --> B": 1.0}, np.ones(len(NAMES)))
