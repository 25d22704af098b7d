"""How likely the measurements of a parameter estimation problem are."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.errors import DataError, UnsupportedError
from ratelaw.formats.petab.problem import (
    EstimationProblem,
    Experiment,
    Measurement,
    Noise,
    Period,
    Scale,
    evaluated,
)
from ratelaw.learn.steady_state import refuse_clock, steady_state
from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate import MassAction, simulate

if TYPE_CHECKING:
    from ratelaw.formats.sbml.reader import Model

MET = 10
"""Relative tolerances of the method within which a measurement without noise is met."""


@dataclass(frozen=True)
class Prediction:
    """What a model says of the measurements, in their order.

    Attributes
    ----------
    values
        The observables without noise, shape (measurements,).
    deviations
        sigma of the noise on the observable's scale, shape (measurements,).
    """

    values: np.ndarray
    deviations: np.ndarray


def log_likelihood(
    problem: EstimationProblem,
    values: Mapping[str, float] | None = None,
    method: MassAction | None = None,
) -> float:
    r"""The logarithm of the likelihood of all measurements.

    .. math:: \sum_k \log p_k, \qquad
              p_k = \frac{s'(m_k)}{\sigma_k\sqrt{2\pi}}
                    \exp\!\Big(\!-\frac{(s(m_k) - s(y_k))^2}{2\sigma_k^2}\Big)
              \;\text{or}\;
              \frac{s'(m_k)}{2\sigma_k} \exp\!\Big(\!-\frac{|s(m_k) - s(y_k)|}{\sigma_k}\Big)

    with measurements m, observables y, their scale s (linear, log or log10), and the noise sigma.

    Parameters
    ----------
    problem
        As `ratelaw.formats.read_petab` reads it.
    values
        Parameters on a linear scale; the others are at their nominal values.
    method
        Its tolerances; `MassAction()` unless told.

    Returns
    -------
    The logarithm of a density; minus infinity where an observable on a logarithmic scale is not
    positive. A measurement with noise 0 is met, and adds nothing.

    Raises
    ------
    DataError
        For an unknown or missing parameter, a noise that is negative or not finite, and a
        measurement with noise 0 that is not met; with the row.
    UnsupportedError
        For equilibrations, and starts at another time than 0, with events or rates that depend on
        time; and for sizes that change between periods.
    SolverError
        If the model cannot be simulated.

    Notes
    -----
    Schmiester et al. 2021 (PEtab). One simulation for each experiment.

    Examples
    --------
    >>> from ratelaw.formats.petab.problem import Observable
    >>> from ratelaw.formats.sbml.writer import format_sbml
    >>> sbml = format_sbml(Network.parse("A --> 0, 1", initial={"A": 5}))
    >>> seen = {"seen": Observable(2 * symbol("A"), sp.Integer(1), Scale.LINEAR, Noise.NORMAL)}
    >>> row = Measurement("row 1", "seen", "", time=0, value=10.0)
    >>> problem = EstimationProblem(sbml, {}, seen, {"": Experiment((Period(0, {}),))}, (row,))
    >>> round(log_likelihood(problem), 4)  # -log(2 pi)/2
    -0.9189
    """
    prediction = predict(problem, values, method)
    total = 0.0
    for row, value, deviation in zip(
        problem.measurements, prediction.values, prediction.deviations, strict=True
    ):
        total += _log_density(problem, row, value, deviation, MET * (method or MassAction()).rtol)
    return total


def predict(
    problem: EstimationProblem,
    values: Mapping[str, float] | None = None,
    method: MassAction | None = None,
) -> Prediction:
    """What the model says of each measurement; arguments and errors as of `log_likelihood`."""
    numbers, method = problem.values(values), method or MassAction()
    found = np.empty((2, len(problem.measurements)))
    rows: dict[str, list[int]] = {}
    for i, row in enumerate(problem.measurements):
        rows.setdefault(row.experiment, []).append(i)
    for name, places in rows.items():
        measured = [problem.measurements[i] for i in places]
        found[:, places] = _experiment(
            problem, problem.experiments[name], measured, numbers, method
        )
    return Prediction(*found)


def _experiment(
    problem: EstimationProblem,
    experiment: Experiment,
    rows: Sequence[Measurement],
    numbers: Mapping[str, float],
    method: MassAction,
) -> np.ndarray:
    """Observables and noises of one experiment, shape (2, rows); at a switch, those after it."""
    times = np.array([row.time for row in rows])
    found = np.empty((2, len(rows)))
    ends = [*(period.start for period in experiment.periods[1:]), math.inf]
    before: _Moment | None = None
    for period, end in zip(experiment.periods, ends, strict=True):
        changes = _changes(problem, period, before, numbers)
        model = problem.model(changes, numbers)
        network = model.network
        if before is not None:
            network = network.replace(initial=_kept(before, model, period, changes))
        if period.start == -math.inf:
            before = _Moment(model, changes, steady_state(network, method))
            continue
        if period.start:
            refuse_clock(network, f"a start at time {period.start:g}")
        last = end == math.inf
        places = np.flatnonzero((times >= period.start) & ((times < end) | last))
        stops = times[places] if last else np.append(times[places], end)
        if stops.size:
            states = _states(network, stops - period.start, method)
            amounts = dict(zip(network.species, states[-1].tolist(), strict=True))
            before = _Moment(model, changes, amounts)
            part = [rows[i] for i in places.tolist()]
            found[:, places] = _observed(problem, part, model, states[: len(part)], numbers)
    return found


def _observed(
    problem: EstimationProblem,
    rows: Sequence[Measurement],
    model: "Model",
    states: np.ndarray,
    numbers: Mapping[str, float],
) -> np.ndarray:
    """Observables and noises, shape (2, rows), of the amounts at their times."""
    times = np.array([[row.time for row in rows]])
    meaning, parameters = _meaning(problem, model, numbers)
    given = np.array([*parameters.values()])[:, np.newaxis]
    formulas: dict[tuple[sp.Expr, sp.Expr], list[int]] = {}
    for i, row in enumerate(rows):
        formulas.setdefault(_formulas(problem, row, meaning), []).append(i)
    found = np.empty((2, len(rows)))
    for pair, places in formulas.items():
        evaluate = to_numpy(pair, model.network.symbols, (*parameters,), (TIME,))
        with np.errstate(all="ignore"):
            found[:, places] = evaluate(states[places].T, given, times[:, places])
    return found


@dataclass(frozen=True)
class _Moment:
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
    before: _Moment | None,
    numbers: Mapping[str, float],
) -> dict[str, float]:
    """The changes of a period; those that it sets anew by what the model is just before."""
    kept = {} if before is None else before.changes
    new = {n: c for n, c in period.changes.items() if n in period.set_anew or n not in kept}
    values = dict(numbers)
    if not set().union(*(change.free_symbols for change in new.values())) <= {*map(symbol, values)}:
        if before is None:
            model = problem.model({}, numbers)
            before = _Moment(model, {}, model.network.initial)
        values = before.values() | values
    return {n: kept[n] for n in period.changes if n not in new} | evaluated(new, values)


def _kept(
    before: _Moment, model: "Model", period: Period, changes: Mapping[str, float]
) -> dict[str, float]:
    """Amounts at the end of a period, of all that the next does not set anew."""
    if _sizes(before.model) != _sizes(model):
        raise UnsupportedError(f"compartments change their sizes at time {period.start:g}")
    names = _names(model, {*before.changes, *changes})
    for name, value in model.network.parameters.items():
        if name not in names and before.model.network.parameters.get(name, value) != value:
            raise UnsupportedError(
                f"{name!r} would change at time {period.start:g} by its initial assignment: set it "
                f"in the conditions"
            )
    kept = before.amounts.keys() & {*model.network.species} - _names(model, period.set_anew)
    return {name: before.amounts[name] for name in kept}


def _names(model: "Model", identifiers: Iterable[str]) -> set[str]:
    """What identifiers of the model are called in its network."""
    meant = (model.amounts.get(name, model.values[name]) for name in identifiers)
    return {s.name for expression in meant for s in expression.free_symbols}


def _sizes(model: "Model") -> dict[str, sp.Expr]:
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


def _meaning(
    problem: EstimationProblem, model: "Model", numbers: Mapping[str, float]
) -> tuple[dict[sp.Symbol, sp.Expr], dict[sp.Symbol, float]]:
    """What names in formulas stand for, of amounts, parameters and time; and the parameters."""
    tabled = {symbol(name): sp.Dummy(name, real=True) for name in numbers}
    meaning = tabled | {symbol(name): value for name, value in model.values.items()}
    observed = {symbol(n): o.formula.xreplace(meaning) for n, o in problem.observables.items()}
    values = dict(zip(tabled.values(), numbers.values(), strict=True)) | model.network.values
    return observed | meaning, values


def _formulas(
    problem: EstimationProblem, row: Measurement, meaning: Mapping[sp.Symbol, sp.Expr]
) -> tuple[sp.Expr, sp.Expr]:
    """Of the observable and the noise of a row."""
    observable = problem.observables[row.observable]
    given = [value.xreplace(meaning) for value in (*row.parameters, *row.noise_parameters)]
    names = (*observable.placeholders, *observable.noise_placeholders)
    filled = dict(zip(names, given, strict=True))
    formula = observable.formula.xreplace({**meaning, **filled})
    own = {symbol(row.observable): formula}
    return formula, observable.noise.xreplace({**meaning, **own, **filled})


def _log_density(
    problem: EstimationProblem,
    row: Measurement,
    value: float,
    deviation: float,
    tolerance: float,
) -> float:
    observable = problem.observables[row.observable]
    if not (math.isfinite(value) and math.isfinite(deviation) and deviation >= 0):
        raise DataError(
            f"{row.place}: {row.observable!r} is {value:g} with noise {deviation:g}: both must be "
            f"finite, and the noise >= 0"
        )
    if deviation == 0:
        if abs(value - row.value) > tolerance * abs(row.value):
            raise DataError(
                f"{row.place}: the noise is 0, so that {row.observable!r} must be {row.value:g}, "
                f"but it is {value:g}: the likelihood is 0"
            )
        return 0.0
    if observable.scale is not Scale.LINEAR and value <= 0:
        return -math.inf
    both = np.array([row.value, value])
    measured, expected = observable.scale.of(both)
    residual = abs(measured - expected) / deviation
    slope = observable.scale.slope(both)[0]
    if observable.distribution is Noise.LAPLACE:
        return float(math.log(slope / (2 * deviation)) - residual)
    return float(math.log(slope / (deviation * math.sqrt(2 * math.pi))) - residual**2 / 2)
