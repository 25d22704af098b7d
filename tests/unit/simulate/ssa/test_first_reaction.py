"""The first-reaction method where a propensity vanishes, and where there are too many."""

import pytest

import ratelaw as rl


def test_an_impossible_reaction_never_happens():
    """B (B - 1) is -0.0 without B: a waiting time divided by it would be -inf, and the shortest."""
    network = rl.Network.parse(
        "2 B + C --> 2 C + A, 1\nA --> C, 1\nA --> B, 1", initial={"A": 5, "C": 7}
    )
    record = [rl.RecordPaths(200)]
    cells = rl.simulate(network, rl.FirstReaction(), [1], trajectories=200, seed=1, record=record)
    assert (cells["paths"].values >= 0).all()


def test_more_reactions_than_lanes_take_are_refused_with_another_method():
    network = rl.Network.parse("\n".join(f"A{i} --> A{i + 1}, 1" for i in range(41)))
    with pytest.raises(rl.UnsupportedError, match=r"41 reactions .* use NextReaction"):
        rl.simulate(network, rl.FirstReaction(), [1], trajectories=1)
