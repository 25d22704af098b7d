"""What a recorder is, and what it may ask for.

Trajectories come in batches, in the order of their numbers. Each block of batches is added up
where it was made, in any thread or process; the sums are merged in block order, so that the result
has the same bits on any number of them. Sums are plain arrays: what can be merged can be sent and
saved.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp

from ratelaw.network import Network

State = dict[str, np.ndarray]
"""The sums of an accumulator."""


@dataclass(frozen=True)
class Tracked:
    """What is followed beside the species, as further columns of the paths.

    Attributes
    ----------
    reactions
        Indices of reactions: how often each has happened so far.
    passages
        Relations between copy numbers and parameters: the time when each first held, infinite until
        then.
    stop
        Whether a trajectory may stand still once every passage has happened.
    """

    reactions: tuple[int, ...] = ()
    passages: tuple[sp.Basic, ...] = ()
    stop: bool = False


@dataclass(frozen=True)
class Layout:
    """What the axes of the paths mean: times, and columns of species and of what is tracked."""

    network: Network
    times: np.ndarray
    tracked: Tracked

    @property
    def species(self) -> int:
        """How many columns are species: the first ones."""
        return len(self.network.species)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return self.species + len(self.tracked.reactions) + len(self.tracked.passages)

    @property
    def counted(self) -> slice:
        """The columns of the counted reactions."""
        return slice(self.species, self.species + len(self.tracked.reactions))

    def passage(self, condition: sp.Basic) -> int:
        """The column of a passage."""
        return self.counted.stop + self.tracked.passages.index(condition)


@dataclass(frozen=True)
class Batch:
    """Some trajectories, numbered from `first` on.

    Attributes
    ----------
    first
        The number of the first.
    paths
        Shape (trajectory, time, column).
    events
        Gives every reaction of the trajectory of a number up to the last time: shape (event, 2 +
        column), its time, the reaction's index, the columns after it.
    """

    first: int
    paths: np.ndarray
    events: Callable[[int], np.ndarray]


@dataclass(frozen=True)
class Recorded:
    """What a recorder adds to a result: variables, coordinates and attributes."""

    variables: Mapping[str, tuple[Sequence[str], np.ndarray]]
    coordinates: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, float | str] = field(default_factory=dict)


class Accumulator(ABC):
    """The running sums of a recorder over one ensemble."""

    @abstractmethod
    def add(self, batch: Batch) -> None:
        """Take in the batch that follows."""

    @abstractmethod
    def state(self) -> State:
        """The sums."""

    @abstractmethod
    def merge(self, state: State) -> None:
        """Take in the sums of the block that follows."""

    @abstractmethod
    def finish(self) -> Recorded:
        """The variables of all that was taken in, at least one trajectory."""


class Recorder(ABC):
    """A choice of what to keep."""

    @property
    @abstractmethod
    def records(self) -> str:
        """What its variables hold; no two recorders of a run may hold the same."""

    def tracked(self, network: Network) -> Tracked:  # noqa: ARG002
        """What it needs beside the copy numbers; nothing unless told."""
        return Tracked()

    @abstractmethod
    def start(self, layout: Layout, pilot: np.ndarray) -> Accumulator:
        """An accumulator of nothing; `pilot` are the paths of the first few trajectories."""
