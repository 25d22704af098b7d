"""What a problem is: a truth, how data are drawn from it, and what contestants are told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np

from contest.equations import Equations, Model, course, monomials

ROOM = 273.15 + 25
PERCENT = (0.0, 0.01, 0.05, 0.1, 0.2)

Noise = Callable[[Sequence[np.ndarray], float], Sequence[np.ndarray]]
"""From clean courses and a level: the standard deviation of every value."""


def of_spread(courses: Sequence[np.ndarray], level: float) -> Sequence[np.ndarray]:
    """A share of each species' standard deviation over all data."""
    spread = np.concatenate(courses).std(axis=0)
    return [np.broadcast_to(level * spread, y.shape) for y in courses]


def of_value(courses: Sequence[np.ndarray], level: float) -> Sequence[np.ndarray]:
    """A share of each value."""
    return [level * np.abs(y) for y in courses]


def of_unit(courses: Sequence[np.ndarray], level: float) -> Sequence[np.ndarray]:
    """The same for every value."""
    return [np.full(y.shape, level) for y in courses]


@dataclass(frozen=True)
class Library:
    """Monomials that contestants may use; for reactions, those are of these orders."""

    degree: int = 2
    constant: bool = False
    squares: bool = True

    def exponents(self, species: int) -> np.ndarray:
        return monomials(species, self.degree, constant=self.constant, squares=self.squares)


@dataclass(frozen=True)
class Run:
    """One experiment: values at times, shapes (time, species) and (time,)."""

    times: np.ndarray
    values: np.ndarray
    temperature: float = ROOM


@dataclass(frozen=True)
class Problem:
    """One truth and its data.

    Attributes
    ----------
    truth
        Equations at a temperature.
    start
        Draws the initial state of run i.
    noise
        Standard deviations, at every level of `levels`; `quick` are some of these.
    library
        What every contestant is given.
    reactions
        Whether a contestant may also know that mass action holds.
    seeds
        Data sets that are drawn at most.
    horizon
        How much of the times a forecast from a new initial state covers.
    """

    name: str
    species: tuple[str, ...]
    truth: Model
    times: np.ndarray
    start: Callable[[np.random.Generator, int], np.ndarray]
    runs: int
    noise: Noise
    tests: int = 10
    levels: tuple[float, ...] = PERCENT
    quick: tuple[float, ...] = (0.0, 0.05)
    library: Library = field(default_factory=Library)
    reactions: bool = False
    horizon: float = np.inf
    temperature: Callable[[np.random.Generator], float] = lambda _: ROOM
    seeds: int = 10

    def courses(self, seed: int) -> tuple[list[Run], list[Run]]:
        """Clean runs to learn from, before noise, and others to forecast."""
        rng = np.random.default_rng([crc32(self.name.encode()), seed])
        later = self.times[self.times <= self.horizon]
        return (
            [self._run(rng, i, self.times) for i in range(self.runs)],
            [self._run(rng, self.runs + i, later) for i in range(self.tests)],
        )

    def noisy(self, clean: Sequence[Run], level: float, seed: int) -> list[Run]:
        """The runs with noise; at another level the same errors are larger or smaller."""
        rng = np.random.default_rng([seed, crc32(self.name.encode())])
        deviations = self.noise([run.values for run in clean], level)
        return [
            Run(run.times, run.values + s * rng.standard_normal(s.shape), run.temperature)
            for run, s in zip(clean, deviations, strict=True)
        ]

    def _run(self, rng: np.random.Generator, number: int, times: np.ndarray) -> Run:
        initial, temperature = self.start(rng, number), self.temperature(rng)
        return Run(times, exact(self.truth(temperature), initial, times), temperature)


def exact(equations: Equations, initial: np.ndarray, times: np.ndarray) -> np.ndarray:
    """A course far more accurate than any noise; times after 0 begin there all the same."""
    grid = np.union1d(0.0, times)
    return course(equations, initial, grid, tolerance=1e-9)[len(grid) - len(times) :]
