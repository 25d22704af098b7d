"""Events of SBML to events of a network."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.formats.sbml.document import each
from ratelaw.formats.sbml.quantities import Quantities
from ratelaw.network.event import Event
from ratelaw.network.time_dependence import TIME


def events_of(of: Quantities) -> list[Event]:
    """All that can be called and set anything: Level 3 Version 2 may leave formulas out.

    Raises
    ------
    UnsupportedError
        If a concentration is set later than it is computed while its compartment changes.
    """
    events = each(of.model.getNumEvents(), of.model.getEvent)
    return [
        _resolved(_event(number, event, of), of)
        for number, event in enumerate(events)
        if event.getTrigger() is not None
        and event.getTrigger().getMath() is not None
        and _assignments(event)
    ]


def _assignments(event: Any) -> dict[str, Any]:  # noqa: ANN401
    """What is set, to which formulas."""
    changes = each(event.getNumEventAssignments(), event.getEventAssignment)
    return {c.getVariable(): c.getMath() for c in changes if c.getMath() is not None}


def _event(number: int, event: Any, of: Quantities) -> Event:  # noqa: ANN401
    what = f"event {event.getId()!r}" if event.getId() else f"event {number + 1}"
    trigger, read = event.getTrigger(), of.reader(what)
    delay, priority = (
        None if part is None or part.getMath() is None else read.number(part.getMath())
        for part in (event.getDelay(), event.getPriority())
    )
    given = {name: read.number(formula) for name, formula in _assignments(event).items()}
    sizes = {
        name: _size_after(name, given, of)
        for name in given
        if name in of.species and of.is_concentration(name)
    }
    when_due = not event.getUseValuesFromTriggerTime()
    if not when_due and any(_moves(size, of) for size in sizes.values()):
        when_due = not any(_moves(value, of) for value in given.values())
        others = _set_by_others(number, of)
        if not when_due and (
            delay is not None or any(s.free_symbols & others for s in sizes.values())
        ):
            raise UnsupportedError(
                f"{what}: the concentration of {next(iter(sizes))!r} is computed before it is set, "
                f"and the size of its compartment may change in between"
            )
    return Event(
        read.condition(trigger.getMath()),
        {of.names[name]: value * sizes.get(name, 1) for name, value in given.items()},
        sp.S.Zero if delay is None else delay,
        priority,
        at_start=not trigger.getInitialValue(),
        cancellable=not trigger.getPersistent(),
        values_when_due=when_due,
    )


def _set_by_others(number: int, of: Quantities) -> set[sp.Symbol]:
    """What all events but one set."""
    events = each(of.model.getNumEvents(), of.model.getEvent)
    del events[number]
    return {of.symbol(name) for event in events for name in _assignments(event)}


def _moves(expression: sp.Expr, of: Quantities) -> bool:
    """Whether its value may change."""
    return of.changes(expression) or TIME in expression.free_symbols


def _size_after(name: str, given: Mapping[str, sp.Expr], of: Quantities) -> sp.Expr:
    """The size of a species' compartment once an event has set its values."""
    compartment = of.species[name].getCompartment()
    if compartment in given:
        return given[compartment]
    size = of.size(name)
    concentrations = {
        of.symbol(n) for n in given if n in of.species and of.is_concentration(n)
    } & size.free_symbols
    if concentrations:
        raise UnsupportedError(f"an event sets {name!r}, whose compartment depends on what is set")
    return size.xreplace({of.symbol(n): value for n, value in given.items()})


def _resolved(event: Event, of: Quantities) -> Event:
    """With the rates that its formulas name put in."""
    names = list(event.assignments)
    parts = [event.trigger, event.delay, *event.assignments.values()]
    priority = [] if event.priority is None else [event.priority]
    trigger, delay, *rest = of.slopes.put_in([*parts, *priority])
    return replace(
        event,
        trigger=trigger,
        assignments=dict(zip(names, rest, strict=False)),
        delay=delay,
        priority=rest[-1] if priority else None,
    )
