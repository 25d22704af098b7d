"""Measured time series of several experiments, as they come."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.arguments import expect, expect_list, expect_number
from ratelaw.errors import DataError, ModelError
from ratelaw.formats.tables import read_table
from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.measurements import grouped, measurements_of
from ratelaw.learn.data.noise import MixedNoise, NoiseModel
from ratelaw.learn.data.observations import require, require_series
from ratelaw.learn.data.relations import linear_relations
from ratelaw.learn.data.replicates import pooled
from ratelaw.network.expression import parse_expression, symbol
from ratelaw.network.notation import check_name

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Experiments:
    """Several experiments on the same species.

    Attributes
    ----------
    species
        Names of the V species of the equations.
    observables
        K expressions in them: what was measured.
    inputs
        Names of the U inputs.
    experiments
        The time series.
    noise
        How values scatter where no standard deviations are given.

    Examples
    --------
    >>> import xarray as xr
    >>> values = [[10.0, 0.0], [6.0, np.nan], [4.0, 5.9]]
    >>> table = xr.Dataset(
    ...     {"average": (["time", "species"], values)},
    ...     coords={"time": [0.0, 1.0, 2.0], "species": ["A", "B"]},
    ... )
    >>> Experiments.of(table, exact_start=True).experiments[0].start
    array([10.,  0.])
    """

    species: tuple[str, ...]
    observables: tuple[sp.Expr, ...]
    inputs: tuple[str, ...]
    experiments: tuple[Experiment, ...]
    _: KW_ONLY
    noise: NoiseModel = field(default_factory=MixedNoise)

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        observables: Mapping[str, str] | None = None,
        inputs: Sequence[str] = (),
        initial: Mapping[str, float] | None = None,
        exact_start: bool = False,
        noise: NoiseModel | None = None,
        species: Sequence[str] | None = None,
        start_time: float | None = None,
    ) -> "Experiments":
        """Read a table, CSV or Parquet, wide or tidy; the rest is as in `of`."""
        return cls.of(
            *read_table(path, allow_missing=True),
            species=species,
            observables=observables,
            inputs=inputs,
            initial=initial,
            exact_start=exact_start,
            noise=noise,
            start_time=start_time,
        )

    @classmethod
    def of(
        cls,
        *tables: "xr.Dataset",
        observables: Mapping[str, str] | None = None,
        inputs: Sequence[str] = (),
        initial: Mapping[str, float] | None = None,
        exact_start: bool = False,
        noise: NoiseModel | None = None,
        species: Sequence[str] | None = None,
        start_time: float | None = None,
    ) -> "Experiments":
        """Experiments from tables or results with `average` (time, species).

        Parameters
        ----------
        tables
            One an experiment; missing values are NaN; `standard_error`, where there is one, is the
            standard deviation of each value, 0 for a start that is exact. Those with the attribute
            `replicate` are averaged by experiment: that of their attribute `experiment`, in
            whatever files they are, or, without one, a file an experiment.
        observables
            What the columns that are no species measure, such as ``{"total": "A + B"}``.
        inputs
            Columns that were set and not measured, constant in an experiment.
        initial
            Starts that are known, by species, of all experiments.
        exact_start
            Whether the values at the first time are exact; else starts are fitted, unless known.
        noise
            Where there are no standard deviations; `MixedNoise` unless given.
        species
            Of the equations; those without a column are not observed, and columns that are neither
            species, observables nor inputs are left out. All columns unless given.
        start_time
            When courses start, such as on the day of an infection, which may be before anything
            was measured: `initial` is the state at that time. The first time of a table unless
            given; a first row of a table without any value says the same.

        Raises
        ------
        DataError
            If there is no table, tables differ in columns, an input varies or is missing, a column
            of `observables` or `inputs` or a species of `initial` is not there, the noise cannot
            have made a value, values were measured before the start, a replicate is there twice, or
            some replicates of an experiment have standard errors and some have not.
        """
        expect_list("inputs", inputs, "['temperature']")
        noise = noise or MixedNoise()
        expect("noise", noise, NoiseModel, "an object such as AdditiveNoise()")
        columns = _common_columns(tables)
        _check_start(start_time, exact_start)
        given = dict(observables or {})
        for name in (*given, *inputs):
            if name not in columns:
                raise DataError(f"no column {name!r}: the columns are {', '.join(columns)}")
        kept = columns if species is None else [*given, *species]
        measured = [name for name in columns if name not in inputs and name in kept]
        _require_measured(measured, kept, columns)
        _require_names([name for name in measured if name not in given], tables[0])
        expressions = tuple(
            parse_expression(given[name]) if name in given else symbol(name) for name in measured
        )
        inside = [s.name for e in expressions for s in sorted(e.free_symbols, key=str)]
        named = species or [name for name in measured if name not in given]
        names = tuple(dict.fromkeys([*named, *inside]))
        for name in initial or {}:
            if name not in names:
                raise DataError(f"no species {name!r} to start: there are {', '.join(names)}")
        parts = [
            measurements_of(
                group,
                i,
                measured,
                names,
                inputs,
                initial=initial or {},
                exact_start=exact_start,
                start_time=start_time,
            )
            for i, group in enumerate(grouped(tables), start=1)
        ]
        for part in parts:
            for where, values in zip(part.replicates, part.values, strict=True):
                noise.check(values, tuple(map(str, expressions)), where)
        return cls(names, expressions, tuple(inputs), tuple(pooled(parts, noise)), noise=noise)

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the results should know of the data."""
        found = []
        for part in self.experiments:
            for k, observable in enumerate(self.observables):
                values = part.values[:, k][np.isfinite(part.values[:, k])]
                where = f"{observable} in {part.name}"
                if not values.size:
                    found.append(f"{where} was never measured")
                elif (values < 0).any():
                    found.append(f"{where} is negative {int((values < 0).sum())} times")
                elif len(values) > 1 and np.ptp(values) == 0:
                    found.append(f"{where} is {values[0]:g} at all times")
        seen = {s.name for observable in self.observables for s in observable.free_symbols}
        found += [f"{name} has no column" for name in self.species if name not in seen]
        if len(self.relations):
            names = ", ".join(map(str, self.observables))
            found.append(
                f"{len(self.relations)} linear relations of {names} hold as printed, so that not "
                f"all were measured independently: one sigma is taken for all, and {self.values} "
                f"values count"
            )
        return tuple(found)

    @cached_property
    def relations(self) -> np.ndarray:
        """Weights of observables whose sums do not vary as the noise would have it, (N, K)."""
        if any(part.deviations is not None for part in self.experiments):
            return np.empty((0, len(self.observables)))
        return linear_relations([(part.times, part.values) for part in self.experiments])

    @cached_property
    def direct(self) -> dict[str, int]:
        """The species that are observables themselves, with their columns."""
        return {o.name: k for k, o in enumerate(self.observables) if o.is_Symbol}

    def by_species(self, deviations: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Deviations of observables, each (T, K), as those of species (T, V); 1 if not direct."""
        return [
            np.column_stack(
                [
                    part[:, self.direct[name]] if name in self.direct else np.ones(len(part))
                    for name in self.species
                ]
            )
            for part in deviations
        ]

    @cached_property
    def sizes(self) -> np.ndarray:
        """How large each species becomes, shape (V,): the largest value that tells of it."""
        largest = np.zeros(len(self.species))
        for part in self.experiments:
            for k, observable in enumerate(self.observables):
                seen = np.abs(part.values[:, k])
                top = float(seen[np.isfinite(seen)].max(initial=0.0))
                for s in observable.free_symbols:
                    v = self.species.index(s.name)
                    largest[v] = max(largest[v], top)
            largest = np.fmax(largest, np.abs(part.start))
        largest[largest == 0] = largest.max(initial=0.0) or 1.0
        return largest

    @property
    def noise_is_estimated(self) -> bool:
        """Whether some standard deviation was not given."""
        return any(part.deviations is None for part in self.experiments)

    @property
    def free_starts(self) -> int:
        """How many initial values are fitted."""
        return sum(int(np.isnan(part.start).sum()) for part in self.experiments)

    @cached_property
    def values(self) -> int:
        """How many values were measured independently, those that are exact not counted."""
        measured = sum(int(np.isfinite(part.values).sum()) for part in self.experiments)
        return round(measured * self.independent)

    @property
    def independent(self) -> float:
        """The share of the observables that do not follow from others."""
        return 1 - len(self.relations) / len(self.observables)


def _common_columns(tables: "Sequence[xr.Dataset]") -> list[str]:
    if not tables:
        raise DataError("no data: give at least one table or result")
    for table in tables:
        require_series(table)
        require(table, "average")
    columns, *others = [[str(name) for name in table["species"].values] for table in tables]
    for other in others:
        if other != columns:
            raise DataError(f"experiments of different columns: {columns} and {other}")
    return columns


def _require_measured(measured: Sequence[str], kept: Sequence[str], columns: Sequence[str]) -> None:
    if not measured:
        raise DataError(
            f"no column measures a species of {', '.join(kept)}: the columns are "
            f"{', '.join(columns)}"
        )


def _require_names(columns: Sequence[str], table: "xr.Dataset") -> None:
    for column in columns:
        try:
            check_name(column)
        except ModelError as error:
            raise DataError(
                f"{table.attrs.get('source', 'the data')}, column {column!r}: {error}, or say by "
                f"observables what the column measures"
            ) from None


def _check_start(time: float | None, exact: bool) -> None:  # noqa: FBT001
    expect("exact_start", exact, bool, "True or False")
    if time is None:
        return
    expect_number("start_time", time, "0.0")
    if exact:
        raise DataError("exact_start and start_time: values or `initial` start, choose one")
