"""A reaction and its reverse in the simplest form, against forms written by hand."""

import numpy as np

from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.libraries.mass_action import MassActionLibrary
from ratelaw.learn.equations.search.simplest import simpler_pairs

FIELD = Field(("B", "C"), (), MassActionLibrary(order=2, products=2).columns(("B", "C")))
NAMES = [str(term) for term in FIELD.terms]


def simpler(rates: dict[str, float], unit: np.ndarray) -> list[dict[str, float]]:
    theta = np.zeros(len(NAMES))
    theta[[NAMES.index(name) for name in rates]] = list(rates.values())
    found = simpler_pairs(FIELD, theta > 0, theta, unit)
    return [{NAMES[c]: begin[c] for c in np.flatnonzero(subset)} for subset, begin in found]


def test_an_exchange_of_pairs_has_a_form_of_one_molecule_each_way() -> None:
    unit = np.ones(len(NAMES))
    unit[NAMES.index("B --> C")] = 5.0
    found = simpler({"2 B --> 2 C": 7.0, "B + C --> 2 B": 3.0}, unit)
    assert found == [{"B --> C": 35.0, "C --> B": 3.0}]


def test_what_is_simple_stays() -> None:
    assert not simpler({"B --> C": 1.0, "C --> B": 2.0}, np.ones(len(NAMES)))


def test_reactions_without_their_reverse_stay() -> None:
    assert not simpler({"2 B --> 2 C": 1.0, "2 B --> B": 1.0}, np.ones(len(NAMES)))
