import pickle

import pytest

from ratelaw import ModelError, Network, zoo


def test_a_network_survives_pickling_and_hashes_by_content():
    network = zoo.spcm()
    copy = pickle.loads(pickle.dumps(network))  # noqa: S301
    assert copy == network
    assert hash(copy) == hash(network)


def test_replace_leaves_the_original_alone():
    network = zoo.spcm()
    changed = network.replace(parameters={"lam": 2}, initial={"B": 3}, volume=4)
    assert (network.parameters["lam"], network.initial["B"], network.volume) == (1.1, 0, 1)
    assert (changed.parameters["lam"], changed.initial["B"], changed.volume) == (2, 3, 4)


def test_replace_checks_again():
    with pytest.raises(ModelError, match=r"reaction 'A --> A \+ B': the rate constant"):
        zoo.spcm().replace(parameters={"r1": 0.99})


def test_nothing_can_be_changed_in_place():
    network = zoo.spcm()
    with pytest.raises(TypeError):
        network.parameters["lam"] = 2
    with pytest.raises(AttributeError):
        network.volume = 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A --> B, k*q\nk = 1\nq = 2", "A --> B, k*q\nq = 2\nk = 1"),
        ("A + B --> C, 1", "B + A --> C, 1"),
        ("A --> B + C, 1", "A --> C + B, 1"),
        ("A --> 0, 1\nB(0) = 1\nC(0) = 1", "A --> 0, 1\nC(0) = 1\nB(0) = 1"),
        ("A --> 0, 1\nB' = 1\nC' = 2", "A --> 0, 1\nC' = 2\nB' = 1"),
        ("A --> 0, 1\nwhen A < 1: B = 1, C = 2", "A --> 0, 1\nwhen A < 1: C = 2, B = 1"),
    ],
)
def test_what_is_in_another_order_is_another_network(one, other):
    assert Network.parse(one) != Network.parse(other)
    for text in (one, other):
        network, again = Network.parse(text), Network.parse(str(Network.parse(text)))
        assert network == again
        assert hash(network) == hash(again)
        assert network.species == again.species


def test_equal_networks_have_equal_hashes_whatever_the_sign_of_zero():
    network = Network.parse("A --> B, k\nk = 0")
    negative = network.replace(parameters={"k": -0.0})
    assert network == negative
    assert hash(network) == hash(negative)
    assert network != "A --> B, k\nk = 0"


def test_mass_action_of_more_molecules_than_a_number_can_order_is_refused():
    """171! is beyond a float64: its inverse, and so the rate, would be 0."""
    Network.parse("170 A --> B, 1")
    with pytest.raises(ModelError, match=r"of 171 molecules.*let it consume fewer"):
        Network.parse("171 A --> B, 1")
