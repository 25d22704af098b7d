"""Tables that contradict the model, or each other."""

import math
from collections.abc import Mapping

import sympy as sp

from ratelaw.errors import DataError
from ratelaw.formats.petab.changes import identifiers, quantities, refuse_target
from ratelaw.formats.petab.problem import EstimationProblem, Measurement, Parameter, Scale
from ratelaw.network.expression import symbol
from ratelaw.network.time_dependence import TIME

Changes = Mapping[str, Mapping[str, sp.Expr]]


def check(problem: EstimationProblem, conditions: Changes) -> None:
    """Refuse a problem that contradicts itself.

    Parameters
    ----------
    problem
        As the tables say.
    conditions
        Of the condition table, used or not.

    Raises
    ------
    DataError
        With the table, the row, and what was found.
    """
    if not problem.measurements:
        raise DataError("measurement table: there is no row")
    _check_conditions(problem, conditions)
    _check_observables(problem)
    for row in problem.measurements:
        _check_measurement(problem, row)
    for name, parameter in problem.parameters.items():
        _check_parameter(problem, conditions, name, parameter)


def _check_conditions(problem: EstimationProblem, conditions: Changes) -> None:
    for condition, changes in conditions.items():
        for target, value in changes.items():
            place = f"condition table, {condition!r}, {target!r}"
            refuse_target(problem.sbml, target, place)
            if target in problem.parameters:
                raise DataError(f"{place}: the parameter table sets {target!r} too")
            known = {*problem.parameters, *identifiers(problem.sbml)}
            _refuse_unknown(value, {*map(symbol, known)}, place)


def _check_observables(problem: EstimationProblem) -> None:
    model = {*map(symbol, identifiers(problem.sbml)), *map(symbol, problem.parameters), TIME}
    names = {*map(symbol, problem.observables)}
    for name, observable in problem.observables.items():
        place = f"observable table, {name!r}"
        filled = {*observable.placeholders, *observable.noise_placeholders}
        _refuse_unknown(observable.formula, model | {*observable.placeholders}, place)
        _refuse_unknown(observable.noise, model | names | filled, f"{place}, noise")


def _check_measurement(problem: EstimationProblem, row: Measurement) -> None:
    if row.observable not in problem.observables:
        raise DataError(f"{row.place}: the observable table has no {row.observable!r}")
    observable = problem.observables[row.observable]
    for what, given, wanted in (
        ("observable", row.parameters, observable.placeholders),
        ("noise", row.noise_parameters, observable.noise_placeholders),
    ):
        if len(given) != len(wanted):
            raise DataError(
                f"{row.place}: {len(given)} {what} parameters, but {row.observable!r} has "
                f"{len(wanted)}"
            )
        for value in given:
            _refuse_unknown(value, {*map(symbol, problem.parameters)}, f"{row.place}, {what}")
    start = problem.experiments[row.experiment].start
    if not row.time >= start:
        raise DataError(f"{row.place}: time {row.time:g} is before the start, {start:g}")
    if not math.isfinite(row.value) or (observable.scale is not Scale.LINEAR and row.value <= 0):
        needed = "positive" if math.isfinite(row.value) else "finite"
        raise DataError(
            f"{row.place}: the measurement is {row.value:g}; on the scale {observable.scale.value} "
            f"of {row.observable!r} it must be {needed}"
        )


def _check_parameter(
    problem: EstimationProblem, conditions: Changes, name: str, parameter: Parameter
) -> None:
    place = f"parameter table, {name!r}"
    if not parameter.lower <= parameter.upper:
        raise DataError(f"{place}: bounds {parameter.lower:g} and {parameter.upper:g}: swap them")
    if parameter.estimated and parameter.scale is not Scale.LINEAR and parameter.lower <= 0:
        raise DataError(
            f"{place}: the lower bound {parameter.lower:g} is none on the scale "
            f"{parameter.scale.value}"
        )
    if not parameter.estimated and parameter.nominal is None:
        raise DataError(f"{place}: it is not estimated, and has no nominal value")
    if name in identifiers(problem.sbml):
        refuse_target(problem.sbml, name, place)
        if name not in quantities(problem.sbml).parameters:
            raise DataError(f"{place}: it is no parameter of the model: use the condition table")
        return
    formulas = [
        *(value for changes in conditions.values() for value in changes.values()),
        *(part for o in problem.observables.values() for part in (o.formula, o.noise)),
        *(part for m in problem.measurements for part in (*m.parameters, *m.noise_parameters)),
    ]
    if not any(symbol(name) in part.free_symbols for part in formulas):
        raise DataError(f"{place}: neither the model nor a table uses it")


def _refuse_unknown(expression: sp.Expr, known: set[sp.Symbol], place: str) -> None:
    for unknown in sorted(expression.free_symbols - known, key=str):
        raise DataError(f"{place}: {unknown.name!r} names nothing that may stand there")
