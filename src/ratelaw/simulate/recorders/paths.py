"""Whole trajectories on the recording times."""

from dataclasses import dataclass

import numpy as np

from ratelaw.errors import DataError
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
        check_count("RecordPaths", self.count)

    @property
    def records(self) -> str:
        return "paths"

    def start(self, layout: Layout, pilot: np.ndarray) -> Accumulator:  # noqa: ARG002
        return _FirstPaths(self.count, layout)


def check_count(name: str, count: int) -> None:
    """Refuse a number of trajectories that is not 1, 2, ..."""
    if not (isinstance(count, int) and count >= 1):
        raise DataError(f"{name}({count!r}): the number must be 1, 2, ...")


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
