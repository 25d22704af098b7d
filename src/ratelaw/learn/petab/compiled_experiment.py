"""An experiment, compiled once: its periods one after another."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.formats.petab.problem import EstimationProblem, Experiment, Period, evaluated
from ratelaw.learn.petab.compiled_period import CompiledPeriod, Slopes
from ratelaw.learn.petab.simulation import network_names, sizes_of
from ratelaw.network.expression import symbol

if TYPE_CHECKING:
    from ratelaw.formats.petab.starts import Starts


class CompiledExperiment:
    """Amounts at the times of an experiment, and their exact derivatives to unknown parameters.

    Parameters
    ----------
    problem, experiment
        One of the problem's experiments.
    unknowns
        Names of parameters, Q.
    numbers
        All parameters, at some values.
    times
        Shape (T,), in any order, from the start on.

    Raises
    ------
    UnsupportedError
        For events, rates that jump, changes that follow from the state before, and sizes that
        change between periods.
    """

    def __init__(
        self,
        problem: EstimationProblem,
        experiment: Experiment,
        unknowns: Sequence[str],
        numbers: Mapping[str, float],
        times: np.ndarray,
    ) -> None:
        from ratelaw.formats.petab.starts import Starts

        symbols = [symbol(name) for name in unknowns]
        known = {symbol(name): v for name, v in numbers.items() if name not in unknowns}
        self._experiment, self._times = experiment, times
        self.periods: list[CompiledPeriod] = []
        self._kept: list[np.ndarray] = []
        before: Starts | None = None
        for period in experiment.periods:
            _refuse_state(period, numbers)
            own = {name: symbol(name) for name in unknowns}
            changes = {name: sp.sympify(c).xreplace(known) for name, c in period.changes.items()}
            values = dict(numbers) | evaluated(period.changes, numbers)
            starts = Starts(problem.sbml, own | changes, values)
            self.periods.append(CompiledPeriod(starts, symbols))
            self._kept.append(_kept(before, starts, period))
            before = starts

    def at(
        self, unknowns: np.ndarray
    ) -> Iterator[tuple[CompiledPeriod, np.ndarray, Slopes, Slopes]]:
        """For each period with any of the times: places among them, constants, amounts there.

        Raises
        ------
        SolverError
            If the model cannot be solved at these values.
        """
        starts = [period.start for period in self._experiment.periods]
        ends = [*starts[1:], math.inf]
        end_state: Slopes | None = None
        for period, kept, begin, end in zip(self.periods, self._kept, starts, ends, strict=True):
            constants, start = period.at_start(unknowns)
            if end_state is not None:
                start = Slopes(
                    np.where(kept, end_state.values, start.values),
                    np.where(kept[:, None], end_state.slopes, start.slopes),
                )
            if begin == -math.inf:
                end_state = period.at_rest(constants, start)
                continue
            last = end == math.inf
            inside = (self._times >= begin) & ((self._times < end) | last)
            found, end_state = self._within(period, constants, start, (begin, end), inside)
            if inside.any():
                yield period, np.flatnonzero(inside), constants, found

    def _within(
        self,
        period: CompiledPeriod,
        constants: Slopes,
        start: Slopes,
        ends: tuple[float, float],
        inside: np.ndarray,
    ) -> tuple[Slopes, Slopes]:
        """The amounts at the times inside, and at the end."""
        begin, end = ends
        if begin and period.depends_on_time:
            raise UnsupportedError(
                f"rates depend on time, and a period begins at time {begin:g}: a fit begins at 0"
            )
        times = self._times[inside]
        finite = times[np.isfinite(times)]
        stops = np.array([begin, *finite, *([] if end == math.inf else [end])])
        grid, places = np.unique(stops, return_inverse=True)
        found = period.at_times(constants, start, grid - begin)
        values = np.empty((len(times), len(start.values)))
        slopes = np.empty((*values.shape, start.slopes.shape[1]))
        values[np.isfinite(times)] = found.values[places[1 : 1 + len(finite)]]
        slopes[np.isfinite(times)] = found.slopes[places[1 : 1 + len(finite)]]
        if len(finite) < len(times):
            rest = period.at_rest(constants, start)
            values[np.isinf(times)], slopes[np.isinf(times)] = rest.values, rest.slopes
        return Slopes(values, slopes), Slopes(found.values[-1], found.slopes[-1])


def _refuse_state(period: Period, numbers: Mapping[str, float]) -> None:
    """Refuse changes by what the model is just before."""
    for name, change in period.changes.items():
        for unknown in sorted(sp.sympify(change).free_symbols - {*map(symbol, numbers)}, key=str):
            raise UnsupportedError(
                f"the change {name} = {change} follows from the model's {str(unknown)!r}, which a "
                f"fit cannot treat"
            )


def _kept(before: "Starts | None", starts: "Starts", period: Period) -> np.ndarray:
    """Which amounts go on from the period before, shape (V,)."""
    model = starts.model
    species = model.network.species
    if before is None:
        return np.zeros(len(species), dtype=bool)
    if sizes_of(before.model) != sizes_of(model):
        raise UnsupportedError(f"compartments change their sizes at time {period.start:g}")
    anew = network_names(model, period.set_anew)
    return np.array([name not in anew for name in species])
