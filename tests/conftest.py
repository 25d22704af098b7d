"""What all tests share: settings of Hypothesis, the exact methods, data with a known truth."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import settings

import ratelaw as rl
from ratelaw.learn.equations.compile_cache import keep_compiled_flows
from ratelaw.simulate import ALL_METHODS
from ratelaw.simulate.results import moment_labels, stack_moments, unstack_moments
from ratelaw.simulate.ssa.ensemble import TrajectoryMethod

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None)  # --hypothesis-profile search
settings.load_profile("fixed")


def pytest_configure(config):
    keep_compiled_flows()
    unreadable = "ignore:Error (reading|writing) persistent compilation cache"
    config.addinivalue_line("filterwarnings", unreadable)


EXACT = [method for method in ALL_METHODS if isinstance(method, TrajectoryMethod) and method.exact]
"""Every method that draws trajectories with the law of the master equation."""


def pytest_generate_tests(metafunc):
    if "exact_method" in metafunc.fixturenames:
        metafunc.parametrize("exact_method", EXACT, ids=repr)


@pytest.fixture(scope="session")
def noisy_moments():
    """Exact moments of a network at the times, with independent errors of relative size `noise`."""

    def make(network, times, noise, seed):
        exact = rl.simulate(network, rl.Moments(), times)
        moments = stack_moments(exact["average"].values, exact["covariance"].values)
        deviation = noise * np.abs(moments).max(axis=0) * np.ones_like(moments)
        deviation[0] = 0.0
        generator = np.random.default_rng(seed)
        values = moments + deviation * generator.standard_normal(moments.shape)
        average, covariance = unstack_moments(values, len(network.species))
        labels = moment_labels(network.species)
        size = len(labels)
        errors = np.diag(deviation.ravel() ** 2).reshape(len(times), size, len(times), size)
        return xr.Dataset(
            {
                "average": (["time", "species"], average),
                "covariance": (["time", "species", "species_"], covariance),
                "moment_covariance": (["time", "moment", "time_", "moment_"], errors),
            },
            coords={
                "time": times,
                "time_": times,
                "species": list(network.species),
                "species_": list(network.species),
                "moment": labels,
                "moment_": labels,
            },
        )

    return make
