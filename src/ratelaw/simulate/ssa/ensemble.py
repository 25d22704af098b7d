"""An ensemble of trajectories: blocks simulated anywhere, merged in order."""

from abc import abstractmethod
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ratelaw.errors import Interrupted
from ratelaw.network import Network
from ratelaw.simulate.checkpoint import Checkpoint
from ratelaw.simulate.method import Ensemble, Sampler
from ratelaw.simulate.pools import Pool, in_order, open_pool
from ratelaw.simulate.progress import progress_bar
from ratelaw.simulate.recorders.recorder import Accumulator, State, Tracked
from ratelaw.simulate.results import dataset
from ratelaw.simulate.ssa.kernel import Kernel
from ratelaw.simulate.ssa.lanes import LANES
from ratelaw.simulate.ssa.task import Block, Task
from ratelaw.simulate.sweep import refuse_taken, stacked

if TYPE_CHECKING:
    import xarray as xr

BLOCK_STEPS = 2 * 10**7
"""Reactions of a block, about: some 100 ms of work, saved and sent as one."""
PARTS = 8
"""Blocks that any ensemble has at least, so that cores can share it."""
FEW = 16
"""Trajectories of a block below which they are simulated one by one."""
PILOTS = 8
"""First trajectories that tell how large the work and the counts are."""


class TrajectoryMethod(Sampler):
    """A method that draws trajectories: it supplies a kernel."""

    exact: ClassVar[bool] = True
    """Whether it simulates reaction by reaction, with the law of the master equation."""

    @abstractmethod
    def kernel(self, network: Network, tracked: Tracked) -> Kernel:
        """The kernel for many trajectories."""

    def single(self, network: Network, tracked: Tracked) -> Kernel:
        """The kernel for few trajectories, which also records events: bitwise the same paths."""
        return self.kernel(network, tracked)

    def attributes(self, network: Network) -> Mapping[str, float | str]:  # noqa: ARG002
        """What a result must say of the method's limits: nothing where it is exact."""
        return {}

    def sample(self, times: np.ndarray, ensemble: Ensemble) -> "xr.Dataset":
        run = _Run(self, times, ensemble)
        interrupted = False
        # Ctrl-C reaches the main thread alone: in another one no merge is ever cut in half.
        with ThreadPoolExecutor(1) as conductor:
            try:
                conductor.submit(run.go).result()
            except KeyboardInterrupt:
                interrupted = True
                run.pool.stop()
        if interrupted:
            raise Interrupted(run.merged, run.wanted, run.result() if run.merged else None)
        return run.result()


class _Run:
    """One pass over the blocks of an ensemble."""

    def __init__(self, method: TrajectoryMethod, times: np.ndarray, ensemble: Ensemble) -> None:
        self.method = method
        self.times = times
        self.ensemble = ensemble
        self.wanted = ensemble.trajectories * len(ensemble.networks)
        part = -(-ensemble.trajectories // PARTS)
        self.task = Task(
            method,
            ensemble.networks,
            times,
            ensemble.seed,
            ensemble.record,
            pilots=min(PILOTS, part),
            together=part >= FEW,
        )
        self.pool: Pool = open_pool(self.task.run, ensemble)
        self.sums: dict[int, list[Accumulator]] = {}
        self.finished = [0] * len(ensemble.networks)

    @property
    def merged(self) -> int:
        """Trajectories of all parameter sets whose sums are taken in."""
        return sum(self.finished)

    def go(self) -> None:
        """Simulate every block that is not finished and merge the sums in order."""
        blocks = self._blocks()
        checkpoint = None
        if self.ensemble.checkpoint:
            checkpoint = Checkpoint(self.ensemble.checkpoint, self._identity())
            for number, (done, states) in checkpoint.load().items():
                self._merge(Block(number, 0, done), states)
        waiting = [b for b in blocks if b.first >= self.finished[b.parameter_set]]
        with (
            self.pool,
            progress_bar(self.wanted, "trajectories", shown=self.ensemble.progress) as advance,
        ):
            advance(self.merged)
            try:
                for block, states in in_order(self.pool, waiting):
                    self._merge(block, states)
                    if self.merged == block.count:  # the first: what it leads to is known early
                        refuse_taken(self.ensemble.swept, self._dataset(block.parameter_set))
                    if checkpoint:
                        self._save(checkpoint, block)
                    advance(self.merged)
            finally:
                if checkpoint:
                    checkpoint.flush()

    def _blocks(self) -> list[Block]:
        """Their bounds depend on the work, never on who does it."""
        total = self.ensemble.trajectories
        size = min(-(-total // PARTS), int(BLOCK_STEPS / self.task.steps()) + 1)
        size = max(size // LANES * LANES, min(size, LANES)) if self.task.together else size
        return [
            Block(number, first, min(size, total - first))
            for number in range(len(self.ensemble.networks))
            for first in range(0, total, size)
        ]

    def _merge(self, block: Block, states: list[State]) -> None:
        number = block.parameter_set
        if number not in self.sums:
            self.sums[number] = self.task.accumulators(number)
        for accumulator, state in zip(self.sums[number], states, strict=True):
            accumulator.merge(state)
        self.finished[number] += block.count

    def _save(self, checkpoint: Checkpoint, block: Block) -> None:
        number = block.parameter_set
        checkpoint.save(
            number,
            self.finished[number],
            lambda: [accumulator.state() for accumulator in self.sums[number]],
            last=self.finished[number] == self.ensemble.trajectories,
        )

    def _identity(self) -> dict[str, str]:
        """What must be the same for a run to go on."""
        return {
            "network": "\n\n".join(map(str, self.ensemble.networks)),
            "method": repr(self.method),
            "times": repr(self.times.tolist()),
            "seed": str(self.ensemble.seed),
            "trajectories": str(self.ensemble.trajectories),
            "record": repr(self.ensemble.record),
            "ratelaw_version": version("ratelaw"),
        }

    def result(self) -> "xr.Dataset":
        """What all merged trajectories give; of a sweep, only parameter sets that are complete."""
        complete = [
            number
            for number, count in enumerate(self.finished)
            if count == self.ensemble.trajectories
        ]
        numbers = complete or [0]
        return stacked(
            [self._dataset(number) for number in numbers],
            {name: values[numbers] for name, values in self.ensemble.swept.items()},
        )

    def _dataset(self, number: int) -> "xr.Dataset":
        network = self.ensemble.networks[number]
        variables: dict[str, Any] = {}
        coordinates: dict[str, Any] = {}
        attributes: dict[str, Any] = {
            "seed": self.ensemble.seed,
            "trajectories": self.finished[number],
        }
        for part in (accumulator.finish() for accumulator in self.sums[number]):
            variables |= part.variables
            coordinates |= part.coordinates
            attributes |= part.attributes
        attributes |= self.method.attributes(network)
        return dataset(network, self.method, self.times, variables, coordinates, **attributes)
