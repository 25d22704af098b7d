"""Counts of cells that were measured once each, at several times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.arguments import as_numbers, expect
from ratelaw.errors import DataError
from ratelaw.formats import read_counts
from ratelaw.formats.files import inside
from ratelaw.learn.data.counting import CountingModel, ExactCounts
from ratelaw.learn.data.path_rows import chosen_numbers
from ratelaw.simulate.results import require_one_set

if TYPE_CHECKING:
    import xarray as xr

HOW_MADE = (
    "names, or make snapshots by Snapshots.read(path) of a file, or by "
    "Snapshots.of_cells(times, counts, species, initial) of the columns of a table"
)


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Cells that all began in one state, each measured at one time and lost.

    Attributes
    ----------
    species
        Names, in the order of the columns.
    times
        Shape (T,), increasing, above 0.
    observed
        For each time what was seen, without repetition, shape (K, species).
    cells
        For each time how many cells showed it, shape (K,).
    initial
        The state in which all began.
    measurement
        How what is seen follows from the molecules that are there.
    unseen
        States in which nothing is there to be found, such as ``"A + B == 0"`` of a clone that has
        died out; None if every cell is seen.

    Notes
    -----
    Make them by `read`, `of_cells` or `from_paths`; `transitions` makes them of trajectories.

    Examples
    --------
    >>> Snapshots.of_cells([1, 1, 2], [[3], [3], [5]], ["A"], {"A": 0}).total
    3
    """

    species: tuple[str, ...]
    times: np.ndarray
    observed: tuple[np.ndarray, ...]
    cells: tuple[np.ndarray, ...]
    initial: Mapping[str, float]
    measurement: CountingModel = field(default_factory=ExactCounts)
    unseen: str | None = None

    def __new__(cls, *parts: object, **_named: object) -> Self:
        """Refuse a table or a path in the place of the species, before what lacks is counted."""
        if parts:
            expect("species", parts[0], (tuple, list), HOW_MADE)
        return super().__new__(cls)

    @classmethod
    def of_cells(
        cls,
        times: ArrayLike,
        counts: ArrayLike,
        species: Sequence[str],
        initial: Mapping[str, float],
        *,
        cells: ArrayLike | None = None,
        measurement: CountingModel | None = None,
        unseen: str | None = None,
    ) -> "Snapshots":
        """Rows of measurements, one a cell, or one for several that showed the same.

        Parameters
        ----------
        times
            Shape (rows,), above 0: when each was measured.
        counts
            Shape (rows, species), >= 0.
        species
            Names of the columns.
        initial
            Counts at time 0 of every species.
        cells
            Shape (rows,): how many cells a row stands for; one unless told.
        measurement, unseen
            As in `Snapshots`; exact counts of every cell unless told.

        Raises
        ------
        DataError
            Naming the row: for a time that is not above 0, a count that is negative or, where
            molecules are counted, not whole; for what is no number; for a species that is never
            there, or whose initial count is missing, negative or not whole.

        Examples
        --------
        >>> data = Snapshots.of_cells([1, 1, 2], [[3], [3], [5]], ["A"], {"A": 0})
        >>> data.times, [group.tolist() for group in data.cells]
        (array([1., 2.]), [[2], [1]])
        """
        measurement = measurement or ExactCounts()
        when = as_numbers("times", times)
        table = np.atleast_2d(as_numbers("counts", counts))
        many = np.ones(when.shape) if cells is None else as_numbers("cells", cells)
        if table.shape != (when.size, len(species)) or many.shape != when.shape or not when.size:
            raise DataError(
                f"{when.size} times, counts of shape {table.shape}, {many.size} numbers of cells, "
                f"{len(species)} species: give a row a cell, of one count a species"
            )
        _check_rows(when, table, many, species, measurement)
        _check_initial(species, initial)
        for column, name in enumerate(species):
            if not (table[:, column].any() or initial[name]):
                raise DataError(f"{name!r} is 0 in every cell: leave it out")
        grouped = group_rows(when, table.astype(np.int64) if measurement.whole else table, many)
        return cls(tuple(species), *grouped, dict(initial), measurement, unseen)

    @classmethod
    def from_paths(cls, results: "xr.Dataset", *, first: int = 0, count: int) -> "Snapshots":
        """Of recorded paths, `count` at each time above 0, other ones at each.

        Parameters
        ----------
        results
            With `paths`, of `simulate(..., record=[RecordPaths(n)])`, beginning at time 0.
        first, count
            The number of the first path, and how many are measured at each time.

        Raises
        ------
        DataError
            If there are no paths, those of several parameter sets, too few, or none at time 0.

        Examples
        --------
        >>> from ratelaw import Direct, RecordPaths, simulate, zoo
        >>> record = [RecordPaths(600)]
        >>> run = simulate(
        ...     zoo.birth_death(), Direct(), [0, 1, 2], trajectories=600, seed=1, record=record
        ... )
        >>> Snapshots.from_paths(run, count=300).total
        600
        """
        if "paths" not in results or float(results["time"][0]) != 0.0:
            raise DataError("no paths from time 0 on: simulate with record=[RecordPaths(n)]")
        require_one_set(results)
        paths = results["paths"].transpose("trajectory", "time", "species").values
        times = results["time"].values[1:]
        rows = chosen_numbers(len(paths), first, count, times.size).reshape(times.size, count)
        counts = paths[rows, 1 + np.arange(times.size)[:, None]]
        species = [str(name) for name in results["species"].values]
        initial = dict(zip(species, paths[0, 0].tolist(), strict=True))
        return cls.of_cells(
            np.repeat(times, count), counts.reshape(-1, len(species)), species, initial
        )

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        measurement: CountingModel | None = None,
        unseen: str | None = None,
        species: Sequence[str] | None = None,
    ) -> "list[Snapshots]":
        r"""Read a table of counts; `ratelaw.formats.read_counts` says what it may hold.

        Parameters
        ----------
        path
            CSV or Parquet.
        measurement, unseen
            As in `of_cells`; what is unseen is as the file says unless told.
        species
            The columns that are species; all that say nothing else, unless told.

        Returns
        -------
        One data set a condition.

        Raises
        ------
        DataError
            Naming the file, and of what is wrong the line and the column.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "a.csv").write_text("time,A,cells\n0,1,\n2,3,20\n2,4,8\n")
        ...     Snapshots.read(f"{folder}/a.csv")[0].total
        28
        """
        measurement = measurement or ExactCounts()
        tables = read_counts(path, whole=measurement.whole, species=species)
        with inside(Path(path)):
            return [
                cls.of_cells(
                    table.times,
                    table.counts,
                    table.species,
                    table.initial,
                    cells=table.cells,
                    measurement=measurement,
                    unseen=unseen or table.unseen,
                )
                for table in tables
            ]

    @property
    def is_complete(self) -> bool:
        """Whether every molecule of every cell was counted."""
        return isinstance(self.measurement, ExactCounts) and self.unseen is None

    @property
    def total(self) -> int:
        """How many cells were measured."""
        return int(sum(group.sum() for group in self.cells))


def group_rows(
    times: np.ndarray, counts: np.ndarray, cells: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """The distinct times, for each the distinct rows of counts, and how many cells showed each."""
    distinct = np.unique(times)
    at = [times == t for t in distinct]
    groups = [np.unique(counts[rows], axis=0, return_inverse=True) for rows in at]
    sums = [
        np.bincount(which.reshape(-1), cells[rows]).astype(np.int64)
        for rows, (_, which) in zip(at, groups, strict=True)
    ]
    return distinct, tuple(seen for seen, _ in groups), tuple(sums)


def _check_rows(
    when: np.ndarray,
    table: np.ndarray,
    many: np.ndarray,
    species: Sequence[str],
    measurement: CountingModel,
) -> None:
    for row in np.flatnonzero(~((when > 0) & np.isfinite(when)))[:1]:
        raise DataError(f"row {row + 1}: time {when[row]:g}; cells are measured after time 0")
    for row in np.flatnonzero(~((many >= 1) & (many == np.rint(many))))[:1]:
        raise DataError(f"row {row + 1}: {many[row]:g} cells; use whole numbers from 1 on")
    measurement.check(table, species)


def _check_initial(species: Sequence[str], initial: Mapping[str, float]) -> None:
    if len(set(species)) != len(species) or not species:
        raise DataError(f"species {', '.join(species)}: name each once, and at least one")
    for name in species:
        if name not in initial:
            raise DataError(f"no initial count of {name!r}: give that of every species")
        if not (initial[name] >= 0 and float(initial[name]).is_integer()):
            raise DataError(f"initial {name} = {initial[name]:g} is no number of molecules")
