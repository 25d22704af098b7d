import math

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import logarithm, stream_key, uniform


@njit
def logarithms(x):
    return np.array([logarithm(value) for value in x])


@njit
def uniforms(bits):
    return np.array([uniform(value) for value in bits])


@njit
def keys(seed, count):
    return np.array([stream_key(np.uint64(seed), np.uint64(i)) for i in range(count)])


def test_logarithm_is_right_to_the_last_place_over_the_whole_range():
    generator = np.random.default_rng(1)
    x = np.concatenate(
        [
            2.0 ** -generator.uniform(0, 53, 200_000),
            1 - 2.0 ** -generator.uniform(1, 53, 50_000),
            [2.0**-53, 0.5, math.sqrt(0.5), np.nextafter(math.sqrt(0.5), 0), 1 - 2.0**-53],
        ]
    )
    expected = np.log(x)
    np.testing.assert_array_less(np.abs(logarithms(x) - expected), 1.01 * np.spacing(-expected))


def test_uniform_numbers_lie_strictly_between_zero_and_one():
    extremes = np.array([0, 2**64 - 1, 2**12 - 1, 2**63], dtype=np.uint64)
    found = uniforms(extremes)
    assert found[0] == found[2] == 2.0**-53
    assert found[1] == 1 - 2.0**-53
    assert abs(found[3] - 0.5) < 2.0**-52


def test_no_two_trajectories_share_a_stream():
    streams = np.concatenate([keys(seed, 100_000) for seed in (0, 1, 2, 2**40)])
    assert len(np.unique(streams)) == len(streams)
