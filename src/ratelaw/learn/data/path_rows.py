"""States of trajectories at times, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.arguments import as_numbers
from ratelaw.errors import DataError
from ratelaw.learn.data.counting import ExactCounts
from ratelaw.simulate.results import require_one_set

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class PathRows:
    """Rows (trajectory, time, counts), in the order of trajectories and of times.

    Attributes
    ----------
    species
        Names of the columns.
    trajectory
        Shape (rows,): to which each belongs.
    times
        Shape (rows,), increasing within a trajectory.
    counts
        Shape (rows, species), whole numbers.

    Examples
    --------
    >>> rows = PathRows.of([2, 1, 1], [0, 3, 0], [[5], [4], [3]], ["A"])
    >>> rows.trajectory, rows.counts[:, 0]
    (array([1, 1, 2]), array([3, 4, 5]))
    """

    species: tuple[str, ...]
    trajectory: np.ndarray
    times: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(
        cls,
        trajectory: ArrayLike,
        times: ArrayLike,
        counts: ArrayLike,
        species: Sequence[str],
    ) -> "PathRows":
        """Rows in any order.

        Parameters
        ----------
        trajectory
            Shape (rows,): numbers or names.
        times
            Shape (rows,), >= 0.
        counts
            Shape (rows, species), >= 0.
        species
            Names of the columns.

        Raises
        ------
        DataError
            Naming the row, from 1: for a time that is negative or there twice, a count that is no
            number of molecules; for what is no number, or a species that is named twice.
        """
        labels, when = np.asarray(trajectory), as_numbers("times", times)
        table = np.atleast_2d(as_numbers("counts", counts))
        if labels.shape != when.shape or table.shape != (when.size, len(species)) or not when.size:
            raise DataError(
                f"{labels.size} trajectories, {when.size} times, counts of shape {table.shape}, "
                f"{len(species)} species: give a row a state, of one count a species"
            )
        if len(set(species)) != len(species):
            raise DataError(f"species {', '.join(species)}: name each once")
        for row in np.flatnonzero(~((when >= 0) & np.isfinite(when)))[:1]:
            raise DataError(f"row {row + 1}: time {when[row]:g}; use finite times >= 0")
        ExactCounts().check(table, species)
        order = np.lexsort((when, np.unique(labels, return_inverse=True)[1]))
        rows = cls(tuple(species), labels[order], when[order], table[order].astype(np.int64))
        for i in np.flatnonzero(rows.goes_on & (np.diff(rows.times) == 0))[:1]:
            raise DataError(
                f"rows {order[i] + 1} and {order[i + 1] + 1}: trajectory {rows.trajectory[i]} is "
                f"there twice at time {rows.times[i]:.17g}"
            )
        return rows

    @classmethod
    def from_paths(
        cls, results: "xr.Dataset", *, first: int = 0, count: int | None = None
    ) -> "PathRows":
        """Of recorded paths at the recording times.

        Parameters
        ----------
        results
            With `paths`, of `simulate(..., record=[RecordPaths(n)])`.
        first, count
            The number of the first path, and how many; all from it on unless told.

        Raises
        ------
        DataError
            If there are no paths, those of several parameter sets, or too few.

        Examples
        --------
        >>> from ratelaw import Direct, RecordPaths, simulate, zoo
        >>> record = [RecordPaths(3)]
        >>> run = simulate(
        ...     zoo.spcm(), Direct(), [0, 5], trajectories=3, seed=1, record=record
        ... )
        >>> PathRows.from_paths(run, first=1).trajectory
        array([1, 1, 2, 2])
        """
        if "paths" not in results:
            raise DataError("no paths: simulate with record=[RecordPaths(n)]")
        require_one_set(results)
        paths = results["paths"].transpose("trajectory", "time", "species").values
        numbers = chosen_numbers(len(paths), first, count)
        species = [str(name) for name in results["species"].values]
        times = results["time"].values
        return cls.of(
            np.repeat(numbers, times.size),
            np.tile(times, numbers.size),
            paths[numbers].reshape(-1, len(species)),
            species,
        )

    @property
    def goes_on(self) -> np.ndarray:
        """Whether the next row is of the same trajectory, shape (rows - 1,)."""
        return self.trajectory[1:] == self.trajectory[:-1]

    @property
    def lasts(self) -> np.ndarray:
        """The last row of each trajectory, shape (trajectories,)."""
        return np.flatnonzero(np.append(~self.goes_on, True))


def chosen_numbers(recorded: int, first: int, count: int | None, times: int = 1) -> np.ndarray:
    """The numbers of `count` trajectories from `first` on, or of all; other ones at each time.

    Raises
    ------
    DataError
        If not so many were recorded.
    """
    numbers = np.arange(first, recorded if count is None else first + count * times)
    if not numbers.size or not 0 <= first <= numbers[-1] < recorded:
        each = "" if times == 1 else f" at each of {times} times"
        raise DataError(
            f"{recorded} trajectories were recorded, numbers 0 to {recorded - 1}: there are not "
            f"{'any' if count is None else count}{each} from {first} on"
        )
    return numbers
