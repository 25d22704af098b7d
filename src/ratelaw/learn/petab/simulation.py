"""Experiments of a parameter estimation problem: the model in each of their periods."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.formats.petab.problem import EstimationProblem, Experiment, Period, evaluated
from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.simulate import MassAction, simulate
from ratelaw.simulate.steady_state import refuse_time_and_events, steady_state

if TYPE_CHECKING:
    from ratelaw.formats.sbml.reader import Model


def simulate_experiment(
    problem: EstimationProblem,
    experiment: Experiment,
    times: np.ndarray,
    numbers: Mapping[str, float],
    method: MassAction,
) -> "Iterator[tuple[np.ndarray, Model, np.ndarray]]":
    """What is in an experiment at some times, period by period.

    Parameters
    ----------
    problem, experiment
        One of the problem's experiments.
    times
        Shape (times,), in any order, from the start on; at infinity the steady state is meant, and
        at a switch what is after it.
    numbers
        All parameters.
    method
        Its tolerances.

    Yields
    ------
    For each period with any of the times: their places among `times`, shape (places,); the model;
    amounts, shape (places, species of its network).

    Raises
    ------
    DataError, UnsupportedError, SolverError
        As of `log_likelihood`.
    """
    ends = [*(period.start for period in experiment.periods[1:]), math.inf]
    before: _PeriodEnd | None = None
    for period, end in zip(experiment.periods, ends, strict=True):
        changes = _changes(problem, period, before, numbers)
        model = problem.model(changes, numbers)
        network = model.network
        if before is not None:
            network = network.replace(initial=_kept(before, model, period, changes))
        if period.start == -math.inf:
            before = _PeriodEnd(model, changes, steady_state(network, method))
            continue
        if period.start:
            refuse_time_and_events(network, f"a start at time {period.start:g}")
        last = end == math.inf
        places = np.flatnonzero((times >= period.start) & ((times < end) | last))
        stops = times[places] if last else np.append(times[places], end)
        if stops.size:
            states = _states(network, stops - period.start, method)
            amounts = dict(zip(network.species, states[-1].tolist(), strict=True))
            before = _PeriodEnd(model, changes, amounts)
            if places.size:
                yield places, model, states[: places.size]


@dataclass(frozen=True)
class _PeriodEnd:
    """The end of a period: the model, the changes in force, the amounts."""

    model: "Model"
    changes: Mapping[str, float]
    amounts: Mapping[str, float]

    def values(self) -> dict[str, float]:
        """Of all identifiers of the model that do not depend on time."""
        numbers = self.model.network.values | {symbol(n): v for n, v in self.amounts.items()}
        found = {name: value.subs(numbers) for name, value in self.model.values.items()}
        return {name: float(value) for name, value in found.items() if value.is_number}


def _changes(
    problem: EstimationProblem,
    period: Period,
    before: _PeriodEnd | None,
    numbers: Mapping[str, float],
) -> dict[str, float]:
    """The changes of a period; those that it sets anew by what the model is just before."""
    kept = {} if before is None else before.changes
    new = {n: c for n, c in period.changes.items() if n in period.set_anew or n not in kept}
    values = dict(numbers)
    if not set().union(*(change.free_symbols for change in new.values())) <= {*map(symbol, values)}:
        if before is None:
            model = problem.model({}, numbers)
            before = _PeriodEnd(model, {}, model.network.initial)
        values = before.values() | values
    return {n: kept[n] for n in period.changes if n not in new} | evaluated(new, values)


def _kept(
    before: _PeriodEnd, model: "Model", period: Period, changes: Mapping[str, float]
) -> dict[str, float]:
    """Amounts at the end of a period, of all that the next does not set anew."""
    if sizes_of(before.model) != sizes_of(model):
        raise UnsupportedError(f"compartments change their sizes at time {period.start:g}")
    names = network_names(model, {*before.changes, *changes})
    for name, value in model.network.parameters.items():
        if name not in names and before.model.network.parameters.get(name, value) != value:
            raise UnsupportedError(
                f"{name!r} would change at time {period.start:g} by its initial assignment: set it "
                f"in the conditions"
            )
    kept = before.amounts.keys() & {*model.network.species} - network_names(model, period.set_anew)
    return {name: before.amounts[name] for name in kept}


def network_names(model: "Model", identifiers: Iterable[str]) -> set[str]:
    """What identifiers of the model are called in its network."""
    meant = (model.amounts.get(name, model.values[name]) for name in identifiers)
    return {s.name for expression in meant for s in expression.free_symbols}


def sizes_of(model: "Model") -> dict[str, sp.Expr]:
    values = model.network.values
    return {name: size.subs(values) for name, size in model.sizes.items()}


def _states(network: Network, times: np.ndarray, method: MassAction) -> np.ndarray:
    """Amounts at times in any order, shape (times, species); at infinity at rest."""
    states = np.empty((len(times), len(network.species)))
    last = np.isinf(times)
    if last.any():
        states[last] = list(steady_state(network, method).values())
    if not last.all():
        grid, places = np.unique(times[~last], return_inverse=True)
        states[~last] = simulate(network, method, grid)["average"].values[places]
    return states
