"""A period of an experiment, compiled once: amounts and their exact derivatives to parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ratelaw.errors import SolverError, UnsupportedError
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.libraries.term import Shape, Term
from ratelaw.network.expression import print_expression, quote, symbol
from ratelaw.network.features import Feature
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME, Steps
from ratelaw.simulate.steady_state import has_relaxed
from ratelaw.simulate.vector_field import WITHOUT_SLOPE, RateField, network_field, rate_terms

if TYPE_CHECKING:
    from ratelaw.formats.petab.starts import Starts

RTOL = 1e-8
SMALL = 1e-6
"""Of the largest start: amounts below this are not followed to `RTOL` of themselves."""
MAX_STEPS = 10_000
DECADES = 13
"""Of time, from 1 on, within which a steady state is looked for."""
AT_REST = 1e-7
"""Change within a decade, of the size of each species and of the largest slope to an unknown."""
STILL = 2
"""Such decades in a row."""


@dataclass(frozen=True)
class Slopes:
    """Values (N,) and their derivatives to the unknowns (N, Q), or at times (T, N), (T, N, Q)."""

    values: np.ndarray
    slopes: np.ndarray


class CompiledPeriod:
    r"""The rate equations of a model whose constants are formulas of unknown parameters.

    .. math:: \dot c = f(c, t; z(q)), \qquad
        \dot S = \frac{\partial f}{\partial c} S
            + \frac{\partial f}{\partial z} \frac{\partial z}{\partial q}

    S are the exact derivatives of the steps that are taken.

    Parameters
    ----------
    starts
        The model, and what it is at time 0.
    unknowns
        q, shape (Q,).

    Raises
    ------
    UnsupportedError
        For events and rates that jump, by name.
    """

    def __init__(self, starts: "Starts", unknowns: Sequence[sp.Symbol]) -> None:
        self.model = starts.model
        network = self.network = starts.model.network
        network.require_only("a fit", {Feature.TIME, Feature.RATES, Feature.NO_REACTIONS})
        terms = rate_terms(network.reactions, network.rates.items(), network.species)
        for term in terms:
            if term.has(*WITHOUT_SLOPE, Steps):
                raise UnsupportedError(
                    f"the rate {quote(print_expression(term))} jumps or has no slope somewhere, "
                    f"which a fit cannot treat"
                )
        self.depends_on_time = any(TIME in term.free_symbols for term in terms)
        self._field = self._as_field(terms)
        constants = [*starts.parameters.values(), *starts.initial.values()]
        slopes = [constant.diff(q) for constant in constants for q in unknowns]
        self._constants = to_numpy([*constants, *slopes], tuple(unknowns))
        self._count = len(starts.parameters)

    def _as_field(self, terms: dict[sp.Expr, dict[int, float]]) -> Field:
        """The terms over concentrations and, where rates depend on it, time."""
        network = self.network
        species = network.species
        if self.depends_on_time:
            terms = {**terms, sp.S.One: terms.get(sp.S.One, {}) | {len(species): 1.0}}
            species = (*species, self._clock)
        clock = {TIME: symbol(self._clock)}
        constants = {*network.values}
        return Field(
            species,
            (),
            tuple(
                Term(
                    term.xreplace(clock),
                    {species[i]: change for i, change in changes.items()},
                    shapes=tuple(map(Shape, sorted(term.free_symbols & constants, key=str))),
                )
                for term, changes in terms.items()
                if term != 0
            ),
        )

    @cached_property
    def _clock(self) -> str:
        name = "clock"
        while name in {*self.network.species, *self.network.parameters}:
            name += "_"
        return name

    @cached_property
    def _auxiliary(self) -> Any:  # noqa: ANN401
        from ratelaw.learn.equations.courses.auxiliary import compile_auxiliary

        species = tuple(map(symbol, self._field.species))
        return compile_auxiliary(self._field.auxiliaries, species, self._field.parameters, ())

    def at_start(self, unknowns: np.ndarray) -> tuple[Slopes, Slopes]:
        """The network's parameters and amounts at time 0."""
        flat = self._constants(unknowns)
        split = len(flat) // (1 + len(unknowns))
        values, slopes = flat[:split], flat[split:].reshape(split, len(unknowns))
        return tuple(
            Slopes(values[part], slopes[part])
            for part in (slice(self._count), slice(self._count, None))
        )  # type: ignore[return-value]

    def at_times(self, constants: Slopes, start: Slopes, times: np.ndarray) -> Slopes:
        """The amounts at times.

        Parameters
        ----------
        constants, start
            The network's parameters, and its amounts at the first time.
        times
            Shape (T,), increasing.

        Raises
        ------
        SolverError
            Saying how it ended.
        """
        if not (np.isfinite(constants.values).all() and np.isfinite(start.values).all()):
            raise SolverError("a constant or an amount at the start is not finite")
        network, field = self.network, self._field
        places = [list(network.parameters).index(p.name) for p in field.parameters]
        shape = np.ascontiguousarray(constants.values[places])
        prefactors, prefactor_slopes = field.prefactors(shape, np.empty((1, 0)))
        begin = np.append(start.values / network.volume, times[0])[: len(field.species)]
        states, derivatives = self._solved(begin, prefactors, shape, times)
        count, variables = len(network.species), len(field.terms)
        by_prefactor, by_shape, by_start = np.split(
            derivatives, [variables, variables + len(shape)], axis=2
        )
        by_constant = by_shape + by_prefactor @ prefactor_slopes[0]
        slopes = by_constant @ constants.slopes[places]
        slopes += by_start[..., :count] @ (start.slopes / network.volume)
        return Slopes(network.volume * states[:, :count], network.volume * slopes[:, :count])

    def _solved(
        self, start: np.ndarray, prefactors: np.ndarray, shape: np.ndarray, times: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """States (T, V) and derivatives to prefactors, shape and start (T, V, C + P + V)."""
        from ratelaw.learn.equations.courses.solver import solve_courses
        from ratelaw.learn.equations.courses.stepping import FINISHED

        size = np.full((1, len(start)), SMALL * (np.abs(start).max(initial=0.0) or 1.0))
        states = np.zeros((1, len(times), len(start)))
        derivatives = np.zeros((*states.shape, prefactors.shape[1] + len(shape) + len(start)))
        endings = np.zeros(1, dtype=np.int64)
        solve_courses(
            self._auxiliary,
            self._field.products,
            np.ascontiguousarray(prefactors),
            shape,
            np.empty((1, 0)),
            start[None],
            times.astype(float)[None],
            np.array([len(times)]),
            size,
            np.full_like(size, np.inf),
            RTOL,
            MAX_STEPS,
            states,
            derivatives,
            endings,
        )
        if endings[0] != FINISHED or not np.isfinite(derivatives).all():
            raise SolverError(
                f"the model cannot be solved to time {times[-1]:g}: it grows without bound or is "
                f"too stiff"
            )
        return states[0], derivatives[0]

    def at_rest(self, constants: Slopes, start: Slopes) -> Slopes:
        """The amounts of the steady state to which they lead.

        Time grows by decades until two have changed nothing and the slowest mode has died away, or
        until 10^12.

        Raises
        ------
        UnsupportedError
            If rates depend on time.
        SolverError
            If there is none.
        """
        if self.depends_on_time:
            raise UnsupportedError("rates depend on time, so that there is no steady state")
        still, sizes = 0, np.abs(start.values)
        for decade in range(DECADES):
            end = 10.0**decade
            course = self.at_times(constants, start, np.array([0.0, end]))
            start = Slopes(course.values[1], course.slopes[1])
            moved = np.abs(course.values[1] - course.values[0])
            turned = np.abs(course.slopes[1] - course.slopes[0]).max(axis=0)
            sizes = np.maximum(sizes, np.abs(start.values))
            largest = sizes.max()
            quiet = (moved <= AT_REST * np.maximum(sizes, SMALL * largest)).all()
            quiet &= (turned <= AT_REST * np.abs(start.slopes).max(axis=0, initial=largest)).all()
            still = still + 1 if quiet else 0
            if still >= STILL and (
                decade == DECADES - 1 or self._has_relaxed(constants, start, end)
            ):
                return start
        moving = self.network.species[int(moved.argmax())]
        raise SolverError(f"no steady state by time 1e{decade}: {moving!r} still changes")

    def _has_relaxed(self, constants: Slopes, amounts: Slopes, time: float) -> bool:
        field = RateField(network_field(self.network).equations, constants.values)
        return has_relaxed(field.finite_jacobian(amounts.values / self.network.volume), time)
