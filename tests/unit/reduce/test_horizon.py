import numpy as np
import pytest

from ratelaw import DataError, Network, zoo
from ratelaw.reduce.horizon import settling_times


def test_a_decay_settles_after_some_lifetimes():
    """exp(-t) - exp(-2 t) falls to 5 % of the range at t = 2.9."""
    times = settling_times(Network.parse("A --> 0, 2\nA(0) = 7"))
    assert times[0] == 0
    assert times[1] == pytest.approx(0.05)
    assert 2.7 < times[-1] < 3.4
    assert np.all(np.diff(times) > 0)


def test_both_ends_of_a_stiff_network_are_seen():
    times = settling_times(zoo.gene_autoregulation())
    assert times[1] < 0.1
    assert 300 < times[-1] < 3000


@pytest.mark.parametrize("fast", [1e3, 1e6])
@pytest.mark.parametrize(
    ("slow", "rate"),
    [("A --> 0, 1", 0.5), ("A --> 0, 1\nB --> 0, 1", 1.0), ("0 <--> A, 3, 1", 0.5)],
)
def test_a_plateau_between_two_time_scales_is_not_the_end(fast, slow, rate):
    """A <--> B at once, then exp(-rate t): it has settled by 3 to 8 slow times."""
    times = settling_times(Network.parse(f"A <--> B, {fast}, {fast}\n{slow}\nA(0) = 1"))
    assert times[1] < 1 / fast
    assert 3 < rate * times[-1] < 8


def test_scales_that_the_first_molecules_bring_are_seen():
    """B of Robertson's network: 2 sqrt(0.04 * 6e7/2!) per second, by hand; at first 0.04."""
    scale = 1 / (2 * np.sqrt(0.04 * 3e7))
    assert settling_times(zoo.robertson())[1] == pytest.approx(scale / 10, rel=0.05)


def test_an_empty_network_that_fills_has_times_too():
    times = settling_times(zoo.birth_death())
    assert 10 < times[-1] < 14


@pytest.mark.parametrize(
    ("network", "found"),
    [
        (zoo.lotka_volterra().replace(initial={"X": 900, "Y": 1000}), "settle"),
        (zoo.spcm(), "does not settle"),
        (Network.parse("0 --> A, 1"), "grows or oscillates"),
        (Network.parse("A --> 0, 1"), "nothing moves"),
    ],
)
def test_what_does_not_settle_needs_times(network, found):
    with pytest.raises(DataError, match=found):
        settling_times(network)
