"""What a table holds of a result: its columns."""

from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError

if TYPE_CHECKING:
    import xarray as xr

ERROR = "_sd"
"""What the column of a standard error ends in."""
SET = "parameter_set"

Columns = list[tuple[str, np.ndarray]]


def result_columns(results: "xr.Dataset") -> dict[str, np.ndarray]:
    """Columns of equal length: of the averages, else of the paths, else of the single reactions.

    Raises
    ------
    DataError
        If the results hold none of these, or two columns would have the same name.
    """
    if "average" in results:
        columns = _grid(results, "average") + _errors(results)
    elif "paths" in results:
        columns = _grid(results, "paths")
    elif "event_time" in results:
        columns = _events(results)
    else:
        raise DataError(
            f"the results hold no averages, paths or events to put in a table, only "
            f"{', '.join(map(str, results)) or 'nothing'}"
        )
    named = dict(columns)
    if len(named) < len(columns):
        names = [name for name, _ in columns]
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"two columns of the table would be called {twice!r}: rename the species")
    return named


def _grid(results: "xr.Dataset", variable: str) -> Columns:
    """A row for each index of all dimensions but the last, `species`."""
    array = results[variable].transpose(..., "species")
    leading = array.dims[:-1]
    places = np.indices(array.shape[:-1]).reshape(len(leading), -1)
    columns: Columns = []
    for dimension, place in zip(leading, places, strict=True):
        if dimension == SET:
            columns += _swept(results, place)
        else:
            columns.append((str(dimension), results[dimension].values[place]))
    return columns + _by_species(results, array.values)


def _swept(results: "xr.Dataset", sets: np.ndarray) -> Columns:
    """Numbers of parameter sets, and what was swept."""
    values = [
        (str(name), along.values[sets])
        for name, along in results.coords.items()
        if along.dims == (SET,) and name != SET
    ]
    return [(SET, sets), *values]


def _by_species(results: "xr.Dataset", values: np.ndarray, ending: str = "") -> Columns:
    names = results["species"].values
    table = values.reshape(-1, len(names))
    return [(f"{name}{ending}", column) for name, column in zip(names, table.T, strict=True)]


def _errors(results: "xr.Dataset") -> Columns:
    """Standard errors of the averages, where the result tells."""
    if "moment_covariance" in results:
        sampling = results["moment_covariance"].transpose(..., "time", "moment", "time_", "moment_")
        variances = np.einsum("...tmtm->...tm", sampling.values)
        variances = variances[..., : results.sizes["species"]]
    elif "covariance" in results and "trajectories" in results.attrs:
        spread = results["covariance"].transpose(..., "time", "species", "species_")
        variances = np.einsum("...ii->...i", spread.values) / results.attrs["trajectories"]
    else:
        return []
    return _by_species(results, np.sqrt(variances), ERROR)


def _events(results: "xr.Dataset") -> Columns:
    sets: Columns = []
    if f"event_{SET}" in results:
        sets = _swept(results, results[f"event_{SET}"].values)
    single = [
        (name, results[f"event_{name}"].values) for name in ("trajectory", "time", "reaction")
    ]
    counts = results["event_counts"].transpose("event", "species").values
    return sets + single + _by_species(results, counts)
