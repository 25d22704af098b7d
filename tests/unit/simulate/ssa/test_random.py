import math

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import GOLDEN, MIX_1, MIX_2, logarithm, stream_key, uniform
from ratelaw.simulate.ssa.stream import open_stream
from ratelaw.simulate.ssa.task import STREAMS

WORD = 2**64


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


def unmixed(z):
    """The inverse of SplitMix64's mix: that it exists is why no two keys are equal."""
    z ^= z >> 31 ^ z >> 62
    z = z * pow(int(MIX_2), -1, WORD) % WORD
    z ^= z >> 27 ^ z >> 54
    z = z * pow(int(MIX_1), -1, WORD) % WORD
    return z ^ z >> 30 ^ z >> 60


def trajectory_of(key, origin):
    """The number of the trajectory that starts at a key, where trajectory 0 does at `origin`."""
    return (unmixed(key) - unmixed(origin)) * pow(int(GOLDEN), -1, WORD) % WORD


def test_the_trajectory_can_be_read_off_its_stream_whatever_the_parameter_set():
    generator = np.random.default_rng(3)
    sets, numbers = generator.integers([[2**24], [STREAMS]], size=(2, 2000))
    trajectories = [0, 1, STREAMS - 1, STREAMS, WORD - 1]
    trajectories += [int(s) * STREAMS + int(i) for s, i in zip(sets, numbers, strict=True)]
    for seed in [0, 1, WORD - 1, *generator.integers(2**63, size=3)]:
        origin = int(keys(np.uint64(seed), 1)[0])
        for trajectory in trajectories:
            words = np.empty(4, dtype=np.uint64)
            open_stream(words, np.uint64(seed), np.uint64(trajectory))
            starts = [(unmixed(int(w)) - i * int(GOLDEN)) % WORD for i, w in enumerate(words, 1)]
            assert len(set(starts)) == 1
            assert trajectory_of(starts[0], origin) == trajectory
