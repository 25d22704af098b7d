"""What was measured in an experiment, once or several times: checked, before it is averaged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.observations import require_increasing

if TYPE_CHECKING:
    import xarray as xr

LARGEST = 1e100
"""Values beyond cannot be squared and summed."""


@dataclass(frozen=True)
class Measurements:
    """One experiment: R replicates on the times of any.

    Attributes
    ----------
    times
        Shape (T,), increasing; the state at the first of them is `start`.
    values
        Of K observables, shape (R, T, K); NaN where nothing was measured, and at an exact start.
    errors
        Their standard errors, shape (R, T, K); None if there are none.
    start, inputs, name
        As in `Experiment`.
    replicates
        What errors call each replicate.
    """

    times: np.ndarray
    values: np.ndarray
    errors: np.ndarray | None
    start: np.ndarray
    inputs: np.ndarray
    name: str = ""
    replicates: tuple[str, ...] = ()


def grouped(tables: "Sequence[xr.Dataset]") -> "list[list[xr.Dataset]]":
    """Tables by experiment; those without the attribute `replicate` are one each.

    The attribute `experiment` says whose a replicate is, in whatever file it stands: one file may
    have the first and another the second. Where there is no such name the `source` says it: files
    whose replicates are numbered alike are an experiment each.

    Examples
    --------
    >>> import xarray as xr
    >>> tables = [
    ...     xr.Dataset(attrs={"replicate": i, "source": name}) for name in "ab" for i in (1, 2)
    ... ]
    >>> [len(group) for group in grouped(tables)]
    [2, 2]
    """
    groups: dict[object, list[xr.Dataset]] = {}
    for i, table in enumerate(tables):
        said = table.attrs
        key: object = i
        if "replicate" in said:
            whose = "experiment" if "experiment" in said else "source"
            key = whose, said.get(whose)
        groups.setdefault(key, []).append(table)
    return list(groups.values())


def measurements_of(
    group: "Sequence[xr.Dataset]",
    number: int,
    measured: Sequence[str],
    species: Sequence[str],
    inputs: Sequence[str],
    *,
    initial: Mapping[str, float],
    exact_start: bool,
    start_time: float | None,
) -> Measurements:
    """What the tables of one experiment hold of the columns that were measured.

    Raises
    ------
    DataError
        Naming the experiment: for a replicate that is there twice, times that do not increase,
        values too large or before the start, standard errors that some replicates lack, that are no
        numbers above 0 or, after the start, 0; an input that varies or is missing.
    """
    name = f"experiment {group[0].attrs.get('experiment') or number}"
    replicates = _distinct(name, group)
    for where, table in zip(replicates, group, strict=True):
        require_increasing(where, _times(table))
    times = _all_times(name, group, start_time)
    values = _stacked(group, "average", measured, times)
    errors = None
    if _have_errors(replicates, group):
        errors = _stacked(group, "standard_error", measured, times)
    for r, _, k in np.argwhere(np.abs(values) > LARGEST)[:1]:
        raise DataError(
            f"{replicates[r]}: {measured[k]} reaches {np.nanmax(np.abs(values[r, :, k])):g}, whose "
            f"square no number holds: give it in a larger unit"
        )
    start = np.array([initial.get(n, np.nan) for n in species], dtype=float)
    for v, n in enumerate(species):
        if n in measured and n not in initial:
            first = (slice(None), 0, measured.index(n))
            known = np.isfinite(values[first])
            if not exact_start:
                known &= errors is not None and errors[first] == 0
            if known.any():
                start[v] = values[first][known].mean()
                values[first] = np.nan
    if errors is not None:
        _check_errors(replicates, times, measured, values, errors)
    settings = [_setting(name, n, _stacked(group, "average", [n], times)) for n in inputs]
    return Measurements(times, values, errors, start, np.array(settings), name, replicates)


def _distinct(name: str, group: "Sequence[xr.Dataset]") -> tuple[str, ...]:
    """What to call each replicate."""
    if len(group) == 1:
        return (name,)
    first: dict[object, xr.Dataset] = {}
    for table in group:
        number = table.attrs["replicate"]
        if number in first:
            files = [t.attrs.get("source", "a table") for t in (first[number], table)]
            raise DataError(
                f"{name}: replicate {number} is there twice, in {files[0]} and in {files[1]}: give "
                f"each replicate a number of its own, or each experiment a name"
            )
        first[number] = table
    return tuple(f"{name}, replicate {number}" for number in first)


def _times(table: "xr.Dataset") -> np.ndarray:
    return np.asarray(table["time"].values, dtype=float)


def _all_times(name: str, group: "Sequence[xr.Dataset]", start_time: float | None) -> np.ndarray:
    """The times of any replicate, and that of the start."""
    times = np.unique(np.concatenate([_times(table) for table in group]))
    if start_time is not None:
        if times.size and start_time > times[0]:
            raise DataError(
                f"{name}: start_time {start_time:g}: the first value was measured before, at "
                f"{times[0]:g}"
            )
        times = np.union1d(start_time, times)
    if len(times) < 2:  # noqa: PLR2004
        raise DataError(f"{name}: times must be two or more")
    return times


def _stacked(
    group: "Sequence[xr.Dataset]", variable: str, columns: Sequence[str], times: np.ndarray
) -> np.ndarray:
    """Columns of all replicates at these times, shape (R, T, K)."""
    stack = np.full((len(group), len(times), len(columns)), np.nan)
    for replicate, table in zip(stack, group, strict=True):
        order = [str(n) for n in table["species"].values]
        array = np.asarray(table[variable].transpose("time", "species").values, dtype=float)
        rows = np.searchsorted(times, _times(table))
        replicate[rows] = array[:, [order.index(n) for n in columns]]
    return stack


def _have_errors(replicates: Sequence[str], group: "Sequence[xr.Dataset]") -> bool:
    have = ["standard_error" in table for table in group]
    if any(have) and not all(have):
        raise DataError(
            f"{replicates[have.index(True)]} has standard errors, and "
            f"{replicates[have.index(False)]} has none: give those of all replicates, or of none"
        )
    return all(have)


def _check_errors(
    replicates: Sequence[str],
    times: np.ndarray,
    measured: Sequence[str],
    values: np.ndarray,
    errors: np.ndarray,
) -> None:
    """Refuse errors by which no value can be weighed."""
    for r, t, k in np.argwhere(np.isfinite(values) & ~((errors > 0) & np.isfinite(errors)))[:1]:
        found = f"{replicates[r]}: the standard deviation of {measured[k]} at time {times[t]:g} is "
        if errors[r, t, k] == 0:
            raise DataError(
                f"{found}0, and only a start is exact: give the error of the measurement, or leave "
                f"the deviations out to have them estimated"
            )
        raise DataError(
            f"{found}{errors[r, t, k]:g}: give a number above 0, or NaN for the value too"
        )


def _setting(where: str, name: str, values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    if not known.size or np.ptp(known) > 0:
        found = "missing" if not known.size else f"{known.min():g} to {known.max():g}"
        raise DataError(f"{where}: the input {name!r} is {found}; it must have one value")
    return float(known[0])
