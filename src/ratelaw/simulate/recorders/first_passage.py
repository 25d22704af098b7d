"""When a condition first holds."""

from dataclasses import dataclass

import numpy as np

from ratelaw.arguments import expect, expect_whole
from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.network.condition import condition_of
from ratelaw.simulate.recorders.recorder import (
    Accumulator,
    Batch,
    Layout,
    Recorded,
    Recorder,
    State,
    Tracked,
)


@dataclass(frozen=True, init=False)
class RecordFirstPassage(Recorder):
    r"""When each of some conditions first holds, to the reaction that makes it hold.

    .. math:: T = \inf \{t \ge 0 : \text{condition at } n(t)\}

    A trajectory stops once all have held, where nothing else is recorded. Memory: 8 bytes a
    condition and recording time, and 8 a condition and kept trajectory.

    Parameters
    ----------
    conditions
        Such as ``"A >= 50"`` or ``"A + B == 0"``, of copy numbers and parameters.
    count
        The times of the first so many trajectories are kept one by one.

    Raises
    ------
    DataError
        If there is no condition, one is no text, or `count` is not a whole number >= 0.
    ModelError
        For a condition that cannot be read, when it meets the network.

    Examples
    --------
    >>> from ratelaw import Direct, Network, simulate
    >>> network = Network.parse("A --> 0, 1", initial={"A": 1})
    >>> record = [RecordFirstPassage("A == 0", count=1)]
    >>> gone = simulate(network, Direct(), [99], trajectories=500, seed=1, record=record)
    >>> bool(abs(gone["passage_mean"][0] - 1) < 0.2)
    True
    """

    conditions: tuple[str, ...]
    count: int

    def __init__(self, *conditions: str, count: int = 0) -> None:
        if not conditions:
            raise DataError("RecordFirstPassage(): name a condition, such as 'A >= 50'")
        for condition in conditions:
            expect("a condition of RecordFirstPassage", condition, str, "text such as 'A >= 50'")
        expect_whole("count of RecordFirstPassage", count, 0)
        object.__setattr__(self, "conditions", conditions)
        object.__setattr__(self, "count", count)

    @property
    def records(self) -> str:
        return "first passages"

    def tracked(self, network: Network) -> Tracked:
        relations = dict.fromkeys(condition_of(text, network) for text in self.conditions)
        return Tracked(passages=tuple(relations), stop=True)

    def start(self, layout: Layout, pilot: np.ndarray) -> Accumulator:
        return _Passages(self, layout, pilot)


class _Passages(Accumulator):
    """Sums over the trajectories that passed by the last time, of times from a centre."""

    def __init__(self, recorder: RecordFirstPassage, layout: Layout, pilot: np.ndarray) -> None:
        self.conditions = list(recorder.conditions)
        self.columns = [
            layout.passage(condition_of(text, layout.network)) for text in self.conditions
        ]
        times = pilot[:, -1, self.columns]
        passed = np.isfinite(times)
        self.centre = np.where(passed, times, 0.0).sum(axis=0) / np.maximum(passed.sum(axis=0), 1)
        self.times = layout.times
        self.kept = recorder.count
        size = len(self.columns)
        self.count = 0
        self.passed = np.zeros((size, len(self.times)), dtype=np.int64)
        self.first = np.zeros(size)
        self.second = np.zeros(size)
        self.single = np.empty((size, 0))

    def add(self, batch: Batch) -> None:
        times = batch.paths[:, -1, self.columns].T
        reached = np.where(np.isfinite(times), times - self.centre[:, None], 0.0)
        self.merge(
            {
                "count": np.array(len(batch.paths)),
                "passed": (times[:, :, None] <= self.times).sum(axis=1),
                "first": reached.sum(axis=1),
                "second": np.square(reached).sum(axis=1),
                "single": times[:, : max(0, self.kept - batch.first)],
            }
        )

    def state(self) -> State:
        return {
            "count": np.array(self.count),
            "passed": self.passed,
            "first": self.first,
            "second": self.second,
            "single": self.single,
        }

    def merge(self, state: State) -> None:
        self.count += int(state["count"])
        self.passed = self.passed + state["passed"]
        self.first = self.first + state["first"]
        self.second = self.second + state["second"]
        self.single = np.concatenate([self.single, state["single"]], axis=1)

    def finish(self) -> Recorded:
        passed = self.passed[:, -1]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self.first / passed
            variance = np.where(
                passed > 1, (self.second - passed * mean**2) / (passed - 1.0), np.nan
            )
        return Recorded(
            {
                "passage_probability": (["passage", "time"], self.passed / self.count),
                "passage_mean": (["passage"], self.centre + mean),
                "passage_variance": (["passage"], variance),
                "passage_times": (["passage", "passage_trajectory"], self.single),
            },
            {"passage": self.conditions},
        )
