"""What to say where a kernel gives up: which reaction or species, where, and what to do."""

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.network import Network
from ratelaw.network.lowering import to_numpy
from ratelaw.network.network import LARGEST_COUNT
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate.ssa.kernel import BAD_PROPENSITY, NO_END, NOT_WHOLE


def bad_propensity(network: Network, lanes: np.ndarray, patience: int) -> SolverError:  # noqa: ARG001
    """What to say where a propensity went wrong in one of these lanes."""
    laws = [law.subs(network.values) for law in network.propensities]
    times = lanes[:, -1] * np.linspace(0.0, 1.0, 1001 if network.depends_on_time else 1)[:, None]
    counts = lanes[:, : len(network.species)].T[:, None, :]
    with np.errstate(all="ignore"):
        rates = to_numpy(laws, network.symbols, (TIME,))(counts, times[None])
    worst = np.argmin(np.where(np.isfinite(rates), rates, -np.inf))
    j, moment, lane = np.unravel_index(worst, rates.shape)
    when = f"time {times[moment, lane]:g}, " if network.depends_on_time else ""
    return SolverError(
        f"reaction '{network.reactions[j]}': its propensity is {rates[j, moment, lane]:g} at {when}"
        f"{_where(network, lanes[lane])}; a rate law must be finite and >= 0 at every count that "
        f"can be reached"
    )


def no_end(network: Network, lanes: np.ndarray, patience: int) -> SolverError:
    """What to say where trajectories do not get ahead; the one with the most molecules."""
    most = lanes[lanes[:, : len(network.species)].sum(axis=1).argmax()]
    return SolverError(
        f"no trajectory reached its next recording time within {patience:,} reactions; one is at "
        f"{_where(network, most)}: the counts grow without bound, or the network is stiff and "
        f"needs more recording times"
    )


def not_whole(network: Network, lanes: np.ndarray, patience: int) -> SolverError:  # noqa: ARG001
    """What to say where an event sets a count that is none."""
    counts = zip(network.species, lanes[0], strict=False)
    name, count = next((n, c) for n, c in counts if n in network.driven and not _is_count(c))
    return SolverError(
        f"an event sets {name!r} to {count:g}, before time {lanes[0, -1]:g}: reactions change it, "
        f"so that it must be a whole number >= 0"
    )


def _is_count(value: float) -> bool:
    return value >= 0 and float(value).is_integer()


def too_many(network: Network, first: int, times: np.ndarray, paths: np.ndarray) -> SolverError:
    """What to say where a count is no longer held exactly."""
    counts = paths[:, :, : len(network.species)]
    trajectory, row, species = np.unravel_index(counts.argmax(), counts.shape)
    return SolverError(
        f"trajectory {first + trajectory}: {network.species[species]} = {counts.max():g} at time "
        f"{times[row]:g}, beyond {LARGEST_COUNT:,}, where counts are no longer whole: the network "
        f"grows without bound, or wants MassAction"
    )


def _where(network: Network, lane: np.ndarray) -> str:
    counts = zip(network.species, lane, strict=False)
    state = ", ".join(f"{name} = {count:g}" for name, count in counts)
    return f"{state}, before time {lane[-1]:g}"


DESCRIPTIONS = {BAD_PROPENSITY: bad_propensity, NO_END: no_end, NOT_WHOLE: not_whole}
"""What to say for each reason to give up."""
