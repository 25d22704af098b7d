"""Averages and covariances that others have published, with their standard errors."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError
from ratelaw.formats import read_table
from ratelaw.formats.files import inside
from ratelaw.simulate.results import moment_labels, unstack_moments

if TYPE_CHECKING:
    import xarray as xr

NEGATIVE = -1e-9
"""Eigenvalue of a correlation matrix below which it is none, rounding errors allowed."""


def published_moments(
    times: ArrayLike,
    labels: Sequence[str],
    values: ArrayLike,
    *,
    standard_errors: ArrayLike | None = None,
    covariance: ArrayLike | None = None,
) -> "xr.Dataset":
    """Moments from which `fit_rates` estimates rates, with errors that are known.

    Parameters
    ----------
    times
        Shape (T,), increasing.
    labels
        Of the K moments: species for averages, ``"A,A"`` for variances, ``"A,B"`` for covariances;
        all of them, in any order.
    values
        Shape (T, K).
    standard_errors
        Shape (T, K), where the errors are independent of each other.
    covariance
        Of the errors, shape (T, K, T, K), where they are not. Give this or the standard errors.
        Errors of 0 at the first time say that this part of the start is known.

    Returns
    -------
    `average`, `covariance` and `moment_covariance`, as `simulate` gives them; but the errors are
    not themselves estimates, so that there is no number of trajectories.

    Raises
    ------
    DataError
        For a moment that is missing or there twice, shapes that do not fit, values that are not
        finite, a negative variance, an error of 0 after the start; time and moment are named.

    Examples
    --------
    >>> values, errors = [[0, 0], [7.8, 8.1]], [[0, 0], [0.2, 0.5]]
    >>> data = published_moments([0, 1], ["A", "A,A"], values, standard_errors=errors)
    >>> data["moment_covariance"].values[1, :, 1]
    array([[0.04, 0.  ],
           [0.  , 0.25]])
    """
    import xarray as xr

    when, table = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    species = list(dict.fromkeys(label for label in labels if "," not in label))
    every = moment_labels(species)
    order = _order(labels, every)
    if table.shape != (when.size, len(labels)) or not (np.diff(when) > 0).all():
        raise DataError(
            f"{when.size} times, {len(labels)} moments, values of shape {table.shape}: give a row "
            f"a time, in order"
        )
    errors = _covariance(table.shape, standard_errors, covariance)[:, order][..., order]
    table = table[:, order]
    _check(when, every, table, errors)
    average, spread = unstack_moments(table, len(species))
    return xr.Dataset(
        {
            "average": (["time", "species"], average),
            "covariance": (["time", "species", "species_"], spread),
            "moment_covariance": (["time", "moment", "time_", "moment_"], errors),
        },
        dict.fromkeys(["time", "time_"], when)
        | dict.fromkeys(["species", "species_"], species)
        | dict.fromkeys(["moment", "moment_"], every),
    )


def read_moments(path: str | Path) -> "list[xr.Dataset]":
    r"""Read published moments and their standard errors from a table.

    Parameters
    ----------
    path
        CSV or Parquet, as `ratelaw.formats.read_table` reads it, with moments for species: columns
        such as ``time,A,A_sd,"A,A","A,A_sd"``, or tidy rows of `time`, `species`, `value`, `sd`.

    Returns
    -------
    One dataset an experiment, as `published_moments` makes them.

    Raises
    ------
    DataError
        Of `read_table` and `published_moments`; if there are no standard errors.

    Examples
    --------
    >>> import tempfile
    >>> text = '''time,species,value,sd
    ... 0,A,0,0
    ... 0,"A,A",0,0
    ... 1,A,7.8,0.2
    ... 1,"A,A",8.1,0.5
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.csv").write_text(text)
    ...     read_moments(f"{folder}/a.csv")[0]["covariance"].values.ravel()
    array([0. , 8.1])
    """
    tables = read_table(path)
    with inside(Path(path)):
        if "standard_error" not in tables[0]:
            raise DataError("no standard errors: give a column 'X_sd' for every moment X")
        return [
            published_moments(
                table["time"].values,
                [str(name) for name in table["species"].values],
                table["average"].values,
                standard_errors=table["standard_error"].values,
            )
            for table in tables
        ]


def _order(labels: Sequence[str], every: Sequence[str]) -> list[int]:
    """Where each of all moments stands among the labels; ``"B,A"`` is ``"A,B"``."""
    places: dict[str, int] = {}
    for place, label in enumerate(labels):
        known = next((m for m in every if sorted(m.split(",")) == sorted(label.split(","))), None)
        if known is None or known in places:
            found = "there twice" if known else "none of averages and covariances"
            raise DataError(f"moment {label!r} is {found}: they are {', '.join(every)}")
        places[known] = place
    for label in every:
        if label not in places:
            raise DataError(f"no moment {label!r}: rates need all of {', '.join(every)}")
    return [places[label] for label in every]


def _covariance(
    shape: tuple[int, ...], standard_errors: ArrayLike | None, covariance: ArrayLike | None
) -> np.ndarray:
    if (standard_errors is None) == (covariance is None):
        raise DataError("give the standard errors of the moments or their covariance, one of them")
    given = np.asarray(covariance if standard_errors is None else standard_errors, dtype=float)
    wanted = shape * 2 if standard_errors is None else shape
    if given.shape != wanted:
        raise DataError(f"errors of shape {given.shape}: moments of shape {shape} need {wanted}")
    if standard_errors is None:
        return given
    for t, m in np.argwhere(given < 0)[:1]:
        raise DataError(f"row {t + 1}, moment {m + 1}: a standard error of {given[t, m]:g}")
    return np.diag(given.ravel() ** 2).reshape(shape * 2)


def _check(when: np.ndarray, labels: Sequence[str], values: np.ndarray, errors: np.ndarray) -> None:
    size = values.size
    matrix = errors.reshape(size, size)
    variances = np.diagonal(matrix).reshape(values.shape)
    for t, m in np.argwhere(~(np.isfinite(values) & np.isfinite(variances)))[:1]:
        raise DataError(
            f"moment {labels[m]!r} at time {when[t]:g} is {values[t, m]:g}, the square of its "
            f"error {variances[t, m]:g}: use finite numbers"
        )
    late = np.arange(len(values))[:, None] > 0
    for t, m in np.argwhere((variances < 0) | ((variances == 0) & late))[:1]:
        raise DataError(
            f"moment {labels[m]!r} at time {when[t]:g}: the square of its error is "
            f"{variances[t, m]:g}; only at the first time may it be 0, elsewhere give what "
            f"rounding leaves"
        )
    squares = [len(set(label.split(","))) < label.count(",") + 1 for label in labels]
    for t, m in np.argwhere((values < 0) & squares)[:1]:
        raise DataError(f"the variance {labels[m]!r} at time {when[t]:g} is {values[t, m]:g}")
    noisy = np.diagonal(matrix) > 0
    deviation = np.sqrt(np.diagonal(matrix)[noisy])
    correlation = matrix[np.ix_(noisy, noisy)] / np.outer(deviation, deviation)
    if (
        not np.allclose(matrix, matrix.T)
        or np.linalg.eigvalsh(correlation).min(initial=0.0) < NEGATIVE
    ):
        raise DataError("the covariance of the errors is not symmetric, or has a negative variance")
