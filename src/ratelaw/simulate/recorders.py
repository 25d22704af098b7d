"""Recorders: what is kept of an ensemble. Memory is bounded by them, not by the trajectories.

A recorder sees the ensemble as blocks of paths, in the order of their trajectory numbers. Each
block is reduced where it was made, in any thread; the reductions are merged in block order, so that
the result has the same bits on any number of threads.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.simulate.results import moment_labels

MOST_MOMENTS = 1024
"""Moments times recording times up to which their sampling covariance is kept unless asked."""


@dataclass(frozen=True)
class Recorded:
    """What a recorder adds to a result: variables, coordinates and attributes."""

    variables: Mapping[str, tuple[Sequence[str], np.ndarray]]
    coordinates: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, float | str] = field(default_factory=dict)


class Accumulator(ABC):
    """The running state of a recorder in one ensemble."""

    @abstractmethod
    def reduce(self, paths: np.ndarray) -> Any:  # noqa: ANN401
        """A summary of one block, shape (trajectory, time, species); called in worker threads."""

    @abstractmethod
    def merge(self, summary: Any) -> None:  # noqa: ANN401
        """Add a block's summary; called in block order."""

    @abstractmethod
    def finish(self) -> Recorded:
        """The variables of all blocks merged so far, at least one."""


class Recorder(ABC):
    """A choice of what to keep."""

    @abstractmethod
    def start(self, network: Network, times: np.ndarray, pilot: np.ndarray) -> Accumulator:
        """A fresh accumulator; `pilot` is the first block of paths, which is also merged."""


@dataclass(frozen=True)
class RecordMoments(Recorder):
    r"""Averages and covariances of the copy numbers, and how far sampling may have moved them.

    Sample moments of n trajectories, unbiased, and the covariance of all of them over all times by
    the delta method from the streamed sums :math:`\sum x x^T` of x = (n_i, n_i n_j).

    Parameters
    ----------
    sampling_covariance
        Whether to record ``moment_covariance``; unless told, where moments times recording times
        do not exceed `MOST_MOMENTS`. Its memory is the square of that number.

    Examples
    --------
    >>> from ratelaw import Direct, simulate, zoo
    >>> cells = simulate(zoo.spcm(), Direct(), [0, 5], trajectories=100, seed=1)
    >>> cells["moment_covariance"].shape
    (2, 5, 2, 5)
    """

    sampling_covariance: bool | None = None

    def start(self, network: Network, times: np.ndarray, pilot: np.ndarray) -> Accumulator:
        labels = moment_labels(network.species)
        full = self.sampling_covariance
        if full is None:
            full = len(times) * len(labels) <= MOST_MOMENTS
        centre = np.rint(pilot.mean(axis=0))
        return _MomentSums(centre) if full else _CovarianceSums(centre)


@dataclass(frozen=True)
class RecordHistogram(Recorder):
    """Joint histogram of the copy numbers at some of the recording times.

    Parameters
    ----------
    times
        Which recording times; all of them unless told.

    Raises
    ------
    DataError
        If there are no times, or one is not among the recording times.

    Examples
    --------
    >>> from ratelaw import Direct, marginal, simulate, zoo
    >>> record = [RecordHistogram(times=[5])]
    >>> cells = simulate(zoo.spcm(), Direct(), [0, 5], trajectories=100, seed=1, record=record)
    >>> float(marginal(cells, "A", "B").sum().round(6))
    1.0
    """

    times: Sequence[float] | None = None

    def start(self, network: Network, times: np.ndarray, pilot: np.ndarray) -> Accumulator:  # noqa: ARG002
        wanted = times if self.times is None else np.asarray(self.times, dtype=float)
        if wanted.size == 0:
            raise DataError("a histogram at no times: name some, or leave them out for all")
        rows = np.searchsorted(times, wanted).clip(max=len(times) - 1)
        for missing in wanted[times[rows] != wanted][:1]:
            raise DataError(f"a histogram at time {missing:g}, which is not a recording time")
        return _Histogram(times, rows, len(network.species))


@dataclass(frozen=True)
class RecordPaths(Recorder):
    """The first `count` trajectories, whole.

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
        if not (isinstance(self.count, int) and self.count >= 1):
            raise DataError(f"RecordPaths({self.count!r}): the number must be 1, 2, ...")

    def start(self, network: Network, times: np.ndarray, pilot: np.ndarray) -> Accumulator:  # noqa: ARG002
        return _FirstPaths(self.count)


class _Sums(Accumulator):
    """Sums of features x and of their products, of counts taken from `centre` (time, species)."""

    def __init__(self, centre: np.ndarray) -> None:
        self.centre = centre
        self.count = 0
        self.first = np.zeros(())
        self.second = np.zeros(())

    def merge(self, summary: tuple[int, np.ndarray, np.ndarray]) -> None:
        count, first, second = summary
        self.count += count
        self.first = self.first + first
        self.second = self.second + second

    @property
    def correction(self) -> float:
        """What makes a mean square an unbiased variance."""
        return self.count / (self.count - 1) if self.count > 1 else np.nan


class _MomentSums(_Sums):
    """With x = (n_i, n_i n_j) at all times together."""

    def reduce(self, paths: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
        count, times, species = paths.shape
        pairs = list(zip(*np.triu_indices(species), strict=True))
        features = np.empty((count, times, species + len(pairs)))
        np.subtract(paths, self.centre, out=features[..., :species])
        for k, (i, j) in enumerate(pairs, start=species):
            np.multiply(features[..., i], features[..., j], out=features[..., k])
        rows = features.reshape(count, -1)
        return count, rows.sum(axis=0), rows.T @ rows

    def finish(self) -> Recorded:
        times, species = self.centre.shape
        i, j = np.triu_indices(species)
        size = species + len(i)
        count = self.count
        raw = (self.first / count).reshape(times, size)
        shift, second = raw[:, :species], raw[:, species:]
        covariance = np.empty((times, species, species))
        covariance[:, i, j] = covariance[:, j, i] = (
            second - shift[:, i] * shift[:, j]
        ) * self.correction
        spread = self.second / count - np.outer(raw, raw)
        slopes = np.zeros((times, size, size))
        slopes[:, range(size), range(size)] = 1.0
        for pair, (a, b) in enumerate(zip(i, j, strict=True), start=species):
            slopes[:, pair, a] -= shift[:, b]
            slopes[:, pair, b] -= shift[:, a]
        blocks = spread.reshape(times, size, times, size)
        sampling = np.einsum("tab,tbuc,udc->taud", slopes, blocks, slopes, optimize=True)
        return Recorded(
            {
                "average": (["time", "species"], self.centre + shift),
                "covariance": (["time", "species", "species_"], covariance),
                "moment_covariance": (
                    ["time", "moment", "time_", "moment_"],
                    (sampling + sampling.transpose(2, 3, 0, 1)) / 2 * self.correction / count,
                ),
            }
        )


class _CovarianceSums(_Sums):
    """With x = (n_i) at each time by itself."""

    def reduce(self, paths: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
        shifted = np.moveaxis(paths - self.centre, 1, 0)
        return len(paths), shifted.sum(axis=1), shifted.transpose(0, 2, 1) @ shifted

    def finish(self) -> Recorded:
        shift = self.first / self.count
        spread = self.second / self.count - shift[:, :, None] * shift[:, None, :]
        return Recorded(
            {
                "average": (["time", "species"], self.centre + shift),
                "covariance": (["time", "species", "species_"], spread * self.correction),
            },
            attributes={
                "moment_covariance": f"not recorded: more than {MOST_MOMENTS} moments, or not asked"
            },
        )


class _Histogram(Accumulator):
    """Visits of each state at the snapshot times: columns (snapshot, counts), of states seen."""

    def __init__(self, times: np.ndarray, rows: np.ndarray, species: int) -> None:
        self.snapshots = times[rows]
        self.rows = rows
        self.trajectories = 0
        self.states = np.empty((1 + species, 0), dtype=np.int64)
        self.visits = np.empty(0, dtype=np.int64)
        self.waiting: list[tuple[np.ndarray, np.ndarray]] = []

    def reduce(self, paths: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
        count, _, species = paths.shape
        states = np.empty((1 + species, count, len(self.rows)), dtype=np.int64)
        states[0] = np.arange(len(self.rows))
        states[1:] = np.moveaxis(paths[:, self.rows], 2, 0)
        distinct, group = _distinct(states.reshape(1 + species, -1))
        return count, distinct, np.bincount(group)

    def merge(self, summary: tuple[int, np.ndarray, np.ndarray]) -> None:
        count, states, visits = summary
        self.trajectories += count
        self.waiting.append((states, visits))
        if sum(len(visits) for _, visits in self.waiting) > len(self.visits) + 2**18:
            self._merge_waiting()

    def _merge_waiting(self) -> None:
        states, visits = zip((self.states, self.visits), *self.waiting, strict=True)
        self.states, group = _distinct(np.concatenate(states, axis=1))
        self.visits = np.bincount(group, np.concatenate(visits)).astype(np.int64)
        self.waiting = []

    def finish(self) -> Recorded:
        self._merge_waiting()
        counts, state = _distinct(self.states[1:])
        visits = np.zeros((len(self.rows), counts.shape[1]))
        visits[self.states[0], state] = self.visits
        return Recorded(
            {
                "probability": (["snapshot", "state"], visits / self.trajectories),
                "counts": (["state", "species"], counts.T.copy()),
            },
            {"snapshot": self.snapshots},
        )


def _distinct(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct columns of whole numbers, in order, and which of them each column is."""
    sizes = columns.max(axis=1) + 1
    if np.prod(sizes, dtype=float) >= 2.0**62:  # one integer does not hold a column
        distinct, which = np.unique(columns, axis=1, return_inverse=True)
        return distinct, which.reshape(-1)
    keys, which = np.unique(np.ravel_multi_index(tuple(columns), sizes), return_inverse=True)
    return np.array(np.unravel_index(keys, sizes)), which


class _FirstPaths(Accumulator):
    """Whole paths until there are enough."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.kept: list[np.ndarray] = []

    def reduce(self, paths: np.ndarray) -> np.ndarray:
        return paths[: self.count].copy()

    def merge(self, summary: np.ndarray) -> None:
        missing = self.count - sum(map(len, self.kept))
        if missing > 0:
            self.kept.append(summary[:missing])

    def finish(self) -> Recorded:
        return Recorded({"paths": (["trajectory", "time", "species"], np.concatenate(self.kept))})
