"""Data of the same design, drawn anew from a network."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError, UnsupportedError
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.learn.rates.likelihood.snapshot_likelihood import is_seen
from ratelaw.network import Network
from ratelaw.simulate import Direct, RecordMoments, RecordPaths, simulate

if TYPE_CHECKING:
    import xarray as xr

BATCHES = 60
"""Of trajectories, at most, in search of cells that are seen."""
SPARE = 1.05
"""Times the cells that are missing, for those that will not be seen."""


def resample(
    network: Network, data: "Snapshots | xr.Dataset", replicates: int, seed: int
) -> "list[Snapshots] | list[xr.Dataset]":
    """Replicates of a data set: the same times, numbers of cells or trajectories, measurement.

    Raises
    ------
    DataError
        If no such data can be drawn: results without a number of trajectories or with several
        initial states, or cells that are hardly ever seen.
    UnsupportedError
        For other data.
    """
    import xarray as xr

    if isinstance(data, Snapshots):
        return _cells(network.replace(initial=data.initial), data, replicates, seed)
    known = isinstance(data, xr.Dataset) and "moment_covariance" in data
    if not known or "trajectories" not in data.attrs:
        raise UnsupportedError(
            "a bootstrap draws results of simulate() or Snapshots anew; these data do not say how "
            "many trajectories they are of"
        )
    return _moments(network, data, replicates, seed)


def _moments(
    network: Network, data: "xr.Dataset", replicates: int, seed: int
) -> "list[xr.Dataset]":
    """All replicates are one ensemble, a sweep over equal parameters."""
    times = data["time"].values
    first = data["covariance"].isel(time=0)
    if times[0] != 0 or float(np.abs(first).max()) > 0:
        raise DataError("the trajectories do not begin in one state at time 0: none can be drawn")
    order = 1 + max(str(label).count(",") for label in data["moment"].values)
    names = map(str, data["species"].values)
    start = dict(zip(names, data["average"].values[0].tolist(), strict=True))
    results = simulate(
        network.replace(initial=start),
        Direct(),
        times,
        trajectories=int(data.attrs["trajectories"]),
        seed=seed,
        record=[RecordMoments(order=order)],
        sweep={name: np.full(replicates, value) for name, value in network.parameters.items()},
        progress=False,
    )
    return [results.isel(parameter_set=i) for i in range(replicates)]


def _cells(network: Network, data: Snapshots, replicates: int, seed: int) -> list[Snapshots]:
    generator = np.random.default_rng(seed)
    drawn = []
    for time, cells in zip(data.times, data.cells, strict=True):
        states = _seen_states(network, data, float(time), int(cells.sum()) * replicates, generator)
        measured = data.measurement.draw(states, generator)
        drawn.append(np.split(measured, replicates))
    pairs = [
        [np.unique(rows, axis=0, return_counts=True) for rows in at_times]
        for at_times in zip(*drawn, strict=True)
    ]
    return [
        replace(data, observed=tuple(o for o, _ in groups), cells=tuple(c for _, c in groups))
        for groups in pairs
    ]


def _seen_states(
    network: Network, data: Snapshots, time: float, count: int, generator: np.random.Generator
) -> np.ndarray:
    """States of so many cells that are seen at a time, shape (count, species of the data)."""
    order = [network.species.index(name) for name in data.species]
    found, missing = [], count
    for _ in range(BATCHES):
        asked = int(np.ceil(SPARE * missing)) if data.unseen else missing
        paths = simulate(
            network,
            Direct(),
            [time],
            trajectories=asked,
            seed=int(generator.integers(2**31)),
            record=[RecordPaths(asked)],
            progress=False,
        )
        states = paths["paths"].transpose("trajectory", "time", "species").values[:, 0]
        found.append(states[is_seen(network, data, states.T) > 0])
        missing -= len(found[-1])
        if missing <= 0:
            return np.concatenate(found)[:count][:, order].astype(np.int64)
    raise DataError(
        f"cells are hardly ever seen at time {time:g}: {missing} of {count} are missing after "
        f"{BATCHES} ensembles, where '{data.unseen}' is unseen"
    )
