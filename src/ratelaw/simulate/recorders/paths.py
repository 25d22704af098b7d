"""Whole trajectories on the recording times."""

from dataclasses import dataclass

import numpy as np

from ratelaw.arguments import expect_whole
from ratelaw.simulate.recorders.recorder import (
    Accumulator,
    Batch,
    Layout,
    Recorded,
    Recorder,
    State,
)


@dataclass(frozen=True)
class RecordPaths(Recorder):
    """The first `count` trajectories, whole, at the recording times.

    Their memory is ``8 count`` bytes a time and species. Path i is the same whatever the times, the
    number of trajectories and the number of threads.

    Raises
    ------
    DataError
        If `count` is not a whole number >= 1.

    Examples
    --------
    >>> from ratelaw import Direct, simulate, zoo
    >>> record = [RecordPaths(3)]
    >>> cells = simulate(zoo.spcm(), Direct(), [0, 5], trajectories=9, seed=1, record=record)
    >>> cells["paths"].shape
    (3, 2, 2)
    """

    count: int

    def __post_init__(self) -> None:
        expect_whole("count of RecordPaths", self.count, 1)

    @property
    def records(self) -> str:
        return "paths"

    def start(self, layout: Layout, pilot: np.ndarray) -> Accumulator:  # noqa: ARG002
        return _FirstPaths(self.count, layout)


class _FirstPaths(Accumulator):
    def __init__(self, count: int, layout: Layout) -> None:
        self.count = count
        self.species = layout.species
        self.paths = np.empty((0, len(layout.times), layout.species))

    def add(self, batch: Batch) -> None:
        self.merge({"paths": batch.paths[: max(0, self.count - batch.first), :, : self.species]})

    def state(self) -> State:
        return {"paths": self.paths}

    def merge(self, state: State) -> None:
        if len(state["paths"]):
            self.paths = np.concatenate([self.paths, state["paths"]])

    def finish(self) -> Recorded:
        return Recorded({"paths": (["trajectory", "time", "species"], self.paths)})
