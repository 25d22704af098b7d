import numpy as np
import pytest

import ratelaw as rl


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([], "at least one time"),
        ([[0, 1]], "at least one time"),
        ([0, 2, 1], "time 2 is 2, time 3 is 1"),
        ([0, 1, 1], "times must increase"),
        ([-1, 1], "finite and >= 0"),
        ([0, np.nan], "finite and >= 0"),
        ([0, np.inf], "finite and >= 0"),
    ],
)
def test_times_that_are_none_are_refused(times, message):
    with pytest.raises(rl.DataError, match=message):
        rl.simulate(rl.zoo.spcm(), rl.Moments(), times)


@pytest.mark.parametrize("trajectories", [None, 0, -5, 1.5, 1e6, True])
def test_a_number_of_trajectories_must_be_whole(trajectories):
    with pytest.raises(rl.DataError, match="whole number >= 1"):
        rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1], trajectories=trajectories, seed=1)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(rl.DataError, match="seed"):
        rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1], trajectories=1, seed=seed)


@pytest.mark.parametrize("threads", [0, -1, 1.5])
def test_a_number_of_threads_must_be_whole(threads):
    with pytest.raises(rl.DataError, match="threads"):
        rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1], trajectories=1, threads=threads)


def test_a_solver_takes_no_trajectories():
    with pytest.raises(rl.DataError, match="draws no trajectories"):
        rl.simulate(rl.zoo.spcm(), rl.Moments(), [0, 1], trajectories=10)


@pytest.mark.parametrize(
    "method", [rl.MassAction(), rl.Moments(), rl.MasterEquation()], ids=lambda m: type(m).__name__
)
def test_every_scale_uses_the_same_names(method):
    network = rl.zoo.spcm()
    results = rl.simulate(network, method, [0.5, 2])
    assert results["average"].dims == ("time", "species")
    assert list(results["species"].values) == ["A", "B"]
    assert rl.Network.parse(results.attrs["network"]) == network
    assert results.attrs["method"] == repr(method)
