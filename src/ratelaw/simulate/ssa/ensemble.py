"""An ensemble of exact paths: blocks of trajectories on threads, merged in order."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from ratelaw.errors import Interrupted, SolverError
from ratelaw.network import Network
from ratelaw.network.lowering import to_numpy
from ratelaw.simulate.method import Ensemble, Sampler
from ratelaw.simulate.progress import progress_bar
from ratelaw.simulate.recorders import Accumulator
from ratelaw.simulate.results import dataset
from ratelaw.simulate.ssa.kernel import BAD_PROPENSITY, LANES, NO_END, PATIENCE, compile_kernel

if TYPE_CHECKING:
    import xarray as xr

BLOCK = 4096
"""Trajectories in a block: enough that lanes rarely idle, few enough for a responsive progress."""
BLOCK_BYTES = 2**25


class ExactMethod(Sampler):
    """A stochastic simulation algorithm: it supplies how one lane takes one step."""

    @staticmethod
    @abstractmethod
    def step(propensities: list[str], stoichiometry: np.ndarray) -> list[str]:
        """Source lines that set a0, a1, ... (propensities), `dt` and change0, change1, ..."""

    def sample(self, network: Network, times: np.ndarray, ensemble: Ensemble) -> "xr.Dataset":
        from threadpoolctl import threadpool_limits

        run = _Run(network, times, ensemble, compile_kernel(network, self.step))
        interrupted = False
        # Ctrl-C reaches the main thread alone: in another one no merge is ever cut in half.
        with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(1) as conductor:
            try:
                conductor.submit(run.go).result()
            except KeyboardInterrupt:
                interrupted = True
                run.stop[0] = 1
        result = self._result(network, times, ensemble, run) if run.merged else None
        if interrupted or result is None:
            raise Interrupted(run.merged, ensemble.trajectories, result)
        return result

    def _result(
        self, network: Network, times: np.ndarray, ensemble: Ensemble, run: "_Run"
    ) -> "xr.Dataset":
        recorded = [accumulator.finish() for accumulator in run.accumulators]
        variables: dict[str, Any] = {}
        coordinates: dict[str, Any] = {}
        attributes: dict[str, Any] = {"seed": ensemble.seed, "trajectories": run.merged}
        for part in recorded:
            variables |= part.variables
            coordinates |= part.coordinates
            attributes |= part.attributes
        return dataset(network, self, times, variables, coordinates, **attributes)


Waiting = deque[tuple[int, Future[list[Any]]]]
"""Sizes and summaries of blocks under way, in block order."""


class _Run:
    """One pass over the blocks of an ensemble."""

    def __init__(
        self,
        network: Network,
        times: np.ndarray,
        ensemble: Ensemble,
        kernel: Any,  # noqa: ANN401
    ) -> None:
        self.network = network
        self.times = times
        self.ensemble = ensemble
        self.kernel = kernel
        self.stop = np.zeros(1, dtype=np.int64)
        self.start = network.initial_molecules.astype(float)
        self.parameters = np.array([*network.parameters.values(), 0.0])
        self.accumulators: list[Accumulator] = []
        self.merged = 0

    def go(self) -> None:
        """Simulate every block and merge the summaries in order."""
        blocks = self._blocks()
        waiting: Waiting = deque()
        pool = ThreadPoolExecutor(self.ensemble.threads)
        try:
            pilot = pool.submit(self._paths, *next(blocks)).result()
            self.accumulators = [
                recorder.start(self.network, self.times, pilot) for recorder in self.ensemble.record
            ]
            self._merge(len(pilot), self._summaries(pilot))
            del pilot
            with progress_bar(
                self.ensemble.trajectories, "trajectories", shown=self.ensemble.progress
            ) as advance:
                advance(self.merged)
                for block in blocks:
                    waiting.append((block[1], pool.submit(self._block, *block)))
                    if len(waiting) > 2 * self.ensemble.threads:
                        self._merge_next(waiting, advance)
                while waiting:
                    self._merge_next(waiting, advance)
        finally:
            self.stop[0] = 1
            pool.shutdown(cancel_futures=True)

    def _merge_next(self, waiting: Waiting, advance: Callable[[int], None]) -> None:
        count, summary = waiting.popleft()
        self._merge(count, summary.result())
        advance(self.merged)

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """First trajectory and size of each block; they depend on the work, not on the threads."""
        total = self.ensemble.trajectories
        memory = BLOCK_BYTES // (8 * self.times.size * self.start.size)
        size = min(BLOCK, memory, total // 8) // LANES * LANES
        size = max(size, LANES)
        for first in range(0, total, size):
            yield first, min(size, total - first)

    def _block(self, first: int, count: int) -> list[Any]:
        return self._summaries(self._paths(first, count))

    def _paths(self, first: int, count: int) -> np.ndarray:
        out = np.empty((count, self.times.size, self.start.size))
        lanes = np.empty((LANES, self.start.size + 1))
        failure = self.kernel(
            np.uint64(self.ensemble.seed),
            first,
            self.times,
            self.start,
            self.parameters,
            PATIENCE,
            out,
            self.stop,
            lanes,
        )
        if self.stop[0]:
            raise CancelledError
        if failure == BAD_PROPENSITY:
            raise self._bad_propensity(lanes)
        if failure == NO_END:
            raise self._no_end(lanes)
        return out

    def _bad_propensity(self, lanes: np.ndarray) -> SolverError:
        """What to say where a propensity went wrong in one of these lanes."""
        laws = [law.subs(self.network.values) for law in self.network.propensities]
        with np.errstate(all="ignore"):
            rates = to_numpy(laws, self.network.symbols)(lanes[:, :-1].T)
        worst = np.argmin(np.where(np.isfinite(rates), rates, -np.inf))
        j, lane = np.unravel_index(worst, rates.shape)
        return SolverError(
            f"reaction '{self.network.reactions[j]}': its propensity is {rates[j, lane]:g} at "
            f"{self._where(lanes[lane])}; a rate law must be finite and >= 0 at every count that "
            f"can be reached"
        )

    def _no_end(self, lanes: np.ndarray) -> SolverError:
        """What to say where trajectories do not get ahead; the one with the most molecules."""
        most = lanes[lanes[:, :-1].sum(axis=1).argmax()]
        return SolverError(
            f"no trajectory reached its next recording time within {PATIENCE:,} reactions; one is "
            f"at {self._where(most)}: the counts grow without bound, or the network is stiff and "
            f"needs more recording times"
        )

    def _where(self, lane: np.ndarray) -> str:
        counts = zip(self.network.species, lane, strict=False)
        state = ", ".join(f"{name} = {count:g}" for name, count in counts)
        return f"{state}, before time {lane[-1]:g}"

    def _summaries(self, paths: np.ndarray) -> list[Any]:
        return [accumulator.reduce(paths) for accumulator in self.accumulators]

    def _merge(self, count: int, summaries: list[Any]) -> None:
        for accumulator, summary in zip(self.accumulators, summaries, strict=True):
            accumulator.merge(summary)
        self.merged += count
