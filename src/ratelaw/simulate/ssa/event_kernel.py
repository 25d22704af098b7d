"""The kernel of networks with events: one trajectory at a time, the direct method between them.

Between reactions no count changes, so that a trigger changes only at a reaction, at an event, or
where a relation with the time in it does: that must be of first degree in the time, and the moment
follows. The waiting time to the next reaction is drawn anew there, which changes no law.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import sympy as sp
from sympy.logic.boolalg import Boolean

from ratelaw.errors import UnsupportedError
from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.features import Feature
from ratelaw.network.lowering import to_source
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate.ssa.kernel import BAD_PROPENSITY, NO_END, NOT_WHOLE, Kernel, Tracked, load
from ratelaw.simulate.ssa.tables import ARGUMENTS, TableKernel, shared_source, tables

MOST_WAITING = 1000
"""Events called and not yet due, at most."""
NO_PRIORITY = -1e300
"""Stands for none: below all others, and no tie is broken at random."""

Names = Mapping[sp.Symbol, str]


@lru_cache(maxsize=64)
def event_kernel(network: Network, tracked: Tracked) -> Kernel:
    """The kernel of a network with events that `trigger_turns` does not refuse."""
    found = tables(network, tracked)
    names = {s: f"state[{i}]" for i, s in enumerate(network.symbols)}
    names |= {symbol(name): f"parameters[{k}]" for k, name in enumerate(network.parameters)}
    names[TIME] = "now"
    events = network.events
    triggers = (f"truth[{e}] = {to_source(v.trigger, names)}" for e, v in enumerate(events))
    turns = (
        f"moment = earliest({to_source(time, names)}, {to_source(done, names)}, now, moment)"
        for time, done in trigger_turns(network)
    )
    priorities = [sp.Float(NO_PRIORITY) if v.priority is None else v.priority for v in events]
    source = TEMPLATE.format(
        bad=BAD_PROPENSITY,
        no_priority=NO_PRIORITY,
        no_end=NO_END,
        not_whole=NOT_WHOLE,
        arguments=ARGUMENTS,
        shared=shared_source(network, tracked, found.forms.formulas),
        events=len(events),
        most=MOST_WAITING,
        width=max(len(v.assignments) for v in events),
        triggers=_lines(triggers),
        turns=_lines(turns),
        delays=_choice([v.delay for v in events], names),
        priorities=_choice(priorities, names),
        values=_by_event(network, names, "values[{k}] = {value}"),
        settings=_by_event(network, names, "state[{row}] = values[{k}]"),
        fractions=_lines(f"whole &= is_count(state[{i}])" for i in _counted(network)),
        already=tuple(not v.at_start for v in events),
        cancellable=tuple(v.cancellable for v in events),
        when_due=tuple(v.values_when_due for v in events),
    )
    return TableKernel(load(source).kernel, found.forms, found.arguments)


class Turn(NamedTuple):
    """When a relation of a trigger changes, and whether it has: of counts, parameters and time."""

    time: sp.Expr
    done: Boolean


def trigger_turns(network: Network) -> list[Turn]:
    """The turns of all relations of triggers that time changes.

    Raises
    ------
    UnsupportedError
        If a trigger is not of first degree in the time, or a rate depends on time.
    """
    network.require_only("a Gillespie method together with events", {Feature.EVENTS})
    found = []
    for event in network.events:
        for relation in sorted(event.trigger.atoms(sp.Rel), key=sp.default_sort_key):
            difference = relation.lhs - relation.rhs
            slope = difference.diff(TIME)
            if TIME in slope.free_symbols or slope.has(sp.Derivative, sp.Subs):
                raise UnsupportedError(
                    f"'{event}': {relation} is not of first degree in the time, as a Gillespie "
                    f"method wants it; MassAction can treat it"
                )
            if slope != 0:
                moment = -difference.xreplace({TIME: sp.S.Zero}) / slope
                found.append(Turn(moment, _once_turned(relation, slope)))
    return found


def _once_turned(relation: sp.Rel, slope: sp.Expr) -> Boolean:
    """What is true of a relation after it has changed, by the slope of its difference."""
    match relation:
        case sp.Eq() | sp.Ne():
            return sp.Ne(relation.lhs, relation.rhs, evaluate=False)
        case sp.Ge() | sp.Gt():
            rises, falls = relation, sp.Not(relation)
        case _:
            rises, falls = sp.Not(relation), relation
    return sp.Or(sp.And(slope > 0, rises), sp.And(slope < 0, falls))


def _counted(network: Network) -> list[int]:
    """The places of species that events set and reactions change: they must stay counts."""
    counted = network.reacting & {*network.driven}
    return [i for i, name in enumerate(network.species) if name in counted]


def _choice(expressions: Iterable[sp.Expr], names: Names) -> str:
    """Source that returns the expression of event e."""
    sources = enumerate(to_source(sp.sympify(expression), names) for expression in expressions)
    return _lines(f"if e == {number}: return 1.0 * ({source})" for number, source in sources)


def _by_event(network: Network, names: Names, line: str) -> str:
    """Source that does something with each value that event e sets."""
    lines = []
    for number, event in enumerate(network.events):
        lines.append(f"if e == {number}:")
        for k, (name, value) in enumerate(event.assignments.items()):
            row, text = network.species.index(name), to_source(value, names)
            lines.append("    " + line.format(k=k, row=row, value=text))
    return _lines(lines)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)


TEMPLATE = '''\
"""Generated by ratelaw; a cache, safe to delete."""

import math

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import logarithm, select
from ratelaw.simulate.ssa.stream import next_uniform, open_stream

CANCELLABLE = np.array({cancellable})
WHEN_DUE = np.array({when_due})
ALREADY = np.array({already})


{shared}

@njit(error_model="numpy")
def look(truth, state, parameters, now):
{triggers}


@njit(error_model="numpy")
def earliest(turn, done, now, moment):
    """The first moment after now at which a relation may change.

    That is when it turns, or a little later as that is rounded: tried at doubling distances.
    """
    if turn > now:
        return min(moment, turn)
    if done or not turn <= now:
        return moment
    return min(moment, max(now + (now - turn), np.nextafter(now, np.inf)))


@njit(error_model="numpy")
def next_moment(state, parameters, now):
    moment = np.inf
{turns}
    return moment


@njit(error_model="numpy")
def delay(e, state, parameters, now):
{delays}
    return 0.0


@njit(error_model="numpy")
def priority(e, state, parameters, now):
{priorities}
    return 0.0


@njit(error_model="numpy")
def compute(e, values, state, parameters, now):
{values}


@njit(error_model="numpy")
def put(e, values, state):
{settings}


@njit(error_model="numpy")
def is_count(value):
    return value >= 0.0 and value == math.floor(value) and value < np.inf


@njit(error_model="numpy")
def are_counts(state):
    whole = True
{fractions}
    return whole


@njit(error_model="numpy")
def forget(w, waiting, which, due, values):
    """Take a call out; those behind move up."""
    for v in range(w, waiting - 1):
        which[v], due[v] = which[v + 1], due[v + 1]
        values[v] = values[v + 1]
    return waiting - 1


@njit(error_model="numpy")
def call(waiting, truth, before, which, due, values, state, parameters, now):
    """Take notice of triggers that have become true, and of those that no longer are."""
    before[:] = truth
    look(truth, state, parameters, now)
    w = 0
    while w < waiting:
        if CANCELLABLE[which[w]] and not truth[which[w]]:
            waiting = forget(w, waiting, which, due, values)
        else:
            w += 1
    for e in range({events}):
        if truth[e] and not before[e]:
            later = delay(e, state, parameters, now)
            if waiting == {most} or not later >= 0.0:
                return -1
            which[waiting], due[waiting] = e, now + later
            compute(e, values[waiting], state, parameters, now)
            waiting += 1
    return waiting


@njit(error_model="numpy")
def settle(waiting, truth, before, which, due, values, state, parameters, now, stream):
    """Set all that is due now; how many calls are left, -1 if there is no end, -2 if no count."""
    waiting = call(waiting, truth, before, which, due, values, state, parameters, now)
    for turn in range(10_000):
        best, ties, chosen = -np.inf, 0.0, -1
        for w in range(waiting):
            if due[w] <= now:
                rank = priority(which[w], state, parameters, now)
                if chosen < 0 or rank > best:
                    best, ties, chosen = rank, 1.0, w
                elif rank == best and rank > {no_priority}:
                    ties += 1.0
                    if next_uniform(stream) * ties < 1.0:
                        chosen = w
        if chosen < 0:
            return waiting
        e = which[chosen]
        if WHEN_DUE[e]:
            compute(e, values[chosen], state, parameters, now)
        put(e, values[chosen], state)
        if not are_counts(state):
            return -2
        waiting = forget(chosen, waiting, which, due, values)
        waiting = call(waiting, truth, before, which, due, values, state, parameters, now)
        if waiting < 0:
            return waiting
    return -1


@njit(nogil=True, cache=True, error_model="numpy")
def kernel(seed, first, times, start, parameters, patience, out, stop, lanes, events, coefficients,
           {arguments}):
    count, last, columns = out.shape
    reactions = form.size
    propensities = np.empty(reactions)
    state = np.ones(columns + 1)
    stream = np.empty(4, dtype=np.uint64)
    truth = np.empty({events}, dtype=np.bool_)
    before = np.empty({events}, dtype=np.bool_)
    which = np.empty({most}, dtype=np.int64)
    due = np.empty({most})
    values = np.empty(({most}, {width}))
    steps = recorded = 0
    for i in range(count):
        open_stream(stream, seed, np.uint64(first + i))
        state[:columns] = start
        now = 0.0
        row = waited = 0
        truth[:] = ALREADY
        waiting = settle(0, truth, before, which, due, values, state, parameters, now, stream)
        note(state, parameters, now)
        while row < last:
            total = 0.0
            for j in range(reactions):
                a = propensity(j, state, coefficients, form, pair, shift, slots)
                if not (a >= 0.0 and a < np.inf):
                    lanes[0, :columns], lanes[0, columns] = state[:columns], times[row]
                    return {bad}, steps, recorded
                propensities[j] = a
                total += a
            if waiting < 0 or waited > patience:
                lanes[0, :columns], lanes[0, columns] = state[:columns], times[row]
                return ({not_whole} if waiting == -2 else {no_end}), steps, recorded
            then = now - logarithm(next_uniform(stream)) / total if total > 0.0 else np.inf
            moment = next_moment(state, parameters, now)
            for w in range(waiting):
                moment = min(moment, due[w])
            fired = then < moment
            then = min(then, moment)
            if ended(state):
                then = np.inf
            while row < last and then > times[row]:
                out[i, row] = state[:columns]
                row += 1
                waited = 0
            if row == last:
                break
            now = then
            steps += 1
            waited += 1
            if steps & 1023 == 0 and stop[0] != 0:
                return 0, steps, recorded
            if fired:
                aim = next_uniform(stream) * total
                j = 0
                while aim >= propensities[j] and j < reactions - 1:
                    aim -= propensities[j]
                    j += 1
                while propensities[j] == 0.0:
                    j -= 1
                for e in range(bounds[j], bounds[j + 1]):
                    state[jumps[e]] += sizes[e]
                if counter[j] >= 0:
                    state[counter[j]] += 1.0
            waiting = settle(waiting, truth, before, which, due, values, state, parameters, now,
                             stream)
            note(state, parameters, now)
            if fired and len(events) > 0:
                if recorded < len(events):
                    events[recorded, 0], events[recorded, 1] = now, j
                    events[recorded, 2:] = state[:columns]
                recorded += 1
    return 0, steps, recorded
'''
