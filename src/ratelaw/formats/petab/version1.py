"""PEtab version 1: tables to a problem."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sympy as sp

from ratelaw.errors import DataError, UnsupportedError
from ratelaw.formats.petab.changes import model_text
from ratelaw.formats.petab.checks import check
from ratelaw.formats.petab.petab_library import formula, refusals
from ratelaw.formats.petab.problem import (
    EstimationProblem,
    Experiment,
    Measurement,
    Noise,
    Observable,
    Parameter,
    Period,
    Prior,
    Scale,
)
from ratelaw.formats.table_files import Row, finite
from ratelaw.network.expression import symbol

PRIOR_NUMBERS = 2
"""Of every distribution of PEtab."""


def read_version1(path: Path, config: Mapping[str, Any]) -> EstimationProblem:
    """The problem of a YAML file, whose content is `config`.

    Raises
    ------
    DataError
        For tables that cannot be read or contradict the model.
    UnsupportedError
        For several problems or models.
    """
    from petab.v1 import Problem

    with refusals(str(path)):
        parts = config["problems"]
        models = [name for part in parts for name in part["sbml_files"]]
    if len(parts) != 1 or len(models) != 1:
        raise UnsupportedError(f"{path}: {len(parts)} problems with {len(models)} models: one each")
    sbml = model_text(path.parent / models[0])
    with refusals(str(path)):
        tables = Problem.from_yaml(str(path))
    conditions = {
        name: _changes(row) for name, row in _named(tables.condition_df, "condition").items()
    }
    measurements = [_measurement(row) for row in _rows(tables.measurement_df, "measurement")]
    experiments: dict[str, Experiment] = {}
    for measurement, row in measurements:
        experiments[measurement.experiment] = _experiment(row, conditions)
    problem = EstimationProblem(
        sbml,
        {name: _parameter(row) for name, row in _named(tables.parameter_df, "parameter").items()},
        {
            name: _observable(name, row)
            for name, row in _named(tables.observable_df, "observable").items()
        },
        experiments,
        tuple(measurement for measurement, _ in measurements),
    )
    check(problem, conditions)
    return problem


def _rows(frame: Any, table: str) -> list[Row]:  # noqa: ANN401
    if frame is None:
        raise DataError(f"there is no {table} table")
    plain = frame.reset_index() if frame.index.name else frame
    return [
        Row(f"{table} table, row {i}", {str(k): v for k, v in cells.items() if _given(v)})
        for i, cells in enumerate(plain.to_dict("records"), start=1)
    ]


def _named(frame: Any, table: str) -> dict[str, Row]:  # noqa: ANN401
    """Rows by their identifiers."""
    found: dict[str, Row] = {}
    for row in _rows(frame, table):
        name = _text(row, f"{table}Id")
        if name in found:
            raise row.error(f"{table}Id", f"{name!r} is there twice")
        found[name] = row
    return found


def _given(cell: object) -> bool:
    return cell is not None and cell == cell and str(cell).strip() != ""  # noqa: PLR0124


def _text(row: Row, column: str) -> str:
    if column not in row.cells:
        raise row.error(column, "it is empty")
    return str(row.cells[column]).strip()


def _formulas(row: Row, column: str) -> tuple[sp.Expr, ...]:
    """Numbers and names, separated by semicolons."""
    parts = str(row.cells.get(column, "")).split(";")
    return tuple(formula(part, f"{row.place}, {column}") for part in parts if part.strip())


def _choice(row: Row, column: str, kind: Any, default: Any) -> Any:  # noqa: ANN401
    if column not in row.cells:
        return default
    names = [member.value for member in kind]
    if row.cells[column] not in names:
        raise row.error(column, f"{row.cells[column]!r}; it is one of {', '.join(names)}")
    return kind(row.cells[column])


def _changes(row: Row) -> dict[str, sp.Expr]:
    return {
        target: formula(str(value), f"{row.place}, {target}")
        for target, value in row.cells.items()
        if target not in {"conditionId", "conditionName"}
    }


def _measurement(row: Row) -> tuple[Measurement, Row]:
    simulated = _text(row, "simulationConditionId")
    before = row.cells.get("preequilibrationConditionId")
    return Measurement(
        row.place,
        _text(row, "observableId"),
        simulated if before is None else f"{before} -> {simulated}",
        math.inf if _text(row, "time") == "inf" else row.number("time"),
        row.number("measurement"),
        _formulas(row, "observableParameters"),
        _formulas(row, "noiseParameters"),
    ), row


def _experiment(row: Row, conditions: Mapping[str, Mapping[str, sp.Expr]]) -> Experiment:
    periods = []
    for column, start in (
        ("preequilibrationConditionId", -math.inf),
        ("simulationConditionId", 0.0),
    ):
        name = row.cells.get(column)
        if name is not None:
            if name not in conditions:
                raise row.error(column, f"the condition table has no {name!r}")
            changes = conditions[str(name)]
            periods.append(Period(start, changes, frozenset(changes)))
    return Experiment(tuple(periods))


def _observable(name: str, row: Row) -> Observable:
    value, noise = (
        formula(_text(row, column), f"{row.place}, {column}")
        for column in ("observableFormula", "noiseFormula")
    )
    return Observable(
        value,
        noise,
        _choice(row, "observableTransformation", Scale, Scale.LINEAR),
        _choice(row, "noiseDistribution", Noise, Noise.NORMAL),
        _placeholders("observable", name, value),
        _placeholders("noise", name, noise),
    )


def _placeholders(kind: str, name: str, expression: sp.Expr) -> tuple[sp.Symbol, ...]:
    """Those that a formula names, up to the last."""
    pattern = re.compile(rf"{kind}Parameter(\d+)_{re.escape(name)}")
    matches = map(pattern.fullmatch, (s.name for s in expression.free_symbols))
    last = max((int(found[1]) for found in matches if found), default=0)
    return tuple(symbol(f"{kind}Parameter{i}_{name}") for i in range(1, last + 1))


def _parameter(row: Row) -> Parameter:
    def value(column: str, default: Any) -> Any:  # noqa: ANN401
        return row.number(column) if column in row.cells else default

    estimate = row.number("estimate")
    if estimate not in {0.0, 1.0}:
        raise row.error("estimate", f"{row.cells['estimate']!r}; it is 0 or 1")
    return Parameter(
        value("nominalValue", None),
        estimate == 1,
        value("lowerBound", -math.inf),
        value("upperBound", math.inf),
        _choice(row, "parameterScale", Scale, Scale.LINEAR),
        _prior(row, "objective"),
        _prior(row, "initialization"),
    )


def _prior(row: Row, kind: str) -> Prior | None:
    """None is PEtab's default: even between the bounds on the scale, which needs no numbers."""
    from petab.v1 import C

    column = f"{kind}PriorType"
    if column not in row.cells:
        return None
    distribution = _text(row, column)
    if distribution not in C.PRIOR_TYPES:
        raise row.error(column, f"{distribution!r}; it is one of {', '.join(C.PRIOR_TYPES)}")
    parts = str(row.cells.get(f"{kind}PriorParameters", "")).split(";")
    place = f"{row.place}, column '{kind}PriorParameters'"
    numbers = tuple(finite(part, place) for part in parts if part.strip())
    if not numbers and distribution == C.PARAMETER_SCALE_UNIFORM:
        return None
    if len(numbers) != PRIOR_NUMBERS:
        raise row.error(
            f"{kind}PriorParameters", f"{len(numbers)} numbers; {distribution} has {PRIOR_NUMBERS}"
        )
    return Prior(distribution, numbers)
