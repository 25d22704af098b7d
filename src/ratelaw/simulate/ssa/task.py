"""The work of an ensemble that can be done anywhere: any block of any of its parameter sets."""

from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import UnsupportedError
from ratelaw.network import Network
from ratelaw.network.network import LARGEST_COUNT
from ratelaw.simulate.recorders.recorder import Accumulator, Batch, Layout, Recorder, State, Tracked
from ratelaw.simulate.ssa.failures import DESCRIPTIONS, too_many
from ratelaw.simulate.ssa.kernel import Kernel, KernelMaker, Work
from ratelaw.simulate.ssa.lanes import LANES

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

BATCH = 4096
"""Trajectories of one call of a kernel: enough that lanes rarely idle."""
BATCH_BYTES = 2**25
"""Of the paths of a batch, beyond which it is made smaller, down to one a lane."""
PATIENCE = 10**9
"""Reactions that may pass before any recording time is reached."""
STREAMS = 2**40
"""Streams of a parameter set: that of trajectory i of set s has the number s 2^40 + i."""


@lru_cache(maxsize=1)
def _libraries() -> "ThreadpoolController":
    """The libraries with threads of their own, which would only be in each other's way."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@dataclass(frozen=True)
class Block:
    """Trajectories `first`, `first` + 1, ... of a parameter set."""

    parameter_set: int
    first: int
    count: int


class Task:
    """A method, the networks of the parameter sets, times, a seed, and what is recorded.

    It can be sent to another process, and gives the same bits there.
    """

    def __init__(
        self,
        method: KernelMaker,
        networks: tuple[Network, ...],
        times: np.ndarray,
        seed: int,
        record: tuple[Recorder, ...],
        *,
        pilots: int,
        together: bool,
    ) -> None:
        self.method = method
        self.networks = networks
        self.times = times
        self.seed = seed
        self.record = record
        self.pilots = pilots
        self.together = together

    def run(self, block: Block, stop: np.ndarray | None = None) -> list[State]:
        """Simulate a block; the sums of each recorder. With ``stop[0]`` set it ends early."""
        stop = np.zeros(1, dtype=np.int64) if stop is None else stop
        accumulators = self.accumulators(block.parameter_set)
        end = block.first + block.count
        room = np.empty(self._shape(min(self._batch, block.count)))
        with _libraries().limit(limits=1, user_api="blas"):
            for first in range(block.first, end, self._batch):
                part = Block(block.parameter_set, first, min(self._batch, end - first))
                paths, _ = self._paths(part, room[: part.count], stop)
                batch = Batch(first, paths, partial(self._events, block.parameter_set))
                for accumulator in accumulators:
                    accumulator.add(batch)
        return [accumulator.state() for accumulator in accumulators]

    def accumulators(self, parameter_set: int) -> list[Accumulator]:
        """Accumulators of nothing yet."""
        layout = Layout(self.networks[parameter_set], self.times, self.tracked)
        pilot, _ = self._pilot(parameter_set)
        return [recorder.start(layout, pilot) for recorder in self.record]

    def steps(self) -> float:
        """Steps that a trajectory of the first parameter set takes, by the first few of them.

        At least one: where nothing can happen, looking whether something does.
        """
        return max(self._pilot(0)[1] / self.pilots, 1.0)

    def _pilot(self, parameter_set: int) -> tuple[np.ndarray, int]:
        """Paths of the first few trajectories, and how many steps they took together."""
        if parameter_set not in self._pilots:
            block = Block(parameter_set, 0, self.pilots)
            room = np.empty(self._shape(self.pilots))
            self._pilots[parameter_set] = self._paths(block, room, np.zeros(1, dtype=np.int64))
        return self._pilots[parameter_set]

    @cached_property
    def tracked(self) -> Tracked:
        """What any of the recorders needs beside the copy numbers."""
        every = [recorder.tracked(self.networks[0]) for recorder in self.record]
        return Tracked(
            reactions=tuple(sorted({j for tracked in every for j in tracked.reactions})),
            passages=tuple(dict.fromkeys(c for tracked in every for c in tracked.passages)),
            stop=all(tracked.stop for tracked in every),
        )

    @cached_property
    def _pilots(self) -> dict[int, tuple[np.ndarray, int]]:
        return {}

    @cached_property
    def _kernel(self) -> Kernel:
        if self.together:
            return self.method.kernel(self.networks[0], self.tracked)
        return self._single

    @cached_property
    def _single(self) -> Kernel:
        return self.method.single(self.networks[0], self.tracked)

    @cached_property
    def _batch(self) -> int:
        memory = BATCH_BYTES // (8 * int(np.prod(self._shape(1))))
        return max(LANES, min(BATCH, memory) // LANES * LANES)

    def _shape(self, count: int) -> tuple[int, int, int]:
        return count, self.times.size, Layout(self.networks[0], self.times, self.tracked).columns

    def __getstate__(self) -> dict[str, object]:
        """What is not made again by itself."""
        made = {"tracked", "_pilots", "_kernel", "_single", "_batch"}
        return {name: value for name, value in self.__dict__.items() if name not in made}

    def _paths(self, block: Block, out: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, int]:
        _, steps, _ = self._call(block, out, stop)
        if out[:, :, : len(self.networks[0].species)].max() > LARGEST_COUNT:
            raise too_many(self.networks[0], block.first, self.times, out)
        return out, steps

    def _events(self, parameter_set: int, number: int) -> np.ndarray:
        if not self.method.exact:
            raise UnsupportedError(
                f"{self.method!r} does not simulate reaction by reaction: record paths, or use "
                f"Direct"
            )
        stop, out = np.zeros(1, dtype=np.int64), np.empty(self._shape(1))
        events = np.empty((2**12, out.shape[2] + 2))
        while True:
            block = Block(parameter_set, number, 1)
            _, _, recorded = self._call(block, out, stop, self._single, events)
            if recorded <= len(events):
                return events[:recorded]
            events = np.empty((recorded, events.shape[1]))

    def _call(
        self,
        block: Block,
        out: np.ndarray,
        stop: np.ndarray,
        kernel: Kernel | None = None,
        events: np.ndarray | None = None,
    ) -> tuple[int, int, int]:
        network = self.networks[block.parameter_set]
        columns = out.shape[2]
        lanes = np.full((LANES, columns + 1), np.nan)
        work = Work(
            seed=np.uint64(self.seed),
            first=block.parameter_set * STREAMS + block.first,
            times=self.times,
            start=self._start(network),
            parameters=np.array([*network.parameters.values(), 0.0]),
            patience=PATIENCE,
            out=out,
            stop=stop,
            lanes=lanes,
            events=np.empty((0, columns + 2)) if events is None else events,
        )
        outcome = (kernel or self._kernel)(work)
        if stop[0]:
            raise CancelledError
        if outcome[0]:
            lanes = lanes[np.isfinite(lanes[:, -1])]
            raise DESCRIPTIONS[outcome[0]](network, lanes, PATIENCE)
        return outcome

    def _start(self, network: Network) -> np.ndarray:
        """Where trajectories begin; with events, kernels see what holds after those of time 0."""
        counts = dict(zip(network.symbols, network.initial_counts.tolist(), strict=True))
        held = [
            not network.events and bool(condition.subs(counts).subs(network.values))
            for condition in self.tracked.passages
        ]
        return np.array(
            [
                *counts.values(),
                *(0 for _ in self.tracked.reactions),
                *(0.0 if true else np.inf for true in held),
            ],
            dtype=float,
        )
