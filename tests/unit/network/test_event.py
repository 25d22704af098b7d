"""Rates of change and events: their text, and who refuses them."""

import pickle

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.network.features import Feature
from ratelaw.simulate import ALL_METHODS
from ratelaw.simulate.method import Sampler

TEXT = """\
0 --> A,  1
T' = h*(20 - T) + piecewise(1, time < 2, 0)
when A > 5 and not (T == 3 or time >= 2), after 2*h, priority 3: A = A + 1, T = 0
when T < 0, at start: T = 1
when A >= 9, if still true, values when due: A = 0
h = 2
T(0) = -4"""


def test_a_network_with_rates_and_events_prints_and_reads_back():
    network = rl.Network.parse(TEXT)
    assert rl.Network.parse(str(network)) == network
    assert pickle.loads(pickle.dumps(network)) == network  # noqa: S301
    assert network.species == ("A", "T")
    assert network.initial["T"] == -4
    first, second, third = network.events
    assert (first.at_start, first.cancellable, first.values_when_due) == (False, False, False)
    assert second.at_start
    assert third.cancellable
    assert third.values_when_due
    assert str(first.delay) == "2*h"
    assert list(first.assignments) == ["A", "T"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("when A > 5", "after a colon"),
        ("when A: A = 0", "not a condition"),
        ("when A > 5, soon: A = 0", "'soon' is no option"),
        ("when A > 5: 0", "'name = expression'"),
        ("when A > 5: A = 0, A = 1", "each name once"),
        ("when B > 5: A = 0", "'B' is neither"),
        ("A' = q", "'q' is neither"),
        ("A' = 1\nA' = 2", "given twice"),
        ("A' = 1\nvolume = 2", "it must be 1"),
    ],
)
def test_what_is_wrong_is_named(line, message):
    with pytest.raises(rl.ModelError, match=message):
        rl.Network.parse(f"0 --> A, 1\n{line}")


EVENT = rl.Network.parse("0 --> A, 1\nwhen A > 5: A = 0")
RATE = rl.Network.parse("0 --> A, 1\nA' = -A")


@pytest.mark.parametrize("method", [rl.Moments(), rl.MasterEquation()])
@pytest.mark.parametrize(("network", "place"), [(EVENT, "when A > 5"), (RATE, "A'")])
def test_solvers_refuse_by_name(method, network, place):
    with pytest.raises(rl.UnsupportedError, match=f"{place}.*{type(method).__name__} cannot"):
        rl.simulate(network, method, [1.0])


@pytest.mark.parametrize(
    "method",
    [m for m in ALL_METHODS if isinstance(m, Sampler) and Feature.EVENTS not in m.supports],
    ids=repr,
)
def test_samplers_refuse_by_name(method):
    with pytest.raises(rl.UnsupportedError, match=f"when A > 5.*{type(method).__name__} cannot"):
        rl.simulate(EVENT, method, [1.0], trajectories=1)


@pytest.mark.parametrize("method", [rl.Direct(), rl.Automatic()])
def test_rates_of_change_are_refused_where_reactions_are_drawn(method):
    with pytest.raises(rl.UnsupportedError, match="A': a rate of change"):
        rl.simulate(RATE, method, [1.0], trajectories=1)


def test_what_only_reads_the_network_refuses_too():
    with pytest.raises(rl.UnsupportedError, match="a reduction cannot"):
        rl.reduce(EVENT, rl.QuasiSteadyState("A"))


def test_what_events_set_is_not_conserved():
    network = rl.Network.parse("A <--> B, 1, 1\nwhen time > 1: A = 5")
    assert rl.conservation_laws(network).shape == (0, 2)
    np.testing.assert_array_equal(
        rl.conservation_laws(rl.Network.parse("A <--> B, 1, 1")), [[1, 1]]
    )
