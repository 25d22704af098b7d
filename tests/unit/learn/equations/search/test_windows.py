"""How long pieces of courses are at first."""

import numpy as np
import xarray as xr

import ratelaw as rl
from ratelaw.learn.equations.search.matching import Smoothed
from ratelaw.learn.equations.search.windows import horizons

TIMES = np.linspace(0, 20, 201)


def lengths(courses, sigma):
    data = rl.Experiments.of(
        *(
            xr.Dataset(
                {"average": (["time", "species"], y[:, None])},
                coords={"time": TIMES, "species": ["x"]},
            )
            for y in courses
        )
    )
    smoothed = [
        Smoothed(y[:, None], np.empty((0, 1)), np.empty((0, 4)), np.zeros(1)) for y in courses
    ]
    return horizons(data, smoothed, [np.full((len(TIMES), 1), sigma) for _ in courses])


def test_an_oscillation_begins_in_pieces_of_a_turn():
    courses = [2 + np.sin(2 * np.pi * TIMES / 4), 2 + np.cos(2 * np.pi * TIMES / 4)]  # ten turns
    assert lengths(courses, 0.05) == [21, 42, 84, 168, 201]


def test_few_turns_are_matched_whole():
    assert lengths([np.exp(-TIMES), 2 + np.sin(2 * np.pi * TIMES / 10)], 0.01) == [201]


def test_smoothed_noise_is_no_oscillation():
    generator = np.random.default_rng(1)
    wiggles = np.repeat(generator.standard_normal((2, 67)), 3, axis=1)  # some forty turns each
    at_rest = 0.2 + 0.1 * wiggles
    decays = [start * np.exp(-TIMES) for start in (10.0, 6.0, 3.0)]
    assert lengths([*at_rest, *decays], 0.1) == [201]  # 5 % of the range over all experiments
    assert lengths([*(0.2 + wiggles), *decays], 0.1) == [201]  # the median of experiments
