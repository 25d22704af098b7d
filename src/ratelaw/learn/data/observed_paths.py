"""Trajectories that were watched without a gap: every jump of each."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError
from ratelaw.learn.data.path_rows import PathRows, chosen_numbers
from ratelaw.network import Network
from ratelaw.simulate.results import require_one_set

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class ObservedPaths:
    """Trajectories of which every jump was seen, from their beginning to the end of observation.

    Attributes
    ----------
    rows
        Of each trajectory the state in which it began, and that after every jump.
    ends
        Shape (trajectories,): when the observation of each ended.

    Notes
    -----
    Make them by `of_rows` or `from_events`.

    Examples
    --------
    >>> paths = ObservedPaths.of_rows([1, 1, 1], [0, 0.5, 2], [[3], [2], [1]], ["A"], ends=5)
    >>> paths.durations, paths.jumps
    (array([0.5, 1.5, 3. ]), array([0, 1]))
    """

    rows: PathRows
    ends: np.ndarray

    @classmethod
    def of_rows(
        cls,
        trajectory: ArrayLike,
        times: ArrayLike,
        counts: ArrayLike,
        species: Sequence[str],
        *,
        ends: float | Mapping[Hashable, float],
    ) -> "ObservedPaths":
        """Rows of states: of each trajectory the one at its beginning, and that after every jump.

        Parameters
        ----------
        trajectory, times, counts, species
            As of `PathRows.of`; a row that repeats the state before it is no jump.
        ends
            When observation ended: one time, or that of each trajectory by its number or name.

        Raises
        ------
        DataError
            Of `PathRows.of`; naming the trajectory, if it has no end, or a row after it.

        Examples
        --------
        >>> ends = {"a": 5, "b": 6}
        >>> ObservedPaths.of_rows(["a", "b"], [0, 0], [[3], [4]], ["A"], ends=ends).durations
        array([5., 6.])
        """
        rows = PathRows.of(trajectory, times, counts, species)
        names = rows.trajectory[rows.lasts].tolist()
        each = ends if isinstance(ends, Mapping) else dict.fromkeys(names, ends)
        for name, latest in zip(names, rows.times[rows.lasts], strict=True):
            if name not in each:
                raise DataError(f"trajectory {name}: no end of observation; `ends` needs one")
            if not latest <= each[name] < np.inf:
                raise DataError(
                    f"trajectory {name}: a row at time {latest:g}, but observation ended at "
                    f"{each[name]:g}; use a finite time after the last row"
                )
        return cls(rows, np.array([each[name] for name in names], dtype=float))

    @classmethod
    def from_events(
        cls, results: "xr.Dataset", *, first: int = 0, count: int | None = None
    ) -> "ObservedPaths":
        """Of recorded events, up to the last recording time.

        Parameters
        ----------
        results
            Of `simulate(..., record=[RecordEvents(n)])`; of one chosen from a sweep, trajectories
            begin as it was swept.
        first, count
            The number of the first trajectory, and how many; all from it on unless told.

        Raises
        ------
        DataError
            If there are no events of one parameter set, or too few trajectories.

        Examples
        --------
        >>> from ratelaw import Direct, RecordEvents, simulate, zoo
        >>> record = [RecordEvents(3)]
        >>> run = simulate(zoo.birth_death(), Direct(), [9], trajectories=3, seed=1, record=record)
        >>> paths = ObservedPaths.from_events(run)
        >>> len(paths.ends), len(paths.jumps) == len(run["event"])
        (3, True)
        """
        recorded = int(results.attrs.get("event_trajectories", 0))
        if not recorded or "event_parameter_set" in results:
            raise DataError(
                "no events of one parameter set: simulate with record=[RecordEvents(n)]"
            )
        require_one_set(results)
        numbers = chosen_numbers(recorded, first, count)
        chosen = np.isin(results["event_trajectory"].values, numbers)
        counts = results["event_counts"].transpose("event", "species").values
        species = [str(name) for name in results["species"].values]
        initial = Network.parse(results.attrs["network"]).initial
        swept = {name: results.coords.get(f"{name}(0)", initial[name]) for name in species}
        start = np.tile([float(swept[name]) for name in species], (numbers.size, 1))
        return cls.of_rows(
            np.concatenate([numbers, results["event_trajectory"].values[chosen]]),
            np.concatenate([np.zeros(numbers.size), results["event_time"].values[chosen]]),
            np.concatenate([start, counts[chosen]]),
            species,
            ends=results.attrs["event_end"],
        )

    @property
    def species(self) -> tuple[str, ...]:
        """Names, in the order of the columns."""
        return self.rows.species

    @property
    def durations(self) -> np.ndarray:
        """How long each state lasted, shape (rows,)."""
        until = np.append(self.rows.times[1:], np.nan)
        until[self.rows.lasts] = self.ends
        return until - self.rows.times

    @property
    def jumps(self) -> np.ndarray:
        """The rows before a jump, shape (jumps,)."""
        moved = np.diff(self.rows.counts, axis=0).any(axis=1)
        return np.flatnonzero(self.rows.goes_on & moved)
