"""Moments of snapshots, with their sampling covariance."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.simulate.results import moment_labels, moment_terms, unstack_moments

if TYPE_CHECKING:
    import xarray as xr

LARGEST_ORDER = 3
"""Up to which a factor makes the central moments of a sample unbiased."""


def snapshot_moments(data: Snapshots, order: int = 2) -> "xr.Dataset":
    r"""The moments of the cells at each time, beginning with the state in which all began.

    .. math:: Cov(\hat\mu_\alpha, \hat\mu_\beta) = \tfrac1N Cov(\psi_\alpha, \psi_\beta), \qquad
        \psi_\alpha = \delta^\alpha - \mu_\alpha - \sum_{i \in \alpha} \mu_{\alpha - i} \delta_i

    with delta the deviations of a cell from the averages. Cells of different times are different
    ones, so that their moments are independent; they are unbiased.

    Parameters
    ----------
    data
        Snapshots with at least `order` cells at each time, taken as exact counts of all cells.
    order
        Of the highest moments, 2 or 3.

    Returns
    -------
    `average`, `covariance`, at order 3 `central_moments`, and `moment_covariance`, as `simulate`
    gives them.

    Raises
    ------
    DataError
        If a time has fewer cells, or for another order.

    Examples
    --------
    >>> data = Snapshots.of_cells([1, 1, 2, 2], [[3], [5], [5], [9]], ["A"], {"A": 0})
    >>> snapshot_moments(data)["average"].values
    array([[0.],
           [4.],
           [7.]])
    """
    import xarray as xr

    if order not in range(2, LARGEST_ORDER + 1):
        raise DataError(f"moments of order {order!r}: use 2 or 3")
    species = list(data.species)
    labels, size = moment_labels(species, order), len(data.times) + 1
    moments = np.zeros((size, len(labels)))
    moments[0, : len(species)] = [data.initial[name] for name in species]
    errors = np.zeros((size, len(labels), size, len(labels)))
    for t, (rows, cells) in enumerate(zip(data.observed, data.cells, strict=True), start=1):
        if cells.sum() < order:
            raise DataError(
                f"{cells.sum()} cells at time {data.times[t - 1]:g}: moments of order {order} need "
                f"at least {order}"
            )
        moments[t], errors[t, :, t] = _sample_moments(rows, cells, order)
    second = len(moment_labels(species))
    average, covariance = unstack_moments(moments[:, :second], len(species))
    variables: dict[str, Any] = {
        "average": (["time", "species"], average),
        "covariance": (["time", "species", "species_"], covariance),
        "moment_covariance": (["time", "moment", "time_", "moment_"], errors),
    }
    times = np.concatenate([[0.0], data.times])
    coordinates = (
        dict.fromkeys(["time", "time_"], times)
        | dict.fromkeys(["species", "species_"], species)
        | dict.fromkeys(["moment", "moment_"], labels)
    )
    if labels[second:]:
        variables["central_moments"] = (["time", "central_moment"], moments[:, second:])
        coordinates["central_moment"] = labels[second:]
    return xr.Dataset(variables, coordinates, {"trajectories": data.total})


def _sample_moments(
    rows: np.ndarray, cells: np.ndarray, order: int
) -> tuple[np.ndarray, np.ndarray]:
    """Unbiased moments of one time, shape (moments,), and their sampling covariance."""
    count, species = cells.sum(), rows.shape[1]
    average = cells @ rows / count
    centred = rows - average
    terms = moment_terms(species, order)
    products = np.stack([np.prod(centred[:, list(term)], axis=1) for term in terms], axis=1)
    means = dict(zip(terms, cells @ products / count, strict=True)) | dict.fromkeys(
        terms[:species], 0.0
    )
    features = products - [means[term] for term in terms]
    for place, term in enumerate(terms[species:], start=species):
        for k, i in enumerate(term):
            features[:, place] -= means[term[:k] + term[k + 1 :]] * centred[:, i]
    unbiased = [1.0, count / (count - 1)]
    if order == LARGEST_ORDER:
        unbiased.append(count**2 / ((count - 1) * (count - 2)))
    moments = np.array([means[term] * unbiased[len(term) - 1] for term in terms])
    moments[:species] = average
    return moments, (features.T * cells) @ features / count / (count - 1)
