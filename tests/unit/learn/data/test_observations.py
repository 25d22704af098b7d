"""What moments and averages are read from a result or a table."""

import numpy as np
import pytest
import xarray as xr

import ratelaw as rl
from ratelaw.learn.data.observations import observe_averages, observe_moments

SAME = ("times", "values", "whitener")


def simulated():
    return rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 2, 4], trajectories=200, seed=1)


def weighed(*errors):
    values = {"average": [[6.0, 1.0], [4.0, 3.0]], "standard_error": np.reshape(errors, (2, 2))}
    return xr.Dataset(
        {name: (["time", "species"], value) for name, value in values.items()},
        coords={"time": [0.0, 1.0], "species": ["A", "B"]},
    )


@pytest.mark.parametrize(
    ("observe", "data"),
    [
        (observe_averages, simulated()),
        (observe_moments, simulated()),
        (observe_averages, weighed(0.1, 0.2, 0.3, 0.4)),
    ],
)
def test_dimensions_come_in_any_order(observe, data):
    plain, turned = observe(data), observe(data.transpose())
    for name in SAME:
        np.testing.assert_array_equal(getattr(turned, name), getattr(plain, name))


@pytest.mark.parametrize("error", [-0.1, np.nan])
def test_an_error_that_weighs_nothing_is_named(error):
    found = rf"standard error of 'A' is {error:g} at time 1 \(row 2\): give a number >= 0"
    with pytest.raises(rl.DataError, match=found):
        observe_averages(weighed(0.1, 0.2, error, 0.4))


@pytest.mark.parametrize("observe", [observe_averages, observe_moments])
def test_a_sweep_is_no_data_set(observe):
    sweep = {"A(0)": [3, 4]}
    run = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 1], trajectories=20, seed=1, sweep=sweep)
    with pytest.raises(rl.DataError, match="choose a parameter set first"):
        observe(run)
