"""How likely the measurements of a parameter estimation problem are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.errors import DataError
from ratelaw.formats.petab.problem import EstimationProblem, Measurement, Noise, Scale
from ratelaw.learn.petab.simulation import simulate_experiment
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate import MassAction

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
    >>> from ratelaw import Network
    >>> from ratelaw.formats.petab.problem import Experiment, Observable, Period
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
        times = np.array([problem.measurements[i].time for i in places])
        experiment = problem.experiments[name]
        for part, model, states in simulate_experiment(problem, experiment, times, numbers, method):
            chosen = [places[i] for i in part]
            measured = [problem.measurements[i] for i in chosen]
            found[:, chosen] = _observed(problem, measured, model, states, numbers)
    return Prediction(*found)


def _observed(
    problem: EstimationProblem,
    rows: Sequence[Measurement],
    model: "Model",
    states: np.ndarray,
    numbers: Mapping[str, float],
) -> np.ndarray:
    """Observables and noises, shape (2, rows), of the amounts at their times."""
    times = np.array([[row.time for row in rows]])
    meaning, parameters = meanings(problem, model, numbers)
    given = np.array([*parameters.values()])[:, np.newaxis]
    formulas: dict[tuple[sp.Expr, sp.Expr], list[int]] = {}
    for i, row in enumerate(rows):
        formulas.setdefault(formulas_of(problem, row, meaning), []).append(i)
    found = np.empty((2, len(rows)))
    for pair, places in formulas.items():
        evaluate = to_numpy(pair, model.network.symbols, (*parameters,), (TIME,))
        with np.errstate(all="ignore"):
            found[:, places] = evaluate(states[places].T, given, times[:, places])
    return found


def meanings(
    problem: EstimationProblem, model: "Model", numbers: Mapping[str, float]
) -> tuple[dict[sp.Symbol, sp.Expr], dict[sp.Symbol, float]]:
    """What names in formulas stand for, of amounts, parameters and time; and the parameters."""
    tabled = {symbol(name): sp.Dummy(name, real=True) for name in numbers}
    meaning = tabled | {symbol(name): value for name, value in model.values.items()}
    observed = {symbol(n): o.formula.xreplace(meaning) for n, o in problem.observables.items()}
    values = dict(zip(tabled.values(), numbers.values(), strict=True)) | model.network.values
    return observed | meaning, values


def formulas_of(
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
