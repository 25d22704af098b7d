"""Events of a network along one course: which are called, when they are due, what they set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp

from ratelaw.errors import SolverError
from ratelaw.network import Network
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME

MOST_AT_ONCE = 10_000
"""Events that may follow one another without time going on."""


@dataclass(frozen=True)
class Call:
    """An event that was called and is to set its values."""

    event: int
    due: float
    values: np.ndarray | None
    """Those of the time of the call; None: to be computed when due."""


class Agenda:
    """The events of a network, compiled; what is true now, and what is still to be done.

    Notes
    -----
    Hucka et al. 2019 (SBML Level 3 Version 2), section 4.11.6. Ties are broken by random numbers of
    a fixed seed.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._now = np.array([not event.at_start for event in network.events], dtype=bool)
        self._waiting: list[Call] = []
        self._generator = np.random.default_rng(0)

    @property
    def due(self) -> float:
        """When the next values are set, by the calls so far."""
        return min((call.due for call in self._waiting), default=np.inf)

    def changes(self, times: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Whether any trigger differs from what it was; states (species, time), shape (time,)."""
        return (self._triggers(states, times[None]) != self._now[:, None]).any(axis=0)

    def settle(self, time: float, state: np.ndarray) -> np.ndarray:
        """The state after all that is due at this time has been set.

        Raises
        ------
        SolverError
            If events call each other without end, or set what is not finite.
        """
        self._call(time, state)
        for _ in range(MOST_AT_ONCE):
            ready = [call for call in self._waiting if call.due <= time]
            if not ready:
                return state
            call = self._first(ready, time, state)
            self._waiting.remove(call)
            state = state.copy()
            values = self._values(call.event, time, state) if call.values is None else call.values
            state[self._targets[call.event]] = values
            if not np.isfinite(values).all():
                raise SolverError(
                    f"at time {time:g} '{self._network.events[call.event]}' sets what is not finite"
                )
            self._call(time, state)
        raise SolverError(
            f"at time {time:g} events followed one another {MOST_AT_ONCE:,} times, last "
            f"'{self._network.events[call.event]}': they call each other without end"
        )

    def _call(self, time: float, state: np.ndarray) -> None:
        """Take notice of triggers that have become true, and of those that no longer are."""
        before, self._now = self._now, self._triggers(state, np.array([time])) == 1.0
        self._waiting = [
            call
            for call in self._waiting
            if self._now[call.event] or not self._network.events[call.event].cancellable
        ]
        for number in np.flatnonzero(self._now & ~before).tolist():
            event = self._network.events[number]
            values = None if event.values_when_due else self._values(number, time, state)
            due = time + float(self._delays(state, np.array([time]))[number])
            if not due >= time:
                raise SolverError(f"at time {time:g} '{event}' is due at {due:g}, before its call")
            self._waiting.append(Call(number, due, values))

    def _first(self, ready: Sequence[Call], time: float, state: np.ndarray) -> Call:
        priorities = self._priorities(state, np.array([time]))[[call.event for call in ready]]
        best = np.flatnonzero(priorities == priorities.max())
        if np.isneginf(priorities.max()):
            return ready[0]
        return ready[self._generator.choice(best)]

    def _values(self, number: int, time: float, state: np.ndarray) -> np.ndarray:
        return self._assigned[number](state, np.array([time]))

    @cached_property
    def _targets(self) -> list[list[int]]:
        species = self._network.species
        return [[species.index(name) for name in e.assignments] for e in self._network.events]

    @cached_property
    def _assigned(self) -> list[Callable[..., np.ndarray]]:
        return [self._lowered(list(event.assignments.values())) for event in self._network.events]

    @cached_property
    def _triggers(self) -> Callable[..., np.ndarray]:
        return self._lowered([event.trigger for event in self._network.events])

    @cached_property
    def _delays(self) -> Callable[..., np.ndarray]:
        return self._lowered([event.delay for event in self._network.events])

    @cached_property
    def _priorities(self) -> Callable[..., np.ndarray]:
        given = [event.priority for event in self._network.events]
        return self._lowered([-sp.oo if priority is None else priority for priority in given])

    def _lowered(self, expressions: Sequence[sp.Basic]) -> Callable[..., np.ndarray]:
        fixed = [expression.subs(self._network.values) for expression in expressions]
        return to_numpy(fixed, self._network.symbols, (TIME,))
