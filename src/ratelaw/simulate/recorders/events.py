"""Whole trajectories, reaction by reaction."""

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
class RecordEvents(Recorder):
    """Every reaction of the first `count` trajectories, up to the last recording time.

    Its memory is ``8 (species + 3)`` bytes a reaction that happens. The trajectories are those of
    `RecordPaths`: seen at every reaction instead of at given times. The attributes
    `event_trajectories`, with those in which nothing happened, and `event_end` say how many there
    are and when they end.

    Raises
    ------
    DataError
        If `count` is not a whole number >= 1.
    UnsupportedError
        If the method does not simulate reaction by reaction.

    Examples
    --------
    >>> from ratelaw import Direct, Network, simulate
    >>> network = Network.parse("A --> B, 1", initial={"A": 3})
    >>> every = simulate(network, Direct(), [9], trajectories=1, seed=1, record=[RecordEvents(1)])
    >>> every["event_counts"].sel(species="B").values
    array([1., 2., 3.])
    """

    count: int

    def __post_init__(self) -> None:
        expect_whole("count of RecordEvents", self.count, 1)

    @property
    def records(self) -> str:
        return "events"

    def start(self, layout: Layout, pilot: np.ndarray) -> Accumulator:  # noqa: ARG002
        return _FirstEvents(self.count, layout)


class _FirstEvents(Accumulator):
    """Rows (trajectory, time, reaction, counts)."""

    def __init__(self, count: int, layout: Layout) -> None:
        self.count = count
        self.trajectories = np.array(0)
        self.end = float(layout.times[-1])
        self.species = layout.species
        self.reactions = [str(reaction) for reaction in layout.network.reactions]
        self.rows = np.empty((0, 3 + layout.species))

    def add(self, batch: Batch) -> None:
        for number in range(batch.first, min(batch.first + len(batch.paths), self.count)):
            events = batch.events(number)[:, : 2 + self.species]
            rows = np.insert(events, 0, number, axis=1)
            self.merge({"rows": rows, "trajectories": np.array(1)})

    def state(self) -> State:
        return {"rows": self.rows, "trajectories": self.trajectories}

    def merge(self, state: State) -> None:
        self.rows = np.concatenate([self.rows, state["rows"]])
        self.trajectories = self.trajectories + state["trajectories"]

    def finish(self) -> Recorded:
        trajectory, time, reaction = self.rows[:, :3].T
        return Recorded(
            {
                "event_trajectory": (["event"], trajectory.astype(np.int64)),
                "event_time": (["event"], time.copy()),
                "event_reaction": (["event"], reaction.astype(np.int64)),
                "event_counts": (["event", "species"], self.rows[:, 3:].copy()),
            },
            {"reaction": self.reactions},
            {"event_trajectories": int(self.trajectories), "event_end": self.end},
        )
