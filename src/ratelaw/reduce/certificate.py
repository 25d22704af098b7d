"""How wrong a reduction is: measured against the full network, not believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.arguments import checked_times, expect, expect_number
from ratelaw.errors import DataError, SolverError
from ratelaw.reduce.horizon import settling_times
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.reduce.spectrum import linearised
from ratelaw.reduce.splitting import fast_laws
from ratelaw.simulate import MassAction, simulate

FEWEST_TIMES = 10
DECAYED = 0.01
"""What is left of the fast modes where the initial layer ends."""
LEAST_RANGE = 0.05
"""A species' range counts as at least this fraction of its largest value."""


@dataclass(frozen=True)
class Trial:
    """The reduction from one initial state.

    Attributes
    ----------
    initial
        Copy numbers of the full network's species.
    layer
        The time that the initial layer takes; errors are judged after it.
    largest, rms
        Error of each species after the layer, shape (N,), as a fraction of its range there.
    in_layer
        Largest error of each species before, as a fraction of the same range.
    worst_time
        When each species' largest error occurs, shape (N,).
    kept_from
        The first time from which on no species' error exceeds the tolerance; infinite if none.
    evaluations
        Of the right-hand side: of the full and of the reduced network.
    """

    initial: Mapping[str, float]
    layer: float
    largest: np.ndarray
    rms: np.ndarray
    in_layer: np.ndarray
    worst_time: np.ndarray
    kept_from: float
    evaluations: tuple[int, int]


@dataclass(frozen=True)
class Certificate:
    r"""The measured error of a reduction over a time window, from several initial states.

    .. math:: e_i = \max_t \frac{|\tilde x_i(t) - x_i(t)|}
        {\max(\max_t x_i - \min_t x_i,\; 0.05 \max_t x_i)}

    Attributes
    ----------
    reduced
        What was judged.
    end
        The last time of the window; it begins where a trial's initial layer ends.
    tolerance
        What every species' largest error is held against.
    trials
        One for each initial state.

    Examples
    --------
    >>> from ratelaw import QuasiSteadyState, reduce, zoo
    >>> certificate = certify(reduce(zoo.michaelis_menten(), QuasiSteadyState("C")))
    >>> certificate.largest["P"] < 0.01
    True
    """

    reduced: ReducedNetwork
    end: float
    tolerance: float
    trials: tuple[Trial, ...]

    @property
    def species(self) -> tuple[str, ...]:
        """Names in the order of every array."""
        return self.reduced.full.species

    @property
    def largest(self) -> dict[str, float]:
        """The largest error of each species over all initial states."""
        worst = np.max([trial.largest for trial in self.trials], axis=0)
        return dict(zip(self.species, worst.tolist(), strict=True))

    @property
    def rms(self) -> dict[str, float]:
        """The root-mean-square error of each species over all initial states."""
        mean = np.sqrt(np.mean(np.square([trial.rms for trial in self.trials]), axis=0))
        return dict(zip(self.species, mean.tolist(), strict=True))

    @property
    def layer(self) -> float:
        """The longest initial layer."""
        return max(trial.layer for trial in self.trials)

    @property
    def speedup(self) -> float:
        """Evaluations of the full right-hand side for one of the reduced, at equal tolerance."""
        full, reduced = np.sum([trial.evaluations for trial in self.trials], axis=0)
        return float(full / reduced)

    @property
    def holds(self) -> bool:
        """Whether no species' error exceeds the tolerance."""
        return max(self.largest.values()) <= self.tolerance

    @property
    def failures(self) -> tuple[str, ...]:
        """Where the tolerance is exceeded, in words: worst species of each initial state."""
        lines = []
        for trial in self.trials:
            worst = int(np.argmax(trial.largest))
            if trial.largest[worst] > self.tolerance:
                start = ", ".join(f"{name} = {n:g}" for name, n in trial.initial.items() if n)
                kept = (
                    f"within the tolerance from {trial.kept_from:.3g} on"
                    if trial.kept_from < np.inf
                    else "never within the tolerance"
                )
                lines.append(
                    f"{self.species[worst]} is {trial.largest[worst]:.2%} of its range off at "
                    f"time {trial.worst_time[worst]:.3g}, started from {start}; {kept}"
                )
        return tuple(lines)

    def __str__(self) -> str:
        width = max(len("species"), *map(len, self.species))
        rows = [f"{'species':<{width}}  kind  largest error      rms  in the initial layer"]
        layers = np.max([trial.in_layer for trial in self.trials], axis=0)
        for name, layer in zip(self.species, layers.tolist(), strict=True):
            kind = "fast" if name in self.reduced.fast else "slow"
            rows.append(
                f"{name:<{width}}  {kind}  {self.largest[name]:13.3%}  {self.rms[name]:7.3%}"
                f"  {layer:20.3%}"
            )
        verdict = (
            f"WITHIN the tolerance of {self.tolerance:.2%}"
            if self.holds
            else f"NOT WITHIN THE TOLERANCE OF {self.tolerance:.2%}"
        )
        window = f"times {self.layer:.3g} (end of the initial layer) to {self.end:g}"
        return "\n".join(
            [
                f"{verdict}, {window}, {len(self.trials)} initial states",
                *rows,
                *(f"fails: {line}" for line in self.failures),
                f"speed-up: {self.speedup:.1f} x fewer evaluations of the right-hand side",
            ]
        )


def certify(
    reduced: ReducedNetwork,
    times: ArrayLike | None = None,
    *,
    initial: Sequence[Mapping[str, float]] | None = None,
    tolerance: float = 0.05,
    after: float | None = None,
) -> Certificate:
    """Simulate the full and the reduced network from several states and compare all species.

    Parameters
    ----------
    reduced
        What `reduce` returned.
    times
        The window, shape (time,), at least ten; until the full network has settled unless given.
    initial
        Copy numbers of the full network's species, one mapping a state; a species left out keeps
        its value. Unless given: the network's own state, and half and twice of it, except for fast
        species whose total is conserved.
    tolerance
        The largest error that is acceptable, as a fraction of a species' range.
    after
        Where the initial layer ends; unless given, when the slowest of the fast modes has decayed
        to a hundredth, by the Jacobian's eigenvalues along the course.

    Returns
    -------
    The certificate; ``holds`` tells whether the tolerance was kept.

    Raises
    ------
    DataError
        For too few times, none after the initial layer, or no initial state.
    SolverError
        If the full network cannot be simulated. A reduced one that cannot fails the certificate,
        with infinite errors.

    Examples
    --------
    >>> from ratelaw import QuasiSteadyState, reduce, zoo
    >>> small = reduce(zoo.michaelis_menten(), QuasiSteadyState("C"))
    >>> certify(small).holds
    True
    """
    expect("reduced", reduced, ReducedNetwork, "what reduce(network, method) returns")
    expect_number("tolerance", tolerance, "0.05")
    grid = settling_times(reduced.full) if times is None else checked_times(times)
    if grid.size < FEWEST_TIMES:
        raise DataError(f"{grid.size} times: a certificate needs at least {FEWEST_TIMES}")
    if not tolerance > 0:
        raise DataError(f"tolerance={tolerance:g}: give a positive fraction of a species' range")
    states = _own_states(reduced) if initial is None else initial
    if not states:
        raise DataError("no initial state: give at least one, or leave them out")
    trials = tuple(_trial(reduced.starting(state), grid, tolerance, after) for state in states)
    return Certificate(reduced, float(grid[-1]), tolerance, trials)


def _own_states(reduced: ReducedNetwork) -> list[dict[str, float]]:
    own, laws = reduced.full.initial, fast_laws(reduced.full, reduced.fast)
    conserved = {reduced.full.species[i] for i in np.flatnonzero(laws.any(axis=0))}
    return [
        {name: n if name in conserved else factor * n for name, n in own.items()}
        for factor in (1.0, 0.5, 2.0)
    ]


def _trial(
    reduced: ReducedNetwork, times: np.ndarray, tolerance: float, after: float | None
) -> Trial:
    full = simulate(reduced.full, MassAction(), times)
    truth = full["average"].values
    layer = _layer(reduced, times[-1]) if after is None else after
    judged = times >= layer
    if not judged.any():
        raise DataError(
            f"the initial layer lasts until {layer:.3g}, beyond the last time {times[-1]:g}: "
            f"there is nothing to judge; use later times"
        )
    try:
        course = simulate(reduced.network, MassAction(), times)
    except SolverError:
        lifted, evaluations = np.full_like(truth, np.inf), 0
    else:
        lifted, evaluations = reduced.lift(course)["average"].values, course.attrs["evaluations"]
    size = np.abs(truth[judged]).max(axis=0)
    scale = np.maximum(np.ptp(truth[judged], axis=0), LEAST_RANGE * size)
    scale = np.where(scale > 0, scale, 1.0)
    error = np.nan_to_num(np.abs(lifted - truth) / scale, nan=np.inf)
    beyond = np.flatnonzero((error > tolerance).any(axis=1))
    kept = times[beyond[-1] + 1 :] if beyond.size else times
    return Trial(
        initial=dict(reduced.full.initial),
        layer=layer,
        largest=error[judged].max(axis=0),
        rms=np.sqrt(np.square(error[judged]).mean(axis=0)),
        in_layer=error[~judged].max(axis=0, initial=0.0),
        worst_time=times[judged][error[judged].argmax(axis=0)],
        kept_from=float(kept[0]) if kept.size else np.inf,
        evaluations=(int(full.attrs["evaluations"]), int(evaluations)),
    )


def _layer(reduced: ReducedNetwork, end: float) -> float:
    r"""When \int |Re lambda| dt reaches log(1/DECAYED), lambda the slowest of the fast modes."""
    full = reduced.full
    times = np.geomspace(1e-8, 1.0, 400) * end
    truth = simulate(full, MassAction(), times)["average"].values
    _, jacobian = linearised(full)
    spectra = np.linalg.eigvals(jacobian(truth / full.volume))
    rates = np.sort(np.maximum(-spectra.real, 0.0), axis=1)[:, -_fast_modes(reduced)]
    steps = np.diff(times, prepend=0.0)
    decayed = np.cumsum(steps * rates) >= -np.log(DECAYED)
    return float(times[decayed.argmax()]) if decayed.any() else np.inf


def _fast_modes(reduced: ReducedNetwork) -> int:
    """How many dimensions of motion the reduction took away, at least one."""
    implicit = sum(right == 0 for _, right in reduced.conditions)
    ranks = map(np.linalg.matrix_rank, (reduced.full.stoichiometry, reduced.network.stoichiometry))
    full, left = map(int, ranks)
    return max(full - left + implicit, 1)
