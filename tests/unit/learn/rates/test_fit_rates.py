"""Every method takes one type of data, and says so."""

import numpy as np
import pytest

import ratelaw as rl

NETWORK = rl.zoo.birth_death()
CELLS = rl.Snapshots.of_cells([1, 2], [[3], [5]], ["A"], {"A": 0})
MOMENTS = rl.simulate(NETWORK, rl.Moments(), [0, 1])


@pytest.mark.parametrize(
    ("data", "method", "message"),
    [
        (CELLS, rl.learn.MomentCoefficients(), "MomentCoefficients takes Dataset; .* is Snapshots"),
        (MOMENTS, rl.MaximumLikelihood(), "MaximumLikelihood takes Snapshots; .* is Dataset"),
        ([MOMENTS, "a"], None, "JointMoments takes Dataset or Snapshots; data set 2 of 2 is str"),
        ([CELLS, MOMENTS], None, "MaximumLikelihood takes Snapshots; data set 2 of 2 is Dataset"),
        ("cells.csv", rl.learn.MomentCoefficients(), "takes Dataset; data set 1 of 9 is str"),
    ],
)
def test_data_of_another_type_are_refused(data, method, message):
    with pytest.raises(rl.DataError, match=message):
        rl.fit_rates(NETWORK, data, method)


@pytest.mark.parametrize(
    "verb", [rl.fit_rates, rl.discover, rl.learn.profile, rl.learn.bootstrap, rl.learn.absence]
)
def test_a_sweep_is_refused(verb):
    cells = rl.simulate(
        NETWORK, rl.Direct(), [0, 1, 2], trajectories=50, seed=1, sweep={"k": [3.0, 5.0]}
    )
    rates = rl.fit_rates(NETWORK, cells.isel(parameter_set=0))
    with pytest.raises(rl.DataError, match="choose a parameter set first"):
        verb(NETWORK if verb in {rl.fit_rates, rl.discover} else rates, cells)


def test_two_different_molecules_consumed_are_not_linear():
    # The scatter of moments by the network's own equations is for at most one molecule consumed;
    # A + B --> C consumes two, though one of each.
    network = rl.Network.parse("A + B --> C, 0.02\nC --> A + B, 0.5", initial={"A": 20, "B": 30})
    cells = rl.simulate(network, rl.Direct(), np.linspace(0, 4, 6), trajectories=20_000, seed=1)
    rates = rl.fit_rates(network, cells)
    # The closure's error is below the noise; beyond 4 standard errors once in 8000 other seeds.
    assert (np.abs((rates.constants - [0.02, 0.5]) / rates.standard_errors) < 4).all()
    found = rl.identifiability(network, [1.0, 4.0])
    assert found["averages and covariances"].rank == 2
