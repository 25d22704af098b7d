"""One measured time series, from its table."""

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
class Experiment:
    """One time series.

    Attributes
    ----------
    times
        Shape (T,), increasing; the state at the first of them is `start`.
    values
        Of K observables, shape (T, K); NaN where nothing was measured, as at a start before that.
    deviations
        Their standard deviations, shape (T, K); None if the noise model says them.
    start
        Of V species, shape (V,); NaN where it is to be fitted.
    inputs
        What was set in this experiment, such as its temperature, shape (U,).
    name
        Where it comes from.
    """

    times: np.ndarray
    values: np.ndarray
    deviations: np.ndarray | None
    start: np.ndarray
    inputs: np.ndarray
    name: str = ""


def experiment_of(  # noqa: PLR0917
    table: "xr.Dataset",
    number: int,
    measured: list[str],
    species: tuple[str, ...],
    inputs: tuple[str, ...],
    initial: Mapping[str, float],
    exact_start: bool,  # noqa: FBT001
) -> Experiment:
    """The series of a table, with the columns that were measured and the starts that are known.

    Raises
    ------
    DataError
        Naming the experiment: for times that do not increase, values too large, deviations of 0
        after the start, an input that varies or is missing.
    """
    name = f"experiment {table.attrs.get('experiment') or number}"
    times = np.asarray(table["time"].values, dtype=float)
    order = [str(n) for n in table["species"].values]
    data = np.array(table["average"].values, dtype=float)
    values = data[:, [order.index(n) for n in measured]]
    deviations = None
    if "standard_error" in table:
        errors = np.asarray(table["standard_error"].values, dtype=float)
        deviations = errors[:, [order.index(n) for n in measured]]
    start = np.full(len(species), np.nan)
    for v, n in enumerate(species):
        if n in initial:
            start[v] = initial[n]
        elif n in measured:
            k = measured.index(n)
            if exact_start or (deviations is not None and deviations[0, k] == 0):
                start[v] = values[0, k]
                values[0, k] = np.nan
    if len(times) < 2:  # noqa: PLR2004
        raise DataError(f"{name}: times must be two or more")
    require_increasing(name, times)
    _check_sizes(name, measured, values)
    if deviations is not None:
        _check_deviations(name, times, measured, values, deviations)
    settings = [_setting(name, n, data[:, order.index(n)]) for n in inputs]
    return Experiment(times, values, deviations, start, np.array(settings), name)


def _check_sizes(where: str, measured: Sequence[str], values: np.ndarray) -> None:
    for k in np.flatnonzero((np.abs(values) > LARGEST).any(axis=0))[:1]:
        raise DataError(
            f"{where}: {measured[k]} reaches {np.nanmax(np.abs(values[:, k])):g}, whose square no "
            f"number holds: give it in a larger unit"
        )


def _check_deviations(
    where: str,
    times: np.ndarray,
    measured: Sequence[str],
    values: np.ndarray,
    deviations: np.ndarray,
) -> None:
    rows, columns = np.nonzero((deviations == 0) & np.isfinite(values))
    if rows.size:
        raise DataError(
            f"{where}: the standard deviation of {measured[columns[0]]} at time "
            f"{times[rows[0]]:g} is 0, and only a start is exact: give the error of the "
            f"measurement, or leave the deviations out to have them estimated"
        )


def _setting(where: str, name: str, values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    if not known.size or np.ptp(known) > 0:
        found = "missing" if not known.size else f"{known.min():g} to {known.max():g}"
        raise DataError(f"{where}: the input {name!r} is {found}; it must have one value")
    return float(known[0])
