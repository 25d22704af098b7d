"""What is picked, and that the result says so."""

import numpy as np
import pytest

import ratelaw as rl

EXCHANGE = rl.Network.parse("A <--> B, 1, 1", initial={"A": 1e5, "B": 1e5})


def run(network, method, **options):
    return rl.simulate(network, method, [0, 0.1], trajectories=4, seed=1, **options)


def chain(reactions):
    return rl.Network.parse("\n".join(f"A{i} --> A{i + 1}, 1" for i in range(reactions)))


@pytest.mark.parametrize(("reactions", "why"), [(40, "lanes"), (41, "tree"), (5001, "tree")])
def test_the_exact_method_tells_how_it_goes_by_size(reactions, why):
    chosen, reason = rl.Automatic().choice([chain(reactions)], np.array([1.0]))
    assert chosen == rl.Direct()
    assert why in reason


def test_leaps_are_taken_only_where_allowed():
    assert run(EXCHANGE, rl.Automatic()).attrs["chosen"] == "Direct()"
    cells = run(EXCHANGE, rl.Automatic(epsilon=0.05))
    assert cells.attrs["chosen"] == "TauLeaping(epsilon=0.05)"
    assert "100000 copies" in cells.attrs["why"]
    assert "approximate" in cells.attrs
    same = run(EXCHANGE, rl.TauLeaping(0.05))
    np.testing.assert_array_equal(cells["average"], same["average"])


@pytest.mark.parametrize(
    "network",
    [
        EXCHANGE.replace(initial={"A": 1e5, "B": 10}),
        rl.Network.parse("A --> 0, 100", initial={"A": 1e5}),
        rl.Network.parse("A --> 0, time", initial={"A": 1e5}),
    ],
    ids=["few at first", "few at last", "a rate of time"],
)
def test_few_copies_or_rates_of_time_stay_exact(network):
    assert run(network, rl.Automatic(epsilon=0.05)).attrs["chosen"] == "Direct()"


def test_one_set_of_a_sweep_with_few_copies_keeps_all_exact():
    cells = run(EXCHANGE, rl.Automatic(epsilon=0.05), sweep={"B(0)": [1e5, 10]})
    assert cells.attrs["chosen"] == "Direct()"


def test_an_epsilon_is_a_fraction():
    with pytest.raises(rl.DataError, match="between 0 and 1"):
        rl.Automatic(epsilon=1.5)
