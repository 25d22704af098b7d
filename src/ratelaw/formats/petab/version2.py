"""PEtab version 2: tables to a problem."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

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

WITHOUT_EXPERIMENT = ""
NOISE = {
    "normal": (Scale.LINEAR, Noise.NORMAL),
    "log-normal": (Scale.LOG, Noise.NORMAL),
    "laplace": (Scale.LINEAR, Noise.LAPLACE),
    "log-laplace": (Scale.LOG, Noise.LAPLACE),
}

Part = TypeVar("Part")


def read_version2(path: Path, config: Mapping[str, Any]) -> EstimationProblem:
    """The problem of a YAML file, whose content is `config`.

    Raises
    ------
    DataError
        For tables that cannot be read or contradict the model.
    UnsupportedError
        For several models or another language than SBML, mapping tables, extensions, and
        experiments that are an equilibration alone.
    """
    from petab.v2 import Problem

    sbml = model_text(path.parent / _model(path, config))
    with refusals(str(path)):
        tables = Problem.from_yaml(str(path))
    if tables.mappings:
        raise UnsupportedError("mapping table: names of the model are used as they are")
    conditions = {
        name: {c.target_id: formula(c.target_value, f"condition table, {name!r}") for c in part}
        for name, part in _named(((c.id, c.changes) for c in tables.conditions), "condition")
    }
    named = _named(((e.id, e) for e in tables.experiments), "experiment")
    experiments = {name: _experiment(experiment, conditions) for name, experiment in named}
    measurements = tuple(
        _measurement(f"measurement table, row {i}", row)
        for i, row in enumerate(tables.measurements, start=1)
    )
    for row in measurements:
        if row.experiment == WITHOUT_EXPERIMENT:
            experiments[WITHOUT_EXPERIMENT] = Experiment((Period(0.0, {}),))
        elif row.experiment not in experiments:
            raise DataError(f"{row.place}: the experiment table has no {row.experiment!r}")
    problem = EstimationProblem(
        sbml,
        {n: _parameter(p) for n, p in _named(((p.id, p) for p in tables.parameters), "parameter")},
        {
            n: _observable(f"observable table, {n!r}", o)
            for n, o in _named(((o.id, o) for o in tables.observables), "observable")
        },
        experiments,
        measurements,
    )
    check(problem, conditions)
    return problem


def _model(path: Path, config: Mapping[str, Any]) -> str:
    """The name of the one SBML file."""
    with refusals(str(path)):
        models = [(m["language"], m["location"]) for m in config["model_files"].values()]
    for extension in config.get("extensions") or ():
        raise UnsupportedError(f"{path}: the extension {extension!r} is not supported")
    if len(models) != 1:
        raise UnsupportedError(f"{path}: {len(models)} models: one is read")
    language, location = models[0]
    if language != "sbml":
        raise UnsupportedError(f"{path}: a model in {language!r}: SBML is read")
    return str(location)


def _named(parts: Iterable[tuple[str, Part]], table: str) -> Iterable[tuple[str, Part]]:
    """Refuse what is there twice."""
    found: dict[str, Part] = {}
    for name, part in parts:
        if name in found:
            raise DataError(f"{table} table: {name!r} is there twice")
        found[name] = part
    return found.items()


def _experiment(found: Any, conditions: Mapping[str, Mapping[str, sp.Expr]]) -> Experiment:  # noqa: ANN401
    """What a period sets stays set in later ones."""
    place = f"experiment table, {found.id!r}"
    in_force: dict[str, sp.Expr] = {}
    periods = []
    for period in sorted(found.periods, key=lambda period: period.time):
        changes = _together(period, conditions, place)
        in_force = in_force | changes
        periods.append(Period(float(period.time), in_force, frozenset(changes)))
    if not any(period.start > -math.inf for period in periods):
        raise UnsupportedError(f"{place}: nothing follows the equilibration")
    return Experiment(tuple(periods))


def _together(
    period: Any,  # noqa: ANN401
    conditions: Mapping[str, Mapping[str, sp.Expr]],
    place: str,
) -> dict[str, sp.Expr]:
    changes: dict[str, sp.Expr] = {}
    for name in period.condition_ids:
        if name not in conditions:
            raise DataError(f"{place}: the condition table has no {name!r}")
        for target in changes.keys() & conditions[name].keys():
            raise DataError(f"{place}: several conditions of time {period.time:g} set {target!r}")
        changes |= conditions[name]
    return changes


def _measurement(place: str, row: Any) -> Measurement:  # noqa: ANN401
    return Measurement(
        place,
        row.observable_id,
        row.experiment_id or WITHOUT_EXPERIMENT,
        float(row.time),
        float(row.measurement),
        tuple(formula(value, place) for value in row.observable_parameters),
        tuple(formula(value, place) for value in row.noise_parameters),
    )


def _observable(place: str, row: Any) -> Observable:  # noqa: ANN401
    return Observable(
        formula(row.formula, place),
        formula(row.noise_formula, f"{place}, noise"),
        *NOISE[row.noise_distribution],
        tuple(row.observable_placeholders),
        tuple(row.noise_placeholders),
    )


def _parameter(row: Any) -> Parameter:  # noqa: ANN401
    kind = row.prior_distribution
    return Parameter(
        row.nominal_value,
        row.estimate,
        -math.inf if row.lb is None else row.lb,
        math.inf if row.ub is None else row.ub,
        prior=None if kind is None else Prior(str(kind), tuple(row.prior_parameters)),
    )
