"""The data of `ratelaw rates`: what they are follows from the file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer

from ratelaw.cli.options import refuse
from ratelaw.errors import DataError
from ratelaw.formats.result_columns import ERROR
from ratelaw.formats.table_files import read_rows
from ratelaw.formats.tidy import is_tidy
from ratelaw.learn import (
    BinomialCapture,
    JointMoments,
    MaximumLikelihood,
    NormalNoise,
    ObservedPaths,
    PathLikelihood,
    PathRows,
    Snapshots,
    read_moments,
    transitions,
)
from ratelaw.learn.data.counting import CountingModel
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.simulate import load
from ratelaw.suffixes import RESULTS, suffix_of

MOMENTS, LIKELIHOOD = "moments", "likelihood"
ESTIMATORS = (MOMENTS, LIKELIHOOD)


@dataclass(frozen=True)
class Measurement:
    """How cells were measured, as the options say; nothing of it if all is None."""

    unseen: str | None = None
    capture: float | None = None
    noise: float | None = None
    species: tuple[str, ...] | None = None

    @property
    def model(self) -> CountingModel | None:
        """Of counting; None for exact counts."""
        if self.capture is not None and self.noise is not None:
            raise typer.BadParameter("--capture and --noise: give one of them")
        if self.capture is not None:
            return BinomialCapture(self.capture)
        return None if self.noise is None else NormalNoise(self.noise)


@dataclass(frozen=True)
class RateData:
    """Data sets of one kind, and the method that suits them.

    Attributes
    ----------
    sets
        As `fit_rates` takes them.
    method
        The one asked for, else the usual one.
    lines
        What was read, a line a file.
    """

    sets: tuple[Any, ...]
    method: CriterionMethod
    lines: tuple[str, ...]

    @property
    def species(self) -> tuple[str, ...]:
        """Of the first data set."""
        first = self.sets[0]
        named = first.species if isinstance(first, Snapshots | ObservedPaths) else first["species"]
        return tuple(map(str, getattr(named, "values", named)))


def read_rate_data(
    paths: Sequence[Path], measurement: Measurement, estimator: str | None
) -> RateData:
    """Read files that hold the same kind of data.

    A result (.nc, .zarr) holds moments or, where there are none or the likelihood is asked for,
    events or paths. A table with standard errors (columns ``X_sd``, or tidy with `value`) is one of
    published moments; every other table is one of counts, a row a cell.

    Raises
    ------
    DataError
        If a file cannot be read or lacks what the method needs, or the files differ in kind.
    """
    if estimator not in {None, *ESTIMATORS}:
        raise typer.BadParameter(f"--method {estimator}: it is one of {', '.join(ESTIMATORS)}")
    parts = [_read(path, measurement, estimator) for path in paths]
    for path, part in zip(paths, parts, strict=True):
        if type(part.sets[0]) is not type(parts[0].sets[0]):
            raise DataError(f"{path} and {paths[0]} hold different kinds of data: fit them apart")
    sets = tuple(data for part in parts for data in part.sets)
    return RateData(sets, parts[0].method, tuple(line for part in parts for line in part.lines))


def _read(path: Path, measurement: Measurement, estimator: str | None) -> RateData:
    given = asdict(measurement)
    if suffix_of(path) in RESULTS:
        refuse(f"{path} is a result of simulate, where every molecule is counted", given)
        return _result(path, estimator)
    columns, _ = read_rows(path)
    if is_tidy(columns) or any(name.endswith(ERROR) for name in columns):
        refuse(f"{path} holds moments, not counts", given)
        if estimator == LIKELIHOOD:
            raise DataError(f"{path} holds moments: the likelihood needs counts of cells")
        moments = read_moments(path)
        return RateData((*moments,), JointMoments(), (_of_moments(path, moments, "published "),))
    cells = Snapshots.read(
        path,
        measurement=measurement.model,
        unseen=measurement.unseen,
        species=measurement.species,
    )
    method = JointMoments() if estimator == MOMENTS else MaximumLikelihood()
    return RateData((*cells,), method, (_of_cells(path, cells),))


def _result(path: Path, estimator: str | None) -> RateData:
    results = load(path)
    if "parameter_set" in results.dims:
        raise DataError(f"{path} holds a parameter sweep: learn from one parameter set")
    if estimator == MOMENTS or (estimator is None and "average" in results):
        return RateData((results,), JointMoments(), (_of_moments(path, [results]),))
    if "event_time" in results:
        paths = ObservedPaths.from_events(results)
        line = f"{path}: {len(paths.ends)} trajectories with every jump, {len(paths.jumps)} of them"
        return RateData((paths,), PathLikelihood(), (line,))
    if "paths" in results:
        rows = PathRows.from_paths(results)
        line = f"{path}: {len(rows.lasts)} paths at {results.sizes['time']} times"
        return RateData((*transitions(rows),), MaximumLikelihood(), (line,))
    raise DataError(
        f"{path} holds neither paths nor events: simulate with --paths or --events"
        + ("" if estimator is None else f", or leave out --method {estimator}")
    )


def _of_moments(path: Path, sets: Sequence[Any], kind: str = "") -> str:
    times = sorted({float(t) for data in sets for t in data["time"].values})
    trials = {data.attrs.get("trajectories") for data in sets} - {None}
    sampled = f" of {sum(trials):,} trajectories" if trials else ""
    conditions = f", {len(sets)} conditions" if len(sets) > 1 else ""
    return (
        f"{path}: {kind}moments{sampled} at {len(times)} times, {times[0]:g} to {times[-1]:g}"
        f"{conditions}; species {', '.join(map(str, sets[0]['species'].values))}"
    )


def _of_cells(path: Path, sets: Sequence[Snapshots]) -> str:
    times = sorted({float(t) for data in sets for t in data.times})
    total, first = sum(data.total for data in sets), sets[0]
    conditions = f", {len(sets)} conditions" if len(sets) > 1 else ""
    at = f"{len(times)} times, {times[0]:g} to" if len(times) > 1 else "time"
    line = (
        f"{path}: {total:,} cells at {at} {times[-1]:g}{conditions}; "
        f"species {', '.join(first.species)}; "
    )
    if first.unseen is not None:
        return f"{line}cells with {first.unseen} are not seen"
    if not first.is_complete:
        return f"{line}{first.measurement}"
    sizes = [rows.sum(axis=1).min() for data in sets for rows in data.observed]
    if min(sizes) == 1:
        empty = " + ".join(first.species) + " == 0"
        return f"{line}no cell is empty: if empty ones cannot be seen, say --unseen '{empty}'"
    return f"{line}every molecule counted"
