"""How often each state was visited."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratelaw.arguments import as_numbers, expect, expect_list
from ratelaw.errors import DataError
from ratelaw.simulate.recorders.recorder import (
    Accumulator,
    Batch,
    Layout,
    Recorded,
    Recorder,
    State,
)

MOST_STATES = 2**24
"""States, over all snapshots, that one histogram may hold: 128 MB and 128 MB a species."""

DENSE = 16
"""Possible states per visit up to which marking them in a table is quicker than sorting."""


@dataclass(frozen=True)
class RecordHistogram(Recorder):
    """Histogram of the copy numbers at some of the recording times.

    Counts that are not whole, of `Langevin`, are rounded. Its memory grows with the states that are
    visited, up to `MOST_STATES`.

    Parameters
    ----------
    times
        Which recording times; all of them unless told.
    species
        Whose joint distribution; of all species unless told. The variables of a histogram of some
        species are called after them: ``probability_A_B``.

    Raises
    ------
    DataError
        If times or species are no lists, or empty; if one is not in the run or there twice; in
        mid-run if more than `MOST_STATES` states are visited.

    Examples
    --------
    >>> from ratelaw import Direct, marginal, simulate, zoo
    >>> record = [RecordHistogram(times=[5])]
    >>> cells = simulate(zoo.spcm(), Direct(), [0, 5], trajectories=100, seed=1, record=record)
    >>> float(marginal(cells, "A", "B").sum().round(6))
    1.0
    """

    times: Sequence[float] | None = None
    species: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.times is not None:
            expect_list("times of RecordHistogram", self.times, "[5, 10]")
            as_numbers("times of RecordHistogram", self.times)
        if self.species is not None:
            expect_list("species of RecordHistogram", self.species, "['A', 'B']")
            for name in self.species:
                expect("a species of RecordHistogram", name, str, "a name such as 'A'")

    @property
    def records(self) -> str:
        return f"a histogram, probability{self._suffix}"

    @property
    def _suffix(self) -> str:
        """What the names of its variables end in."""
        return "" if self.species is None else "".join(f"_{name}" for name in self.species)

    def start(self, layout: Layout, pilot: np.ndarray) -> Accumulator:  # noqa: ARG002
        times = layout.times
        wanted = times if self.times is None else np.asarray(self.times, dtype=float)
        if wanted.size == 0:
            raise DataError("a histogram at no times: name some, or leave them out for all")
        rows = np.searchsorted(times, wanted).clip(max=len(times) - 1)
        for missing in wanted[times[rows] != wanted][:1]:
            raise DataError(f"a histogram at time {missing:g}, which is not a recording time")
        known = layout.network.species
        names = known if self.species is None else tuple(self.species)
        for name in names:
            if name not in known or names.count(name) > 1:
                raise DataError(
                    f"a histogram of {', '.join(names)}: {name!r} is there twice, or not one of "
                    f"{', '.join(known)}"
                )
        if not names:
            raise DataError("a histogram of no species: name some, or leave them out for all")
        columns = [known.index(name) for name in names]
        return _Histogram(times[rows], rows, columns, names, self._suffix)


class _Histogram(Accumulator):
    """Visits of each state at the snapshot times: columns (snapshot, counts), of states seen."""

    def __init__(
        self,
        snapshots: np.ndarray,
        rows: np.ndarray,
        columns: list[int],
        names: Sequence[str],
        suffix: str,
    ) -> None:
        self.snapshots = snapshots
        self.rows = rows
        self.columns = columns
        self.names = list(names)
        self.suffix = suffix
        self.trajectories = 0
        self.states = np.empty((1 + len(columns), 0), dtype=np.int64)
        self.visits = np.empty(0, dtype=np.int64)
        self.waiting: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, batch: Batch) -> None:
        count = len(batch.paths)
        states = np.empty((1 + len(self.columns), count, len(self.rows)), dtype=np.int64)
        states[0] = np.arange(len(self.rows))
        for place, column in enumerate(self.columns, start=1):
            states[place] = np.rint(batch.paths[:, self.rows, column])
        distinct, which = _distinct(states.reshape(len(states), -1))
        self._take(count, distinct, np.bincount(which))

    def state(self) -> State:
        self._merge_waiting()
        return {
            "trajectories": np.array(self.trajectories),
            "states": self.states,
            "visits": self.visits,
        }

    def merge(self, state: State) -> None:
        self._take(int(state["trajectories"]), state["states"], state["visits"])

    def _take(self, trajectories: int, states: np.ndarray, visits: np.ndarray) -> None:
        self.trajectories += trajectories
        self.waiting.append((states, visits))
        if sum(len(visits) for _, visits in self.waiting) > len(self.visits) + 2**18:
            self._merge_waiting()

    def _merge_waiting(self) -> None:
        states, visits = zip((self.states, self.visits), *self.waiting, strict=True)
        self.states, which = _distinct(np.concatenate(states, axis=1))
        self.visits = np.bincount(which, np.concatenate(visits)).astype(np.int64)
        self.waiting = []
        if len(self.visits) > MOST_STATES:
            raise DataError(
                f"the histogram of {', '.join(self.names)} has met {len(self.visits):,} states, "
                f"more than {MOST_STATES:,}: name fewer species or times"
            )

    def finish(self) -> Recorded:
        self._merge_waiting()
        distinct, state = _distinct(self.states[1:])
        visits = np.zeros((len(self.rows), distinct.shape[1]))
        visits[self.states[0], state] = self.visits
        snapshot, rows, species = (name + self.suffix for name in ("snapshot", "state", "species"))
        coordinates = {snapshot: self.snapshots} | ({species: self.names} if self.suffix else {})
        return Recorded(
            {
                f"probability{self.suffix}": ([snapshot, rows], visits / self.trajectories),
                f"counts{self.suffix}": ([rows, species], distinct.T.copy()),
            },
            coordinates,
        )


def _distinct(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct columns of whole numbers, in order, and which of them each column is."""
    if not columns.size:
        return columns, np.empty(0, dtype=np.int64)
    lowest = columns.min(axis=1)
    sizes = tuple(columns.max(axis=1) - lowest + 1)
    cells = np.prod(sizes, dtype=float)
    if cells >= 2.0**62:  # one integer does not hold a column
        distinct, which = np.unique(columns, axis=1, return_inverse=True)
        return distinct, which.reshape(-1)
    keys = np.ravel_multi_index(tuple(columns - lowest[:, None]), sizes)
    if cells <= DENSE * len(keys):
        met = np.zeros(int(cells), dtype=np.int64)
        met[keys] = 1
        found, which = np.flatnonzero(met), (np.cumsum(met) - 1)[keys]
    else:
        found, which = np.unique(keys, return_inverse=True)
    return np.array(np.unravel_index(found, sizes)) + lowest[:, None], which
