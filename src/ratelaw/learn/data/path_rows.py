"""States of trajectories at times, in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError
from ratelaw.learn.data.counting import ExactCounts


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
            number of molecules; for a species that is named twice.
        """
        labels, when = np.asarray(trajectory), np.asarray(times, dtype=float)
        table = np.atleast_2d(np.asarray(counts, dtype=float))
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

    @property
    def goes_on(self) -> np.ndarray:
        """Whether the next row is of the same trajectory, shape (rows - 1,)."""
        return self.trajectory[1:] == self.trajectory[:-1]

    @property
    def lasts(self) -> np.ndarray:
        """The last row of each trajectory, shape (trajectories,)."""
        return np.flatnonzero(np.append(~self.goes_on, True))
