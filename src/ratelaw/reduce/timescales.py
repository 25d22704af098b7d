"""Which species are fast and which are slow, and whether there is a difference at all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError
from ratelaw.learn.data.observations import require_series
from ratelaw.network import Network
from ratelaw.reduce.correlation import correlation, named, two_groups
from ratelaw.reduce.courses import require_course
from ratelaw.reduce.horizon import settling_times
from ratelaw.reduce.slopes import slopes
from ratelaw.reduce.spectrum import linearised, spectrum
from ratelaw.reduce.swiftness import swiftness
from ratelaw.simulate import MassAction, simulate

if TYPE_CHECKING:
    import xarray as xr

SMALLEST_GAP = 10.0
"""Time scales that differ by less are not told apart."""
TAKES_PART = 0.5
"""Species with a larger participation in the fast modes are fast."""
UNIFORM = 401
"""Evenly spaced times for the correlation, where none are given."""
FEWEST_TIMES = 8


@dataclass(frozen=True)
class TimeScales:
    """What is fast in a network or in data.

    Attributes
    ----------
    species
        Names, in the order of every array.
    fast, slow
        The split; `fast` is empty where there is no gap.
    gap
        Ratio of the slowest fast rate to the fastest slow one.
    rates
        Characteristic rates, fastest first: of the modes of a network, or of the species in data,
        1/time.
    participation
        Of each species in the fast modes, shape (N,); None for data.
    correlation
        |Pearson| between the time derivatives, shape (N, N); NaN for a species that does not move.
    groups
        The two groups that this correlation makes.

    Examples
    --------
    >>> from ratelaw import zoo
    >>> timescales(zoo.michaelis_menten()).has_gap
    True
    """

    species: tuple[str, ...]
    fast: tuple[str, ...]
    slow: tuple[str, ...]
    gap: float
    rates: np.ndarray
    participation: np.ndarray | None
    correlation: np.ndarray
    groups: tuple[tuple[str, ...], ...]

    @property
    def has_gap(self) -> bool:
        """Whether the time scales differ enough to call anything fast."""
        return bool(self.fast)

    @property
    def criteria_agree(self) -> bool:
        """Whether the correlation of the derivatives makes the same two groups."""
        return self.has_gap and set(self.fast) in map(set, self.groups)

    def __str__(self) -> str:
        source = "modes" if self.participation is not None else "species"
        listed = ", ".join(f"{rate:.3g}" for rate in self.rates)
        rates = f"rates of the {source}: {listed} per unit time; widest gap: {self.gap:.3g}"
        if not self.has_gap:
            return f"no gap between time scales ({rates}, {self._why_not()})"
        groups = " and ".join(f"{{{', '.join(group)}}}" for group in self.groups)
        verdict = "the same split" if self.criteria_agree else "another split"
        return "\n".join(
            [
                f"fast: {', '.join(self.fast)}; slow: {', '.join(self.slow)}",
                rates,
                *self._participations(),
                f"correlation of the derivatives groups {groups}: {verdict}",
                *self._correlations(),
            ]
        )

    def _why_not(self) -> str:
        if self.gap >= SMALLEST_GAP:
            return "but no species follows the fast modes alone: combinations of species do"
        if self.participation is None:
            return f"at least {SMALLEST_GAP:g} is needed: an initial layer may lie before the data"
        return f"at least {SMALLEST_GAP:g} is needed"

    def _participations(self) -> list[str]:
        if self.participation is None:
            return []
        shares = zip(self.species, self.participation, strict=True)
        listed = ", ".join(f"{name} {share:.2f}" for name, share in shares)
        return [f"participation in the fast modes: {listed}"]

    def _correlations(self) -> list[str]:
        width = max(5, *map(len, self.species))
        header = "  ".join(f"{name:>{width}}" for name in ("", *self.species))
        rows = (
            "  ".join([f"{name:>{width}}", *(f"{r:{width}.3f}" for r in row)])
            for name, row in zip(self.species, self.correlation, strict=True)
        )
        return [header, *rows]


def timescales(source: "Network | xr.Dataset", times: ArrayLike | None = None) -> TimeScales:
    """Split the species of a network, or of data, into fast and slow ones.

    Of a network, the Jacobian's modes along its mass-action course decide: the widest gap between
    their rates, and which species follow the fast ones. Of data, the largest rate at which each
    species has been seen to move, relative to its range: the initial layer must be in the data. The
    paper's criterion, the correlation of the time derivatives, is computed beside either.

    Parameters
    ----------
    source
        A network, or one course with `average` (time, species).
    times
        For a network: where its course is looked at, shape (time,); unless given, until it has
        settled, logarithmically spaced for the modes and evenly for the correlation. Data have
        their own.

    Returns
    -------
    The split, and what it rests on. Without a gap `fast` is empty.

    Raises
    ------
    DataError
        For too few times, values that are not finite, or a network that does not settle.

    Notes
    -----
    Yang 2020, Table II; Lam and Goussis 1994.

    Examples
    --------
    >>> from ratelaw import zoo
    >>> timescales(zoo.gene_autoregulation()).fast
    ('G', 'GP', 'GP2')
    """
    if isinstance(source, Network):
        source.require_only("timescales")
        if times is not None:
            grid = np.asarray(times, dtype=float)
            return _of_network(source, grid, grid)
        grid = settling_times(source)
        return _of_network(source, grid, np.linspace(0.0, grid[-1], UNIFORM))
    require_series(source)
    if times is not None:
        raise DataError("data have their own times: leave them out")
    return _of_data(source)


def _of_network(network: Network, times: np.ndarray, even: np.ndarray) -> TimeScales:
    """Modes at `times`, correlation of the derivatives at `even` times."""
    _require_enough(times)
    derivatives, _ = linearised(network)
    matrix = correlation(derivatives(_course(network, even)))
    after = times[times > 0]
    modes = spectrum(network, after, _course(network, after))
    fast: list[int] = []
    for i in np.argsort(-modes.participation, kind="stable").tolist():
        more = [*fast, i]
        carried = np.linalg.matrix_rank(network.stoichiometry[more]) <= modes.modes
        if modes.participation[i] > TAKES_PART and carried:
            fast = more
    return TimeScales(
        network.species,
        *_split(network.species, fast, modes.gap),
        modes.gap,
        modes.rates,
        modes.participation,
        matrix,
        named(two_groups(matrix), network.species),
    )


def _course(network: Network, times: np.ndarray) -> np.ndarray:
    return simulate(network, MassAction(), times)["average"].values / network.volume


def _of_data(data: "xr.Dataset") -> TimeScales:
    require_course(data)
    species = tuple(map(str, data["species"].values))
    times, values = data["time"].values, data["average"].values
    _require_enough(times)
    for t, i in np.argwhere(~np.isfinite(values))[:1]:
        raise DataError(f"species {species[i]!r} at time {times[t]:g} is {values[t, i]}")
    matrix = correlation(slopes(times, values))
    speeds = swiftness(times, values)
    order = np.argsort(-speeds, kind="stable")
    moving = np.maximum(speeds[order], 1 / (times[-1] - times[0]))
    gaps = moving[:-1] / moving[1:]
    widest = int(np.argmax(gaps)) if gaps.size else 0
    gap = float(gaps[widest]) if gaps.size else 1.0
    return TimeScales(
        species,
        *_split(species, order[: widest + 1].tolist(), gap),
        gap,
        speeds[order],
        None,
        matrix,
        named(two_groups(matrix), species),
    )


def _split(
    species: tuple[str, ...], fast: list[int], gap: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the fast and the slow species; none is fast without a gap."""
    if gap < SMALLEST_GAP:
        return (), species
    return (
        tuple(name for i, name in enumerate(species) if i in fast),
        tuple(name for i, name in enumerate(species) if i not in fast),
    )


def _require_enough(times: np.ndarray) -> None:
    if times.size < FEWEST_TIMES:
        raise DataError(
            f"{times.size} times: at least {FEWEST_TIMES} are needed to see time scales"
        )
