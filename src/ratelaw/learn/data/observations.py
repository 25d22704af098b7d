"""Data made ready for fitting: values over time and a whitening of their errors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.arguments import expect
from ratelaw.errors import DataError
from ratelaw.simulate.results import require_one_set, stack_moments

if TYPE_CHECKING:
    import xarray as xr

SINGULAR = 1e-9
"""Directions whose variance, in units of the diagonal, is below this carry no information."""


@dataclass(frozen=True)
class Observations:
    """One data set: V variables at T times, and what is known of their errors.

    Attributes
    ----------
    times, values
        Shapes (T,) and (T, V).
    whitener
        Shape (K, T * V): applied to the flattened residuals it gives K independent ones of unit
        variance.
    start_directions
        Shape (V, F): the directions in which the first row may be wrong, each by one standard
        error; the start is fitted along these. None where it is known, F = 0.
    noise_is_known
        Whether the errors came with the data; if not, the whitener only brings variables to scale.
    trials
        Independent observations behind the data: trajectories, or the number of values.
    weighed_by
        How many trajectories the covariance of the errors was estimated from; infinite where it is
        known, not estimated.
    scatter
        Covariance of the values as the data tell it, shape (T * V, T * V); None where they do not.
    """

    times: np.ndarray
    values: np.ndarray
    whitener: np.ndarray
    start_directions: np.ndarray
    noise_is_known: bool
    trials: int
    weighed_by: float = np.inf
    scatter: np.ndarray | None = None

    def with_covariance(self, covariance: np.ndarray) -> "Observations":
        """The same with errors that are known, of this covariance, shape (T * V, T * V)."""
        return replace(
            self,
            whitener=_whitener(covariance),
            start_directions=_start_directions(covariance, self.values.shape[1]),
            weighed_by=np.inf,
        )

    @property
    def start_is_exact(self) -> bool:
        """Whether the whole first row is known without error."""
        return self.start_directions.shape[1] == 0

    @property
    def ranges(self) -> np.ndarray:
        """How far each variable moves, shape (V,); 1 for one that does not."""
        spread = np.ptp(self.values, axis=0)
        return np.where(spread > 0, spread, 1.0)


def observe_averages(data: "xr.Dataset") -> Observations:
    """The averages of a result or table, with their sampling covariance or standard errors."""
    average = _ordered(data, "average", "time", "species")
    return _observe(data, average, [str(name) for name in data["species"].values])


def observe_moments(data: "xr.Dataset") -> Observations:
    """All moments of a result with their sampling covariance."""
    average = _ordered(data, "average", "time", "species")
    covariance = _ordered(data, "covariance", "time", "species", "species_")
    require(data, "moment_covariance")
    values = stack_moments(average, covariance)
    if "central_moments" in data:
        central = _ordered(data, "central_moments", "time", "central_moment")
        values = np.concatenate([values, central], axis=1)
    return _observe(data, values, [str(name) for name in data["moment"].values])


def require_series(data: "xr.Dataset") -> None:
    """Refuse what is neither a result nor a table; a DataError says how to come by one."""
    import xarray as xr

    expect(
        "a data set",
        data,
        xr.Dataset,
        "a result of simulate(), or Experiments.read(path) of a CSV, which DataFrame.to_csv writes",
    )
    require_one_set(data)


def require_increasing(where: str, times: np.ndarray) -> None:
    """Refuse times that are not in order; a DataError names the first two."""
    for before, after in pairwise(times.tolist()):
        if not after > before:
            raise DataError(
                f"{where}: times must increase, and {after:g} follows {before:g}: sort them, and "
                f"number what was measured anew in a column 'replicate'"
            )


def require(data: "xr.Dataset", name: str) -> None:
    """Refuse data without a variable or coordinate; a DataError says what they do hold."""
    if name not in data:
        raise DataError(
            f"the data hold no {name!r}, only {', '.join(map(str, data.data_vars)) or 'nothing'}; "
            f"simulate with a sampler that records moments, or read a table"
        )


def _ordered(data: "xr.Dataset", name: str, *dimensions: str) -> np.ndarray:
    """A variable of one parameter set, with its dimensions in this order."""
    require(data, name)
    require_one_set(data)
    return data[name].transpose(*dimensions).values


def _observe(data: "xr.Dataset", values: np.ndarray, names: Sequence[str]) -> Observations:
    times = data["time"].values
    if len(times) < 2:  # noqa: PLR2004
        raise DataError("the data have a single time point: dynamics need at least two")
    require_increasing("the data", times)
    for t, v in np.argwhere(~np.isfinite(values))[:1]:
        raise DataError(f"{names[v]!r} is {values[t, v]} at time {times[t]:g} (row {t + 1})")
    size = len(times) * len(names)
    if "moment_covariance" in data:
        selected = data.sel(moment=names, moment_=names)
        sampling = _ordered(selected, "moment_covariance", "time", "moment", "time_", "moment_")
        covariance = sampling.reshape(size, size)
        weighed_by = float(data.attrs.get("trajectories", np.inf))
        whitener = _whitener(covariance)
        precision = _unbiased_precision(covariance, len(whitener), len(names), weighed_by)
        return Observations(
            times,
            values,
            whitener * np.sqrt(precision),
            start_directions=_start_directions(covariance, len(names)),
            noise_is_known=True,
            trials=size if np.isinf(weighed_by) else int(weighed_by),
            weighed_by=weighed_by,
            scatter=covariance,
        )
    if "standard_error" in data:
        errors = _ordered(data, "standard_error", "time", "species")
        for t, v in np.argwhere(~((errors >= 0) & np.isfinite(errors)))[:1]:
            raise DataError(
                f"the standard error of {names[v]!r} is {errors[t, v]:g} at time {times[t]:g} (row "
                f"{t + 1}): give a number >= 0"
            )
        covariance = np.diag(np.square(errors).ravel())
        return Observations(
            times,
            values,
            _whitener(covariance),
            start_directions=_start_directions(covariance, len(names)),
            noise_is_known=True,
            trials=size,
        )
    scale = np.ptp(values, axis=0)
    for v in np.flatnonzero(scale == 0)[:1]:
        raise DataError(f"{names[v]!r} never changes: leave it out, or give its standard errors")
    whitener = np.diag(np.tile(1 / scale, len(times)))
    return Observations(
        times,
        values,
        whitener,
        start_directions=np.diag(scale),
        noise_is_known=False,
        trials=size,
    )


def _whitener(covariance: np.ndarray) -> np.ndarray:
    """Rows that turn errors of this covariance into independent ones; exact data are left out."""
    whitener, _ = _independent_errors(covariance)
    if not len(whitener):
        raise DataError("every value has a standard error of 0: there is nothing to weigh by")
    return whitener


def _start_directions(covariance: np.ndarray, variables: int) -> np.ndarray:
    """Those of the errors of the first row."""
    return _independent_errors(covariance[:variables, :variables])[1]


def _independent_errors(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What errors of a covariance C, shape (D, D), are made of; what is exact is left out.

    Returns
    -------
    The whitener, shape (K, D), that finds K independent errors of unit variance, and their
    directions B, shape (D, K), that make the errors of them: :math:`B B^T = C`.
    """
    deviation = np.sqrt(np.diagonal(covariance))
    noisy = np.flatnonzero(deviation)
    correlation = covariance[np.ix_(noisy, noisy)] / np.outer(deviation[noisy], deviation[noisy])
    variances, axes = np.linalg.eigh(correlation)
    kept = variances > SINGULAR * variances.max(initial=0.0)
    whitener = np.zeros((int(kept.sum()), len(covariance)))
    whitener[:, noisy] = (axes[:, kept] / np.sqrt(variances[kept])).T / deviation[noisy]
    directions = np.zeros_like(whitener.T)
    directions[noisy] = deviation[noisy, None] * axes[:, kept] * np.sqrt(variances[kept])
    return whitener, directions


def _unbiased_precision(
    covariance: np.ndarray, independent: int, variables: int, trials: float
) -> float:
    """Factor that unbiases the inverse of a sample covariance (Hartlap et al. 2007, Eq. 17).

    Of its size counts what is independent; but all that varies where each time has trials of its
    own, since few of them tie moments together that more would not.
    """
    varying = int(np.count_nonzero(np.diagonal(covariance)))
    size = varying if _times_are_apart(covariance, variables) else independent
    if trials < size + 3:
        raise DataError(
            f"{trials:g} trajectories cannot weigh {varying} moments: their sampling covariance "
            f"has no inverse; simulate at least {varying + 3}, or record fewer times"
        )
    return 1 - (size + 1) / (trials - 1)


def _times_are_apart(covariance: np.ndarray, variables: int) -> bool:
    """Whether errors at several times are all independent of those at others."""
    times = len(covariance) // variables
    related = np.any(covariance.reshape(times, variables, times, variables), axis=(1, 3))
    alone = np.trace(related)
    return bool(alone > 1 and np.count_nonzero(related) == alone)
