"""One event: when a condition becomes true, values are set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from ratelaw.errors import ModelError
from ratelaw.network.expression import print_condition, print_expression


@dataclass(frozen=True, eq=False)
class Event:
    r"""Values that are set when a condition becomes true.

    Attributes
    ----------
    trigger
        The event is called at every time at which this turns from false to true.
    assignments
        What is set, and to which values, all together.
    delay
        How much later than the call the values are set.
    priority
        Of events due at the same time the one of the highest is first, ties at random; those
        without any come last, in their order.
    at_start
        Whether a trigger that is true at time 0 calls the event.
    cancellable
        Whether the call is forgotten if the trigger turns false before the values are set.
    values_when_due
        Whether the values are those of the time when they are set, not of the call.

    Raises
    ------
    ModelError
        If nothing is assigned.

    Notes
    -----
    Hucka et al. 2019 (SBML Level 3 Version 2), section 4.11.
    """

    trigger: Boolean
    assignments: Mapping[str, sp.Expr]
    delay: sp.Expr = field(default=sp.S.Zero)
    priority: sp.Expr | None = None
    at_start: bool = False
    cancellable: bool = False
    values_when_due: bool = False

    def __post_init__(self) -> None:
        if not self.assignments:
            raise ModelError("an event sets nothing: write 'when A > 5: B = 0'")
        object.__setattr__(self, "assignments", MappingProxyType(dict(self.assignments)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Event, (
            *(self.trigger, dict(self.assignments), self.delay, self.priority),
            *(self.at_start, self.cancellable, self.values_when_due),
        )

    def __eq__(self, other: object) -> bool:
        """Whether all is the same, in the same order: that of a network's species follows it."""
        return self._identity == other._identity if isinstance(other, Event) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[Any, ...]:
        values = tuple(self.assignments.items())
        return self.trigger, values, self.delay, self.priority, *self._flags

    @property
    def expressions(self) -> tuple[sp.Expr, ...]:
        """All expressions but the trigger."""
        optional = () if self.priority is None else (self.priority,)
        return (*self.assignments.values(), self.delay, *optional)

    @property
    def symbols(self) -> set[sp.Symbol]:
        """All that it depends on."""
        return set(self.trigger.free_symbols).union(*(e.free_symbols for e in self.expressions))

    def __str__(self) -> str:
        """As a network's text has it."""
        parts = [f"when {print_condition(self.trigger)}"]
        if self.delay != 0:
            parts.append(f"after {print_expression(self.delay)}")
        if self.priority is not None:
            parts.append(f"priority {print_expression(self.priority)}")
        parts += [words for words, given in zip(FLAGS, self._flags, strict=True) if given]
        values = [f"{name} = {print_expression(value)}" for name, value in self.assignments.items()]
        return f"{', '.join(parts)}: {', '.join(values)}"

    @property
    def _flags(self) -> tuple[bool, bool, bool]:
        return self.at_start, self.cancellable, self.values_when_due


FLAGS = ("at start", "if still true", "values when due")
"""How a network's text writes `at_start`, `cancellable` and `values_when_due`."""
