"""Networks found among all that some species allow."""

from math import comb

import numpy as np
import pytest

import ratelaw as rl

TIMES = np.linspace(0, 20, 21)
EVERY = rl.all_reactions(["A", "B"], order=1, products=3)


@pytest.mark.parametrize(
    ("species", "order", "products"), [(1, 1, 2), (2, 1, 3), (2, 2, 2), (3, 2, 2), (3, 0, 4)]
)
def test_all_reactions_are_as_many_as_pairs_of_complexes(species, order, products):
    found = rl.all_reactions(list("ABC"[:species]), order=order, products=products)
    # Complexes of up to m molecules of s species: multisets, C(s + m, m).
    sides = comb(species + order, order), comb(species + products, products)
    assert len(found.reactions) == sides[0] * sides[1] - min(sides)
    assert len(set(map(str, found.reactions))) == len(found.reactions)


@pytest.mark.parametrize(
    ("species", "limits", "message"),
    [
        (["A", "A"], {}, "give each name once"),
        ([], {}, "species none"),
        (["A"], {"order": 3}, "order=3"),
        (["A"], {"products": -1}, "products=-1"),
    ],
)
def test_impossible_limits_are_refused(species, limits, message):
    with pytest.raises(rl.DataError, match=message):
        rl.all_reactions(species, **limits)


def test_the_only_network_of_exact_moments_is_the_true_one(noisy_moments):
    # Averages and covariances are 15 equations for 27 rates; no other rates >= 0 solve them.
    data = noisy_moments(rl.zoo.spcm(), TIMES, noise=1e-5, seed=1)
    with pytest.raises(rl.DataError, match="determine 15 of 27 rates"):
        rl.fit_rates(EVERY, data)
    found = rl.discover(EVERY, data, within=0.0)
    assert found.holds(rl.zoo.spcm())
    assert found.complete
    assert found.weights == pytest.approx([1.0])


def test_what_few_cells_leave_open_is_returned():
    times = [0, 2, 5, 10, 15, 20]
    run = rl.simulate(
        rl.zoo.spcm(), rl.Direct(), times, trajectories=1500, seed=3, record=[rl.RecordPaths(1500)]
    )
    found = rl.discover(EVERY, rl.Snapshots.from_paths(run, count=300))
    assert found.holds(rl.zoo.spcm())
    assert len(found.networks) > 5
    assert (np.diff(found.bic) >= 0).all()
    assert np.ptp(found.bic) <= 10
    assert found.support.max() <= 1 + 1e-12
    assert "networks that the data cannot tell apart" in str(found)
    assert "the best:" in str(found)
    few = rl.discover(EVERY, rl.Snapshots.from_paths(run, count=300), most=3)
    assert not few.complete


@pytest.mark.parametrize("limits", [{"within": -1.0}, {"most": 0}])
def test_reach_and_number_are_checked(limits, noisy_moments):
    data = noisy_moments(rl.zoo.spcm(), TIMES, noise=1e-4, seed=1)
    with pytest.raises(rl.DataError, match="within >= 0 and most >= 1"):
        rl.discover(EVERY, data, **limits)
