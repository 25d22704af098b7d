import pickle

import pytest

from ratelaw import ModelError, zoo


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
