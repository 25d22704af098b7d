"""Averages and covariances of snapshots, with their sampling covariance."""

from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.simulate.results import moment_labels

if TYPE_CHECKING:
    import xarray as xr


def snapshot_moments(data: Snapshots) -> "xr.Dataset":
    r"""The moments of the cells at each time, beginning with the state in which all began.

    .. math:: Cov(m, S) = \frac{1}{N} Cov\bigl(x,\ (x - m)(x - m)^T\bigr)

    Cells of different times are different ones, so that their moments are independent.

    Parameters
    ----------
    data
        Snapshots with at least two cells at each time, taken as exact counts of all cells.

    Returns
    -------
    `average`, `covariance` and `moment_covariance`, as `simulate` gives them.

    Raises
    ------
    DataError
        If a time has a single cell.

    Examples
    --------
    >>> data = Snapshots.of_cells([1, 1, 2, 2], [[3], [5], [5], [9]], ["A"], {"A": 0})
    >>> snapshot_moments(data)["average"].values
    array([[0.],
           [4.],
           [7.]])
    """
    import xarray as xr

    species = list(data.species)
    labels, size = moment_labels(species), len(data.times) + 1
    i, j = np.triu_indices(len(species))
    average, covariance = np.zeros((size, len(species))), np.zeros((size, *[len(species)] * 2))
    average[0] = [data.initial[name] for name in species]
    errors = np.zeros((size, len(labels), size, len(labels)))
    for t, (rows, cells) in enumerate(zip(data.observed, data.cells, strict=True), start=1):
        count = cells.sum()
        if count < 2:  # noqa: PLR2004
            raise DataError(f"one cell at time {data.times[t - 1]:g}: moments need more")
        average[t] = cells @ rows / count
        centred = rows - average[t]
        products = centred[:, i] * centred[:, j]
        features = np.concatenate([centred, products - cells @ products / count], axis=1)
        covariance[t] = (centred.T * cells) @ centred / (count - 1)
        errors[t, :, t] = (features.T * cells) @ features / count / (count - 1)
    times = np.concatenate([[0.0], data.times])
    return xr.Dataset(
        {
            "average": (["time", "species"], average),
            "covariance": (["time", "species", "species_"], covariance),
            "moment_covariance": (["time", "moment", "time_", "moment_"], errors),
        },
        dict.fromkeys(["time", "time_"], times)
        | dict.fromkeys(["species", "species_"], species)
        | dict.fromkeys(["moment", "moment_"], labels),
        {"trajectories": data.total},
    )
