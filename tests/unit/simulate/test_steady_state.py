import numpy as np
import pytest

import ratelaw as rl
from ratelaw.simulate.steady_state import has_relaxed, steady_state


@pytest.mark.parametrize("slowest", [1e3, 1.0, 1e-6, 1e-8])
def test_what_is_conserved_is_shared_by_the_ratio_of_the_rates(slowest):
    network = rl.Network.parse("A <--> B, 3*k, 1*k", {"k": slowest}, {"A": 10, "B": 2})
    assert steady_state(network, rl.MassAction()) == pytest.approx({"A": 3, "B": 9}, rel=1e-6)


def test_a_slow_step_behind_a_quick_one_is_waited_for():
    network = rl.Network.parse("A --> B, 1000\nB --> C, 0.001", initial={"A": 1})
    assert steady_state(network, rl.MassAction())["C"] == pytest.approx(1, rel=1e-6)


def test_what_dies_out_slower_than_any_exponential_is_gone():
    network = rl.Network.parse("2 A --> 0, 1", initial={"A": 10})
    assert steady_state(network, rl.MassAction())["A"] == pytest.approx(0, abs=1e-4)


def test_a_network_that_never_moves_is_at_rest():
    network = rl.Network.parse("A --> B, k", {"k": 0}, {"A": 3})
    assert steady_state(network, rl.MassAction()) == {"A": 3, "B": 0}


def test_all_gone_is_a_steady_state():
    network = rl.Network.parse("A --> 0, 1", initial={"A": 5})
    assert steady_state(network, rl.MassAction())["A"] == pytest.approx(0, abs=1e-8)


def test_variables_besides_reactions_come_to_rest_too():
    network = rl.Network.parse("T' = 2*(20 - T)\nT(0) = -4")
    assert steady_state(network, rl.MassAction())["T"] == pytest.approx(20, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "error", "complaint"),
    [
        ("0 --> A, 1 + sin(time)\nA --> 0, 1", rl.UnsupportedError, "its rate depends on time"),
        ("T' = sin(time)", rl.UnsupportedError, "T' depends on time"),
        ("A --> 0, 1\nwhen A < 1: A = 5", rl.UnsupportedError, "an event"),
        ("0 --> A, 1", rl.SolverError, "'A' still changes"),
        ("A --> B, 1e-11\nA(0) = 1", rl.SolverError, "'A' still changes"),
    ],
)
def test_what_never_rests_is_refused(text, error, complaint):
    with pytest.raises(error, match=complaint):
        steady_state(rl.Network.parse(text), rl.MassAction())


def test_rest_at_an_infinite_slope_is_refused():
    network = rl.Network.parse("A => B, sqrt(A)")
    with pytest.raises(rl.SolverError, match=r"'A' has the slope .*inf by 'A' at A = 0"):
        steady_state(network, rl.MassAction())


@pytest.mark.parametrize(
    ("rates", "relaxed"), [([1.0, 0.01], False), ([1.0, 1.0], True), ([1.0, 0.0], True), ([], True)]
)
def test_the_slowest_mode_that_is_not_conserved_lives_twenty_times(rates, relaxed):
    assert has_relaxed(-np.diag(rates), 30.0) == relaxed
