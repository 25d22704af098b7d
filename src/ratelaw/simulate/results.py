"""The Dataset that every method returns: one set of names, so that scales overlay.

==================== ================================ ===========================================
variable             dimensions                       meaning
==================== ================================ ===========================================
average              time, species                    <n_i>, or V c_i for mass action; molecules
covariance           time, species, species_          Cov(n_i, n_j); molecules^2
moment_covariance    time, moment, time_, moment_     sampling covariance of the moments
probability          snapshot, state                  P(n) at the times `snapshot`
counts               state, species                   copy numbers n of each state
paths                trajectory, time, species        the first trajectories, copy numbers
central_moments      time, central_moment             of order 3 and more; molecules^order
reaction_count       time, reaction                   average number of each reaction since time 0
passage_probability  passage, time                    that a condition has held by a time
event_time           event                            of every reaction of the first trajectories
==================== ================================ ===========================================

Beside them stand reaction_count_variance, passage_mean, passage_variance, passage_times (passage,
passage_trajectory), and event_trajectory, event_reaction, event_counts (event, species). A
histogram of some species has names that end in theirs: probability_A (snapshot_A, state_A). A
parameter sweep puts `parameter_set` before everything, with the swept values as coordinates.

The `moment` axis lists the averages in species order, then the covariances (i, j), i <= j, row by
row, then, where `central_moments` are, these in the same manner. Attributes carry the method, the
network's text, ratelaw's version and what the method warns of.
"""

import math
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np

from ratelaw.errors import DataError
from ratelaw.network import Network

if TYPE_CHECKING:
    import xarray as xr

MAX_CELLS = 10**8
"""Cells of the largest dense table that `marginal` makes: 800 MB."""


def dataset(
    network: Network,
    method: object,
    times: np.ndarray,
    variables: Mapping[str, tuple[Sequence[str], np.ndarray]],
    coordinates: Mapping[str, Any] | None = None,
    **attributes: float | str,
) -> "xr.Dataset":
    """A result with the coordinates and attributes that every method shares."""
    import xarray as xr

    species = list(network.species)
    used = {dimension for dimensions, _ in variables.values() for dimension in dimensions}
    labels = moment_labels(species) if {"moment", "moment_"} & used else []
    shared = {
        "time": times,
        "time_": times,
        "species": species,
        "species_": species,
        "moment": labels,
        "moment_": labels,
    }
    return xr.Dataset(
        dict(variables),
        coords={k: v for k, v in shared.items() if k in used} | dict(coordinates or {}),
        attrs={
            "method": repr(method),
            "network": str(network),
            "ratelaw_version": version("ratelaw"),
        }
        | attributes,
    )


def moment_labels(species: Sequence[str], order: int = 2) -> list[str]:
    """Names along the `moment` axis: averages, then covariances of pairs, and so on to the order.

    Examples
    --------
    >>> moment_labels(["A", "B"])
    ['A', 'B', 'A,A', 'A,B', 'B,B']
    """
    return [",".join(species[i] for i in term) for term in moment_terms(len(species), order)]


def moment_terms(species: int, order: int) -> list[tuple[int, ...]]:
    """The species of each moment of the `moment` axis, by number.

    Examples
    --------
    >>> moment_terms(2, order=2)
    [(0,), (1,), (0, 0), (0, 1), (1, 1)]
    """
    return [
        term
        for size in range(1, order + 1)
        for term in combinations_with_replacement(range(species), size)
    ]


def stack_moments(average: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Averages (..., N) and covariances (..., N, N) along one `moment` axis (..., N(N+3)/2).

    Examples
    --------
    >>> stack_moments(np.array([1.0, 2.0]), np.array([[3.0, 4.0], [4.0, 5.0]]))
    array([1., 2., 3., 4., 5.])
    """
    i, j = np.triu_indices(average.shape[-1])
    return np.concatenate([average, covariance[..., i, j]], axis=-1)


def unstack_moments(moments: np.ndarray, species: int) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `stack_moments`.

    Examples
    --------
    >>> unstack_moments(np.array([1.0, 9.0]), species=1)
    (array([1.]), array([[9.]]))
    """
    i, j = np.triu_indices(species)
    covariance = np.empty((*moments.shape[:-1], species, species), dtype=moments.dtype)
    covariance[..., i, j] = covariance[..., j, i] = moments[..., species:]
    return moments[..., :species], covariance


def require_one_set(results: "xr.Dataset") -> None:
    """Refuse a sweep; a DataError says how to choose of it."""
    if "parameter_set" in results.dims:
        raise DataError("choose a parameter set first: results.isel(parameter_set=0)")


def marginal(results: "xr.Dataset", *species: str) -> "xr.DataArray":
    """Joint probability of some species, as a dense table over their copy numbers.

    Parameters
    ----------
    results
        A result with `probability`: of the master equation, or with a recorded histogram.
    species
        Names, at least one.

    Returns
    -------
    Shape (snapshot, n_first + 1, ...), dimensions ``snapshot, n_A, n_B, ...``; copy numbers start
    at 0, or at the least one where that is negative.

    Raises
    ------
    DataError
        If `results` has no probabilities or no such species, or if the table would have more than
        `MAX_CELLS` cells.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> from ratelaw.simulate import MasterEquation, simulate
    >>> p = marginal(simulate(zoo.birth_death(), MasterEquation(), [0.0, 1.0]), "A")
    >>> p.dims
    ('snapshot', 'n_A')
    """
    import xarray as xr

    suffix = _histogram_of(results, species)
    require_one_set(results)
    probability = results[f"probability{suffix}"]
    named = results[f"counts{suffix}"].sel({f"species{suffix}": list(species)})
    counts = named.values.astype(np.int64)
    first, last = np.minimum(counts.min(axis=0), 0), counts.max(axis=0)
    sizes = [len(probability), *(last - first + 1).tolist()]
    if math.prod(sizes) > MAX_CELLS:
        largest = ", ".join(f"{n} = {most:,}" for n, most in zip(species, last, strict=True))
        raise DataError(
            f"a dense table of {sizes[0]:,} snapshots up to {largest} has {math.prod(sizes):,} "
            f"cells, more than {MAX_CELLS:,}: name fewer species, select snapshots first, or use "
            f"`counts` and `probability`, which hold the visited states alone"
        )
    table = np.zeros(sizes)
    for row, weights in zip(table, probability.values, strict=True):
        np.add.at(row, tuple((counts - first).T), weights)
    names = [f"n_{name}" for name in species]
    coordinates = {n: np.arange(a, b + 1) for n, a, b in zip(names, first, last, strict=True)}
    return xr.DataArray(
        table,
        dims=["snapshot", *names],
        coords={"snapshot": results[f"snapshot{suffix}"].values} | coordinates,
        name="probability",
    )


def _histogram_of(results: "xr.Dataset", species: Sequence[str]) -> str:
    """What the name of the smallest histogram that has these species ends in."""
    suffixes = [str(name).removeprefix("counts") for name in results if "counts" in str(name)[:6]]
    known = {suffix: list(results[f"species{suffix}"].values) for suffix in suffixes}
    if not known:
        raise DataError("the results hold no probabilities: use MasterEquation or RecordHistogram")
    fitting = [suffix for suffix in suffixes if species and set(species) <= set(known[suffix])]
    if not fitting:
        listed = ", or of ".join(", ".join(names) for names in known.values())
        raise DataError(f"{list(species) or 'no species'} named; known are {listed}")
    return min(fitting, key=lambda suffix: len(known[suffix]))


def total_variation(first: "xr.DataArray", second: "xr.DataArray") -> "xr.DataArray":
    r"""Total variation distance of two tables from `marginal`, one number a snapshot.

    .. math:: d = \frac12 \sum_n |p(n) - q(n)|

    Snapshots that only one of them has are left out; copy numbers that only one has count as 0.

    Raises
    ------
    DataError
        If they are no such tables, or not of the same species.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> from ratelaw.simulate import MasterEquation, simulate
    >>> p = marginal(simulate(zoo.birth_death(), MasterEquation(), [0.0, 1.0]), "A")
    >>> float(total_variation(p, p).max())
    0.0
    """
    import xarray as xr

    for given in (first, second):
        if "snapshot" not in given.coords or not isinstance(given, xr.DataArray):
            raise DataError("total_variation compares what marginal(results, species) returns")
    if set(first.dims) != set(second.dims):
        raise DataError(
            f"total_variation of {_axes(first)} and of {_axes(second)}: give two tables of the "
            f"same species"
        )
    common = np.intersect1d(first["snapshot"], second["snapshot"])
    p, q = xr.align(
        first.sel(snapshot=common), second.sel(snapshot=common), join="outer", fill_value=0.0
    )
    return abs(p - q).sum([d for d in p.dims if d != "snapshot"]) / 2


def _axes(table: "xr.DataArray") -> str:
    return ", ".join(str(name) for name in table.dims if name != "snapshot")
