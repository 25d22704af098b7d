"""Where blocks are worked on: threads of this process, or workers of a dask cluster."""

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.simulate.method import Ensemble

if TYPE_CHECKING:
    from distributed import Client

Work = TypeVar("Work")
Done = TypeVar("Done")

PATIENCE = 60.0
"""Seconds that a cluster may be away before a run is given up."""


class Pool(ABC):
    """Runs a function on pieces of work; a context that is left with nothing running."""

    ahead: int
    """How many pieces are kept under way, so that nobody waits and little is held."""

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(self, *error: object) -> None: ...

    @abstractmethod
    def submit(self, work: Any) -> Any:  # noqa: ANN401
        """Begin a piece; what `result` wants."""

    @abstractmethod
    def result(self, work: Any, future: Any) -> Any:  # noqa: ANN401
        """Wait for a piece."""

    @abstractmethod
    def stop(self) -> None:
        """Make everything end soon; from any thread."""


def in_order(pool: Pool, pieces: Iterable[Work]) -> Iterator[tuple[Work, Any]]:
    """Each piece and its result, in the order of the pieces."""
    waiting: deque[tuple[Work, Any]] = deque()
    for piece in pieces:
        waiting.append((piece, pool.submit(piece)))
        if len(waiting) > pool.ahead:
            first, future = waiting.popleft()
            yield first, pool.result(first, future)
    while waiting:
        first, future = waiting.popleft()
        yield first, pool.result(first, future)


def open_pool(function: Callable[..., Any], ensemble: Ensemble) -> Pool:
    """The pool that an ensemble asks for."""
    if ensemble.cluster is not None:
        return _Cluster(function, ensemble.cluster)
    return _Threads(function, ensemble.threads)


class _Threads(Pool):
    def __init__(self, function: Callable[..., Any], threads: int) -> None:
        self.function = function
        self.ahead = 2 * threads
        self.flag = np.zeros(1, dtype=np.int64)
        self.executor = ThreadPoolExecutor(threads)

    def __exit__(self, *error: object) -> None:
        self.stop()
        self.executor.shutdown(cancel_futures=True)

    def submit(self, work: Any) -> Any:  # noqa: ANN401
        return self.executor.submit(self.function, work, self.flag)

    def result(self, work: Any, future: Any) -> Any:  # noqa: ANN401, ARG002
        return future.result()

    def stop(self) -> None:
        self.flag[0] = 1


class _Cluster(Pool):
    """Blocks are pure: what a killed worker or a restarted scheduler lost is submitted again."""

    def __init__(self, function: Callable[..., Any], client: "Client") -> None:
        self.client = client
        self.function = function
        self.stopped = False
        self.futures: set[Any] = set()
        self._connect()
        self.ahead = 2 * sum(client.nthreads().values())

    def __exit__(self, *error: object) -> None:
        self.stop()

    def submit(self, work: Any) -> Any:  # noqa: ANN401
        future = self.client.submit(_call, self.remote, work, pure=False)
        self.futures.add(future)
        return future

    def result(self, work: Any, future: Any) -> Any:  # noqa: ANN401
        from distributed import KilledWorker

        while True:
            try:
                return future.result()
            except KilledWorker as error:
                raise SolverError(
                    f"the cluster's workers died {error.allowed_failures + 1} times at the same "
                    f"block ({work}): is their memory too small for what is recorded?"
                ) from error
            except (CancelledError, OSError) as error:
                if self.stopped:
                    raise CancelledError from error
                self._connect()
                future = self.submit(work)
            finally:
                self.futures.discard(future)

    def stop(self) -> None:
        self.stopped = True
        self.client.cancel(list(self.futures))

    def _connect(self) -> None:
        """Wait for workers, and give the scheduler the function once more.

        As the result of a task: a worker that dies with it loses nothing, for the scheduler has it
        made again; what is scattered would be gone.
        """
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self.client.wait_for_workers(1, timeout=PATIENCE)
            except (OSError, TimeoutError) as error:  # the scheduler is on its way down
                if time.monotonic() > until:
                    raise SolverError(
                        f"no worker of the cluster answered within {PATIENCE:.0f} s: start it and "
                        f"call again; with a checkpoint finished blocks are not lost"
                    ) from error
                time.sleep(1.0)
            else:
                self.remote = self.client.submit(_given, self.function, pure=False)
                return


def _given(function: Callable[..., Done]) -> Callable[..., Done]:
    return function


def _call(function: Callable[..., Done], work: Any) -> Done:  # noqa: ANN401
    return function(work)
