from itertools import product
from math import factorial

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.paper.published import SPCM_RATES
from ratelaw.paper.spcm import CANDIDATES, expected_sampling_distance, table_one

TRUTH = {"r1": 0.0836, "r2": 0.0764, "lam": 1.1, "gamma": 0.31, "k1": 0.0, "k2": 0.0}
BY_REACTION = {
    "A --> A": None,
    "B --> 0": 0.31,
    "A --> B": 0.0,
    "A --> A + B": (1 - 0.0836 - 0.0764) * 1.1,
    "A --> 2 B": 0.0764 * 1.1,
    "A --> 0": 0.0,
    "A --> 2 A": 0.0836 * 1.1,
}


def rates(order, covariance=None):
    text = "\n".join(f"{reaction}, 1" for reaction in order)
    size = len(order)
    return rl.Rates(
        candidates=rl.Network.parse(text),
        constants=np.array([BY_REACTION[reaction] for reaction in order]),
        covariance=np.zeros((size, size)) if covariance is None else covariance,
        present=np.ones(size, dtype=bool),
        chi_square=0.0,
        degrees_of_freedom=1,
        rank=size,
    )


def test_rates_are_found_by_reaction_not_by_place():
    order = list(BY_REACTION)[1:]
    for turned in (order, order[::-1]):
        found = {name: value for name, (value, _) in table_one(rates(turned)).items()}
        assert found == pytest.approx(TRUTH, abs=1e-15)


def test_a_ratio_has_the_error_of_a_ratio():
    order = ["A --> 2 A", "A --> 2 B", "A --> A + B", "B --> 0", "A --> 0", "A --> B"]
    a = np.array([0.01, 0.02, 0.05, 0.03, 0.0, 0.0]) ** 2
    found = table_one(rates(order, np.diag(a)))
    r1, lam = TRUTH["r1"], TRUTH["lam"]  # Var(x/s), s = x + y: ((1-r)^2 Var x + r^2 Var y) / s^2
    assert found["r1"][1] == pytest.approx(
        np.sqrt((1 - r1) ** 2 * a[0] + r1**2 * (a[1] + a[2])) / lam
    )
    assert found["lam"][1] == pytest.approx(np.sqrt(a[:3].sum()))
    assert found["gamma"][1] == pytest.approx(0.03)


def test_the_six_candidates_are_those_of_the_paper():
    reactions = {str(reaction) for reaction in rl.Network.parse(CANDIDATES).reactions}
    assert reactions == set(BY_REACTION) - {"A --> A"}


def test_published_errors_follow_from_published_rates():
    """Table I prints 0.60, 7.85, 0.54 and 0.84 %."""
    off = {name: 100 * abs(SPCM_RATES[name] / TRUTH[name] - 1) for name in list(TRUTH)[:4]}
    assert off == pytest.approx({"r1": 0.60, "r2": 7.85, "lam": 0.54, "gamma": 0.84}, abs=0.005)


@pytest.mark.parametrize("p", [(0.5, 0.3, 0.2), (0.9, 0.1, 0.0)])
@pytest.mark.parametrize("n", [1, 4, 7])
def test_sampling_distance_against_every_outcome(p, n):
    expected = 0.0
    for counts in product(range(n + 1), repeat=3):
        if sum(counts) == n:
            ways = factorial(n) / np.prod([factorial(c) for c in counts])
            chance = ways * np.prod(np.power(p, counts))
            expected += chance * np.abs(np.array(counts) / n - p).sum() / 2
    assert expected_sampling_distance(np.array([p]), n) == pytest.approx([expected])
