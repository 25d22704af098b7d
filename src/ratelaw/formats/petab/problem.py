"""A parameter estimation problem: a model, what was measured, and what is to be found."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.network.expression import symbol

if TYPE_CHECKING:
    from ratelaw.formats.sbml.reader import Model


class Scale(Enum):
    """On which values are compared, or parameters searched."""

    LINEAR = "lin"
    LOG = "log"
    LOG10 = "log10"

    def of(self, values: np.ndarray) -> np.ndarray:
        """Values on this scale; of a negative one NaN."""
        if self is Scale.LINEAR:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(values) if self is Scale.LOG else np.log10(values)

    def inverse(self, scaled: np.ndarray) -> np.ndarray:
        """Values that are these on the scale."""
        if self is Scale.LINEAR:
            return scaled
        return np.exp(scaled if self is Scale.LOG else scaled * math.log(10))

    def slope(self, values: np.ndarray) -> np.ndarray:
        """Its derivative."""
        if self is Scale.LINEAR:
            return np.ones_like(values)
        return 1 / (values if self is Scale.LOG else values * math.log(10))


class Noise(Enum):
    """Distributions of measured values around the observable, on its scale."""

    NORMAL = "normal"
    LAPLACE = "laplace"


@dataclass(frozen=True)
class Prior:
    """A prior: PEtab's name of the distribution, and its parameters."""

    distribution: str
    parameters: tuple[float, ...]


@dataclass(frozen=True)
class Parameter:
    """A row of the parameter table; all values are linear.

    Attributes
    ----------
    nominal
        The value if it is not estimated, else a guess or None.
    lower, upper
        Bounds; infinite where there are none.
    scale
        On which it is to be searched.
    prior, start_prior
        Of the value; and what to draw first guesses from.
    """

    nominal: float | None
    estimated: bool
    lower: float = -math.inf
    upper: float = math.inf
    scale: Scale = Scale.LINEAR
    prior: Prior | None = None
    start_prior: Prior | None = None


@dataclass(frozen=True)
class Observable:
    """A row of the observable table.

    Attributes
    ----------
    formula, noise
        Of the model's identifiers, parameters, time, and the placeholders below: the noiseless
        value, and sigma of the noise on `scale`.
    placeholders, noise_placeholders
        Symbols that each measurement fills in.
    """

    formula: sp.Expr
    noise: sp.Expr
    scale: Scale
    distribution: Noise
    placeholders: tuple[sp.Symbol, ...] = ()
    noise_placeholders: tuple[sp.Symbol, ...] = ()


@dataclass(frozen=True)
class Period:
    """A time in which the model is changed.

    Attributes
    ----------
    start
        When it begins; minus infinity where a steady state is reached.
    changes
        All identifiers that are not as in the model, as formulas of parameters and of what the
        model's identifiers are just before.
    set_anew
        Of `changes`, what is set when it begins; the others, and states, are as the period before
        left them.
    """

    start: float
    changes: Mapping[str, sp.Expr]
    set_anew: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Experiment:
    """Periods in the order of time; the first of them may be an equilibration."""

    periods: tuple[Period, ...]

    @property
    def start(self) -> float:
        """When measurements can begin."""
        return next(period.start for period in self.periods if period.start > -math.inf)


@dataclass(frozen=True)
class Measurement:
    """A row of the measurement table; at time infinity it is of the steady state.

    Attributes
    ----------
    place
        How messages call the row.
    parameters, noise_parameters
        What the placeholders of the observable are in this row.
    """

    place: str
    observable: str
    experiment: str
    time: float
    value: float
    parameters: tuple[sp.Expr, ...] = ()
    noise_parameters: tuple[sp.Expr, ...] = ()


@dataclass(frozen=True)
class EstimationProblem:
    """What a PEtab problem says; a likelihood is in `ratelaw.learn.petab.likelihood`.

    Attributes
    ----------
    sbml
        The model's text.
    parameters, observables, experiments
        By identifier.
    measurements
        In the order of the table.
    """

    sbml: str
    parameters: Mapping[str, Parameter]
    observables: Mapping[str, Observable]
    experiments: Mapping[str, Experiment]
    measurements: tuple[Measurement, ...]

    @property
    def estimated(self) -> tuple[str, ...]:
        """The parameters that are to be estimated."""
        return tuple(name for name, p in self.parameters.items() if p.estimated)

    @cached_property
    def network(self) -> Network:
        """The model at the nominal values, as the first experiment changes it.

        Without changes that depend on the model's state.
        """
        values = self.values()
        changes = next(iter(self.experiments.values())).periods[-1].changes
        known = {*map(symbol, values)}
        plain = {name: c for name, c in changes.items() if c.free_symbols <= known}
        return self.model(evaluated(plain, values), values).network

    def values(self, given: Mapping[str, float] | None = None) -> dict[str, float]:
        """All parameters: those given, on a linear scale, and the others at their nominal values.

        Raises
        ------
        DataError
            For a name that the parameter table does not have, a value that is not finite, or none.
        """
        found = {name: p.nominal for name, p in self.parameters.items()} | dict(given or {})
        for name, value in found.items():
            if name not in self.parameters:
                raise DataError(f"the parameter table has no {name!r}")
            if value is None or not math.isfinite(value):
                raise DataError(f"parameter {name!r} is {value}: give a finite value")
        return {name: float(value) for name, value in found.items() if value is not None}

    def model(self, changes: Mapping[str, float], values: Mapping[str, float]) -> "Model":
        """The model at these changes, and these values of all parameters."""
        from ratelaw.formats.petab.changes import changed_model

        return changed_model(self.sbml, dict(values) | dict(changes))


def evaluated(changes: Mapping[str, sp.Expr], values: Mapping[str, float]) -> dict[str, float]:
    """The numbers that formulas are at values of all that they name.

    Raises
    ------
    DataError
        If one is not finite.
    """
    numbers = {symbol(name): value for name, value in values.items()}
    found = {name: change.subs(numbers) for name, change in changes.items()}
    for name, value in found.items():
        if not (value.is_number and value.is_finite):
            raise DataError(f"{name} = {changes[name]} has no finite value at these parameters")
    return {name: float(value) for name, value in found.items()}
