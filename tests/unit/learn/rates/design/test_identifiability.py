"""What is known to be undetermined is named."""

import numpy as np
import pytest

import ratelaw as rl

TELEGRAPH = "off --> on, {}\non --> off, {}\non --> on + M, {}\nM --> 0, {}"
EVERY = {"averages", "averages and covariances", "moments up to order three", "distribution"}
BURSTS = [[0, 1, 1, 0], [1, 0, 0, 1]]
"""What the frequency k1/k4 and the size k3/k2 of bursts leave open."""


def telegraph(*rates):
    return rl.Network.parse(TELEGRAPH.format(*rates), initial={"off": 1, "on": 0, "M": 0})


def test_averages_of_the_spcm_leave_one_direction_and_covariances_none():
    # <A> grows by k1 - k2, <B> by 2 k2 + k3 and -k4 (Yang 2020, Eq. 13).
    network = rl.zoo.spcm().replace(initial={"A": 2, "B": 0})
    found = rl.identifiability(network, [1, 2, 4])
    assert found["averages"].trades == ("k1 + k2 - 2 k3",)
    assert {"2 k2 + k3", "k4"} < set(found["averages"].combinations)
    assert {level.name: level.rank for level in found.levels} == dict.fromkeys(EVERY, 4) | {
        "averages": 3
    }
    assert "averages: 3 of 4 rates" in str(found)
    assert "    cannot see  k1 + k2 - 2 k3\n" in str(found)


def test_immigration_and_death_at_steady_state_show_one_ratio():
    found = rl.identifiability(rl.zoo.birth_death(), [np.inf])
    assert {level.name for level in found.levels} == EVERY
    for level in found.levels:
        assert (level.rank, level.combinations) == (1, ("k1/k2",))


@pytest.mark.parametrize("birth", [10.0, 300.0, 1e4, 1e8])
def test_the_ratio_that_is_shown_does_not_depend_on_the_size_of_constants(birth):
    """Averages at steady state, k1/k2, and the direction that leaves it, (k1, k2)."""
    network = rl.Network.parse(f"0 --> A, {birth}\nA --> 0, 1", initial={"A": 0})
    found = rl.identifiability(network, [np.inf])["averages"]
    assert (found.trades, found.combinations) == (("k1 x s, k2 x s",), ("k1/k2",))
    np.testing.assert_allclose(found.directions, [[1.0, 1 / birth]], rtol=1e-5)
    np.testing.assert_allclose(found.relative_directions, [[1.0, 1.0]], rtol=1e-5)


def test_sums_are_told_whatever_the_size_of_constants():
    """Averages of A grow by k1 - k2, those of B by 2 k2 + k3 (Yang 2020, Eq. 13)."""
    network = rl.zoo.spcm().replace(initial={"A": 2, "B": 0})
    found = rl.identifiability(network, [1, 2], rates=[0.1, 0.2, 90.0, 0.3])["averages"]
    assert found.trades == ("k1 + k2 - 2 k3",)
    assert {"2 k2 + k3", "k4"} < set(found.combinations)


def test_at_one_time_the_combination_is_that_of_the_poisson_mean():
    g, t = 0.5, 1.5
    found = rl.identifiability(rl.zoo.birth_death(), [t])
    by_k = (1 - np.exp(-g * t)) / g
    by_g = 10 * (t * np.exp(-g * t) / g - (1 - np.exp(-g * t)) / g**2)
    for level in found.levels:
        ((along_k, along_g),) = level.directions
        assert along_k * by_k + along_g * by_g == pytest.approx(0, abs=1e-5 * abs(by_g * along_g))


def test_telegraph_at_steady_state_does_not_show_the_time_scale():
    found = rl.identifiability(telegraph(0.7, 1.9, 12, 1.3), [np.inf])
    assert found["averages"].combinations == ("k1/k2", "k3/k4")
    for name in EVERY - {"averages"}:
        assert found[name].trades == ("k1 x s, k2 x s, k3 x s, k4 x s",)
    moving = rl.identifiability(telegraph(0.7, 1.9, 12, 1.3), [0.5, 1, 2])
    assert {level.rank for level in moving.levels} == {4}


def test_in_the_bursty_limit_only_size_and_frequency_of_bursts_are_left():
    found = rl.identifiability(telegraph(0.7, 300, 1500, 1), [np.inf], tolerance=0.01)
    for level in found.levels[1:3]:
        np.testing.assert_allclose(sorted(level.relative_directions.tolist()), BURSTS, atol=0.02)


def test_seen_by_transcripts_alone_even_the_distribution_shows_two_combinations_of_bursts():
    # Their number is negative binomial: k1/k4 and k3/k2 (Paulsson and Ehrenberg 2000).
    network = telegraph(0.7, 300, 1500, 1)
    found = rl.identifiability(network, [np.inf], observed=["M"], tolerance=0.01)
    assert [level.rank for level in found.levels] == [1, 2, 2, 2]
    directions = found["distribution"].relative_directions.tolist()
    np.testing.assert_allclose(sorted(directions), BURSTS, atol=0.02)
    scale = rl.identifiability(network, [np.inf], observed=["M"], tolerance=1e-6)
    assert scale["distribution"].trades == ("k1 x s, k2 x s, k3 x s, k4 x s",)


def test_dimers_at_steady_state_show_one_ratio_of_exact_moments():
    network = rl.Network.parse("2 A --> B, 0.1\nB --> 2 A, 0.5", initial={"A": 20, "B": 0})
    found = rl.identifiability(network, [np.inf])
    for level in found.levels:
        assert (level.rank, level.combinations) == (1, ("k1/k2",))
    assert rl.identifiability(network, [1.0, 2.0])["averages"].rank == 2


def test_another_initial_state_adds_what_one_does_not_show():
    network = rl.zoo.birth_death()
    assert rl.identifiability(network, [1.0], initial={"A": 0})["distribution"].rank == 1
    both = rl.identifiability(network, [1.0], initial=[{"A": 0}, {"A": 30}])
    assert both["averages"].rank == 2


def test_of_several_points_the_highest_rank_counts():
    # From its steady state, averages show only by how much one rate exceeds the other.
    network = rl.Network.parse("A --> B, 1\nB --> A, 1", initial={"A": 10, "B": 10})
    assert rl.identifiability(network, [1, 2])["averages"].rank == 1
    found = rl.identifiability(network, [1, 2], rates=[[1, 1], [1.3, 0.4]])
    assert found["averages"].rank == 2
    np.testing.assert_array_equal(found["averages"].constants, [1.3, 0.4])


def test_a_distribution_that_is_too_large_is_left_out_and_told():
    network = rl.zoo.birth_death().replace(initial={"A": 1_000_000})
    found = rl.identifiability(network, [1.0, 2.0])
    assert [level.rank for level in found.levels] == [2, 2, 2]
    assert "distribution: left out, as 'A' alone spans" in str(found)


@pytest.mark.parametrize(
    ("times", "options", "message"),
    [
        ([0.0, 1.0], {}, "give times above 0"),
        ([], {}, "give times above 0"),
        ([1.0], {"rates": [1.0, 0.0]}, "reaction 'A --> 0' has the rate 0"),
        ([1.0], {"rates": [1.0]}, r"rates of shape \(1, 1\): give 2"),
        ([1.0], {"observed": ["C"]}, "observed C: there are A"),
    ],
)
def test_bad_input_is_named(times, options, message):
    with pytest.raises(rl.DataError, match=message):
        rl.identifiability(rl.zoo.birth_death(), times, **options)
