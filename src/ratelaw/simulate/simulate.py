"""The one verb: a network, a method, times."""

import os
import secrets
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.simulate.method import Ensemble, Sampler, Solver
from ratelaw.simulate.recorders import Recorder, RecordMoments

if TYPE_CHECKING:
    import xarray as xr


def simulate(
    network: Network,
    method: Solver | Sampler,
    times: ArrayLike,
    *,
    trajectories: int | None = None,
    seed: int | None = None,
    record: Sequence[Recorder] = (RecordMoments(),),
    threads: int | None = None,
    progress: bool | None = None,
) -> "xr.Dataset":
    """Simulate a network at the scale of the method, from its initial state at time 0.

    Parameters
    ----------
    network
        The network.
    method
        A solver (`MassAction`, `Moments`, `MasterEquation`) or a sampler (`Direct`,
        `FirstReaction`).
    times
        Shape (time,), >= 0, increasing, in the unit of the rate constants.
    trajectories, seed
        For samplers: how many paths, and the seed that makes them reproducible; without a seed a
        fresh one is drawn and stored in the attributes.
    record
        For samplers: what is kept of the trajectories; moments with their sampling covariance
        unless told.
    threads
        For samplers: at most this many; all cores unless told. The result does not depend on it.
    progress
        For samplers: show a progress bar; by default if a terminal watches.

    Returns
    -------
    A dataset with the names of `ratelaw.simulate.results`: the same at every scale.

    Raises
    ------
    DataError
        For times that are not increasing, finite and >= 0, or arguments that the method does not
        take.
    UnsupportedError
        If the method cannot treat the network; it says which reaction.
    SolverError
        If the method did not reach its tolerance within its limits.

    Examples
    --------
    >>> from ratelaw import Moments, simulate, zoo
    >>> results = simulate(zoo.spcm(), Moments(), [0, 10, 20])
    >>> float(results["average"].sel(time=20, species="A").round(3))
    11.716
    """
    grid = _checked_times(times)
    if isinstance(method, Solver):
        if trajectories is not None or seed is not None:
            raise DataError(f"{method!r} draws no trajectories: leave out trajectories and seed")
        return method.solve(network, grid)
    if isinstance(trajectories, bool) or not isinstance(trajectories, int) or trajectories < 1:
        raise DataError(f"trajectories={trajectories!r}: {method!r} needs a whole number >= 1")
    if seed is not None and not (isinstance(seed, int | np.integer) and 0 <= seed < 2**63):
        raise DataError(f"seed={seed!r}: use a whole number from 0 to 2^63 - 1")
    if threads is not None and not (isinstance(threads, int) and threads >= 1):
        raise DataError(f"threads={threads!r}: use a whole number >= 1")
    ensemble = Ensemble(
        trajectories=trajectories,
        seed=secrets.randbits(31) if seed is None else int(seed),
        record=tuple(record),
        threads=threads or len(os.sched_getaffinity(0)),
        progress=sys.stderr.isatty() if progress is None else progress,
    )
    return method.sample(network, grid, ensemble)


def _checked_times(times: ArrayLike) -> np.ndarray:
    grid = np.asarray(times, dtype=float)
    if grid.ndim != 1 or grid.size == 0:
        raise DataError(f"times have shape {grid.shape}: give a list of at least one time")
    if not np.isfinite(grid).all() or grid[0] < 0:
        raise DataError("times must be finite and >= 0")
    for i in np.flatnonzero(np.diff(grid) <= 0)[:1]:
        raise DataError(
            f"times must increase: time {i + 1} is {grid[i]:g}, time {i + 2} is {grid[i + 1]:g}"
        )
    return grid
