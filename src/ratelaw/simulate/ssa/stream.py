"""The stream of one trajectory, as four words in an array."""

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import GOLDEN, S17, S19, S45, mix, stream_key, uniform


@njit(error_model="numpy")
def open_stream(stream: np.ndarray, seed: np.uint64, trajectory: np.uint64) -> None:
    """Seed the stream of a trajectory."""
    key = stream_key(seed, trajectory)
    for w in range(4):
        key += GOLDEN
        stream[w] = mix(key)


@njit(forceinline=True, error_model="numpy")
def next_uniform(stream: np.ndarray) -> float:
    """The next number of the open interval (0, 1) (xoshiro256+)."""
    s0, s1, s2, s3 = stream[0], stream[1], stream[2], stream[3]
    number = uniform(s0 + s3)
    shifted = s1 << S17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    stream[0], stream[1], stream[2], stream[3] = s0, s1, s2, (s3 << S45) | (s3 >> S19)
    return number
