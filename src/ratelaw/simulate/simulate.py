"""The one verb: a network, a method, times."""

import os
import secrets
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from ratelaw.arguments import checked_times, expect, expect_list, expect_whole
from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.network.network import require_network
from ratelaw.simulate.checkpoint import kept_seed
from ratelaw.simulate.method import Ensemble, Method, Sampler, Solver
from ratelaw.simulate.recorders.moments import RecordMoments
from ratelaw.simulate.recorders.recorder import Recorder
from ratelaw.simulate.sweep import stacked, swept_networks, swept_values

if TYPE_CHECKING:
    import xarray as xr
    from distributed import Client

MOST_TRAJECTORIES, MOST_THREADS = 2**40, 2**12


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
    sweep: Mapping[str, ArrayLike] | None = None,
    cluster: "Client | None" = None,
    checkpoint: str | Path | None = None,
) -> "xr.Dataset":
    """Simulate a network at the scale of the method, from its initial state at time 0.

    Parameters
    ----------
    network
        The network.
    method
        A solver, such as `MassAction`, or a sampler, such as `Direct`.
    times
        Shape (time,), >= 0, increasing, in the unit of the rate constants.
    trajectories, seed
        For samplers: how many paths, and the seed that makes them reproducible; without a seed a
        fresh one is drawn, or that of the checkpoint taken, and stored in the attributes.
    record
        For samplers: what is kept of the trajectories; moments with their sampling covariance
        unless told.
    threads
        For samplers: at most this many; all cores unless told. The result does not depend on it.
    progress
        For samplers: show a progress bar; by default if a terminal watches.
    sweep
        Values of parameters, ``"k"``, and initial counts, ``"A(0)"``: one a parameter set, equally
        many of each. The result has a leading dimension `parameter_set`; of a sampler every set has
        as many trajectories, with streams of their own.
    cluster
        For samplers: a client of dask.distributed whose workers do the work instead of threads. The
        result is the same, bit for bit.
    checkpoint
        For samplers: a folder that keeps finished blocks. The same call goes on from there, and
        ends with the same result as if it had never been stopped.

    Returns
    -------
    A dataset with the names of `ratelaw.simulate.results`: the same at every scale.

    Raises
    ------
    DataError
        For times that are not increasing, finite and >= 0, or arguments that the method does not
        take.
    UnsupportedError
        If the method cannot treat the network; it says which reaction, rate or event.
    SolverError
        If the method did not reach its tolerance within its limits.

    Examples
    --------
    >>> from ratelaw import Moments, simulate, zoo
    >>> results = simulate(zoo.spcm(), Moments(), [0, 10, 20])
    >>> float(results["average"].sel(time=20, species="A").round(3))
    11.716
    """
    require_network(network)
    expect("method", method, Method, "an object such as Direct()")
    grid = checked_times(times)
    swept = swept_values(sweep or {})
    networks = swept_networks(network, swept)
    for member in networks:
        method.require(member)
    if isinstance(method, Solver):
        if any(given is not None for given in (trajectories, seed, cluster, checkpoint)):
            raise DataError(
                f"{method!r} draws no trajectories: leave out trajectories, seed, cluster and "
                f"checkpoint"
            )
        results = stacked([method.solve(member, grid) for member in networks], swept)
    else:
        cores = _cores()
        ensemble = Ensemble(
            networks=networks,
            swept=swept,
            trajectories=_whole("trajectories", trajectories, 1, MOST_TRAJECTORIES),
            seed=_seed(seed, checkpoint),
            record=_checked_recorders(record),
            threads=_whole("threads", cores if threads is None else threads, 1, MOST_THREADS),
            cluster=cluster,
            checkpoint=None if checkpoint is None else Path(checkpoint),
            progress=sys.stderr.isatty() if progress is None else progress,
        )
        results = method.sample(grid, ensemble)
    return results.assign_attrs(network=str(network))


def _seed(seed: int | None, checkpoint: str | Path | None) -> int:
    """The seed given, or that of the run to go on with, or a fresh one."""
    if seed is None and checkpoint is not None:
        seed = kept_seed(Path(checkpoint))
    return secrets.randbits(31) if seed is None else _whole("seed", seed, 0, 2**63 - 1)


def _whole(name: str, value: Any, least: int, most: int) -> int:  # noqa: ANN401
    expect_whole(name, value, least)
    if value > most:
        raise DataError(f"{name} is {value}: give a whole number up to {most:,}")
    return int(value)


def _checked_recorders(record: Sequence[Recorder]) -> tuple[Recorder, ...]:
    expect_list("record", record, "[RecordMoments()]")
    for recorder in record:
        expect("a recorder", recorder, Recorder, "an object such as RecordMoments()")
    if not record:
        raise DataError("record=(): name at least one recorder, such as RecordMoments()")
    names = Counter(recorder.records for recorder in record)
    for name, times in names.items():
        if times > 1:
            raise DataError(f"{times} recorders record {name}: leave one")
    return tuple(record)


def _cores() -> int:
    """Cores that this process may use; where the system does not tell, all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
