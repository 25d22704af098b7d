"""Random numbers of a trajectory's stream: Poisson, binomial, normal.

Transformed rejection for large means (Hormann 1993: PTRS and BTRS), products and sums of uniform
numbers for small ones; the normal by the polar method (Marsaglia and Bray 1964).
"""

import math

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.stream import next_uniform

LARGE = 10.0
"""Mean from which transformed rejection is used."""


@njit(error_model="numpy")
def poisson(mean: float, stream: np.ndarray) -> float:
    """A Poisson number."""
    if mean < LARGE:
        floor, product, k = math.exp(-mean), next_uniform(stream), 0.0
        while product > floor:
            product *= next_uniform(stream)
            k += 1.0
        return k
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    scale = 1.1239 + 1.1328 / (b - 3.4)
    while True:
        u = next_uniform(stream) - 0.5
        v = next_uniform(stream)
        room = 0.5 - abs(u)
        k = math.floor((2.0 * a / room + b) * u + mean + 0.43)
        if room >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2.0):  # noqa: PLR2004
            return k
        if k < 0.0 or (room < 0.013 and v > room):  # noqa: PLR2004
            continue
        if math.log(v * scale / (a / (room * room) + b)) <= (
            k * math.log(mean) - mean - math.lgamma(k + 1.0)
        ):
            return k


@njit(error_model="numpy")
def binomial(count: float, chance: float, stream: np.ndarray) -> float:
    """How many of `count` happen, each with this chance."""
    if chance > 0.5:  # noqa: PLR2004
        return count - binomial(count, 1.0 - chance, stream)
    if count * chance < LARGE:
        k, position = 0.0, 0.0
        while chance > 0.0:  # the waiting times between successes are geometric
            position += math.floor(math.log(next_uniform(stream)) / math.log1p(-chance)) + 1.0
            if position > count:
                break
            k += 1.0
        return k
    spread = math.sqrt(count * chance * (1.0 - chance))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * chance
    odds = math.log(chance / (1.0 - chance))
    mode = math.floor((count + 1.0) * chance)
    height = math.lgamma(mode + 1.0) + math.lgamma(count - mode + 1.0)
    while True:
        u = next_uniform(stream) - 0.5
        v = next_uniform(stream)
        room = 0.5 - abs(u)
        k = math.floor((2.0 * a / room + b) * u + count * chance + 0.5)
        if room >= 0.07 and v <= 0.92 - 4.2 / b:  # noqa: PLR2004
            return k
        if k < 0.0 or k > count:
            continue
        if math.log(v * (2.83 + 5.1 / b) * spread / (a / (room * room) + b)) <= (
            height - math.lgamma(k + 1.0) - math.lgamma(count - k + 1.0) + (k - mode) * odds
        ):
            return k


@njit(error_model="numpy")
def normal(stream: np.ndarray) -> float:
    """A standard normal number."""
    while True:
        x = 2.0 * next_uniform(stream) - 1.0
        y = 2.0 * next_uniform(stream) - 1.0
        square = x * x + y * y
        if 0.0 < square < 1.0:
            return x * math.sqrt(-2.0 * math.log(square) / square)


@njit(error_model="numpy")
def diffused(mean: float, stream: np.ndarray) -> float:
    """Firings in the Langevin limit: normal, with variance equal to the mean."""
    return mean + math.sqrt(mean) * normal(stream)


@njit(error_model="numpy")
def diffused_part(whole: float, chance: float, mean: float, stream: np.ndarray) -> float:
    """The part of such firings in a fraction of their time, given the whole: a Brownian bridge."""
    return whole * chance + math.sqrt(mean * chance * (1.0 - chance)) * normal(stream)


@njit(error_model="numpy")
def poisson_part(
    whole: float,
    chance: float,
    mean: float,  # noqa: ARG001
    stream: np.ndarray,
) -> float:
    """The part of Poisson firings in a fraction of their time, given the whole: binomial."""
    return binomial(whole, chance, stream)
