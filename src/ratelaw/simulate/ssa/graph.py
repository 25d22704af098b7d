"""The kernel of large networks: one trajectory at a time, on the graph of who depends on whom.

After a reaction only the propensities that it changes are computed anew. How the next reaction is
After a reaction only the propensities that it changes are formed anew. How the next reaction is
mass action serves every network, of any size.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np

from ratelaw.network import Network
from ratelaw.network.lowering import to_source
from ratelaw.simulate.ssa.kernel import BAD_PROPENSITY, NO_END, Kernel, Tracked, load
from ratelaw.simulate.ssa.lanes import source_names
from ratelaw.simulate.ssa.rate_forms import RateForms, rate_forms


class Selection(Enum):
    """How the next reaction is chosen: a module with `allocate`, `fill`, `choose` and `change`."""

    HEAP = "heap"
    TREE = "tree"
    GROUPS = "groups"


@dataclass(frozen=True, eq=False)
class GraphKernel:
    """A compiled kernel and the tables of one network."""

    compiled: Any
    forms: RateForms
    tables: tuple[np.ndarray, ...]

    def __call__(  # noqa: PLR0917
        self,
        seed: np.uint64,
        first: int,
        times: np.ndarray,
        start: np.ndarray,
        parameters: np.ndarray,
        patience: int,
        out: np.ndarray,
        stop: np.ndarray,
        lanes: np.ndarray,
        events: np.ndarray,
    ) -> tuple[int, int, int]:
        work = (seed, first, times, start, parameters, patience, out, stop, lanes, events)
        coefficients = self.forms.coefficients.evaluate(parameters)
        outcome: tuple[int, int, int] = self.compiled(*work, coefficients, *self.tables)
        return outcome


@lru_cache(maxsize=8)
def graph_kernel(network: Network, tracked: Tracked, selection: Selection) -> Kernel:
    """The kernel of a network for one trajectory at a time.

    Memory is proportional to the network and to the number of pairs of reactions of which one
    changes the propensity of the other.
    """
    places = {name: i for i, name in enumerate(network.species)}
    columns = len(places) + len(tracked.reactions) + len(tracked.passages)
    forms = rate_forms(network, places, columns)
    counter = np.full(len(network.reactions), -1, dtype=np.int32)
    counter[list(tracked.reactions)] = len(places) + np.arange(len(tracked.reactions))
    changes = [_changes(reaction.reactants, reaction.products) for reaction in network.reactions]
    jumps, bounds = _rows([[places[name] for name in change] for change in changes])
    affected, limits = _rows(_affected(network, changes))
    sizes = np.array([u for change in changes for u in change.values()], dtype=float)
    compiled = load(_source(network, tracked, selection, forms.formulas)).kernel
    return GraphKernel(
        compiled,
        forms,
        (
            *(forms.form, forms.pair, forms.shift, forms.slots),
            *(bounds, jumps, sizes, limits, affected, counter),
        ),
    )


def _changes(reactants: Any, products: Any) -> dict[str, int]:  # noqa: ANN401
    net = {name: products.get(name, 0) - reactants.get(name, 0) for name in reactants | products}
    return {name: change for name, change in net.items() if change}


def _affected(network: Network, changes: list[dict[str, int]]) -> Iterable[Iterable[int]]:
    """For each reaction the reactions whose propensity it may change, itself first."""
    users: dict[str, list[int]] = {name: [] for name in network.species}
    for j, reaction in enumerate(network.reactions):
        inside = {s.name for s in reaction.law.expression.free_symbols if s.name in users}
        for name in inside | set(reaction.reactants):
            users[name].append(j)
    for j, change in enumerate(changes):
        yield dict.fromkeys([j, *(m for name in change for m in users[name])])


def _rows(rows: Iterable[Iterable[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Rows of different lengths, one after the other, and where each begins and ends."""
    lists = [np.fromiter(row, dtype=np.int32) for row in rows]
    bounds = np.concatenate([[0], np.cumsum([len(row) for row in lists])])
    return np.concatenate(lists), bounds.astype(np.int64)


def _source(
    network: Network, tracked: Tracked, selection: Selection, formulas: tuple[str, ...]
) -> str:
    return TEMPLATE.format(
        selection=selection.value,
        bad=BAD_PROPENSITY,
        no_end=NO_END,
        forms="".join(_branch(f, formula) for f, formula in enumerate(formulas, start=1)),
        passages="".join(_passages(network, tracked)) or "    pass",
        ended=_ended(network, tracked),
    )


def _branch(number: int, formula: str) -> str:
    names = sorted(set(re.findall(r"\b[xc]\d+\b", formula)))
    values = {"x": "state[slots[x + {}]]", "c": "coefficients[c + {}]"}
    lines = [f"        {name} = {values[name[0]].format(name[1:])}\n" for name in names]
    return f"    if form[j] == {number}:\n{''.join(lines)}        return {formula}\n"


def _passages(network: Network, tracked: Tracked) -> Iterable[str]:
    """Lines that note the time where a condition holds for the first time."""
    names = source_names(network)
    first = len(network.species) + len(tracked.reactions)
    for c, condition in enumerate(tracked.passages, start=first):
        used = {names[s]: s for s in condition.free_symbols}
        for name in sorted(used):
            array = "state" if name[0] == "n" else "parameters"
            yield f"    {name} = {array}[{name[1:]}]\n"
        yield f"    if state[{c}] == np.inf and ({to_source(condition, names)}):\n"
        yield f"        state[{c}] = now\n"


def _ended(network: Network, tracked: Tracked) -> str:
    first = len(network.species) + len(tracked.reactions)
    last = first + len(tracked.passages)
    happened = " and ".join(f"state[{c}] < np.inf" for c in range(first, last))
    return happened if tracked.stop and happened else "False"


TEMPLATE = '''\
"""Generated by ratelaw; a cache, safe to delete."""

import math

import numpy as np
from numba import njit

from ratelaw.simulate.ssa.random import select
from ratelaw.simulate.ssa.{selection} import allocate, change, choose, fill
from ratelaw.simulate.ssa.stream import open_stream


@njit(forceinline=True, error_model="numpy")
def propensity(j, state, coefficients, form, pair, shift, slots):
    x, y = pair[j, 0], pair[j, 1]
    if form[j] == 0:
        return coefficients[j] * state[x] * (state[y] - shift[j])
    c = y
{forms}    return np.nan


@njit(forceinline=True, error_model="numpy")
def note(state, parameters, now):
{passages}


@njit(nogil=True, cache=True, error_model="numpy")
def kernel(seed, first, times, start, parameters, patience, out, stop, lanes, events, coefficients,
           form, pair, shift, slots, bounds, jumps, sizes, limits, affected, counter):
    count, last, columns = out.shape
    reactions = form.size
    memory = allocate(reactions)
    propensities = np.empty(reactions)
    initial = np.empty(reactions)
    state = np.ones(columns + 1)
    stream = np.empty(4, dtype=np.uint64)
    steps = recorded = 0
    state[:columns] = start
    for j in range(reactions):
        a = propensity(j, state, coefficients, form, pair, shift, slots)
        if not (a >= 0.0 and a < np.inf):
            lanes[0, :columns], lanes[0, columns] = start, times[0]
            return {bad}, steps, recorded
        initial[j] = a
    for i in range(count):
        open_stream(stream, seed, np.uint64(first + i))
        state[:columns] = start
        propensities[:] = initial
        fill(memory, propensities, stream)
        now = 0.0
        row = waited = 0
        while True:
            j, then = choose(memory, propensities, now, stream)
            if {ended}:
                then = np.inf
            if then > times[row]:
                while row < last and then > times[row]:
                    out[i, row] = state[:columns]
                    row += 1
                if row == last:
                    break
                waited = 0
            now = then
            steps += 1
            waited += 1
            if waited > patience:
                lanes[0, :columns], lanes[0, columns] = state[:columns], times[row]
                return {no_end}, steps, recorded
            if steps & 1023 == 0 and stop[0] != 0:
                return 0, steps, recorded
            for e in range(bounds[j], bounds[j + 1]):
                state[jumps[e]] += sizes[e]
            if counter[j] >= 0:
                state[counter[j]] += 1.0
            note(state, parameters, now)
            if len(events) > 0:
                if recorded < len(events):
                    events[recorded, 0], events[recorded, 1] = now, j
                    events[recorded, 2:] = state[:columns]
                recorded += 1
            for e in range(limits[j], limits[j + 1]):
                m = affected[e]
                old = propensities[m]
                a = propensity(m, state, coefficients, form, pair, shift, slots)
                if not (a >= 0.0 and a < np.inf):
                    lanes[0, :columns], lanes[0, columns] = state[:columns], times[row]
                    return {bad}, steps, recorded
                propensities[m] = a
                change(memory, m, old, a, now, stream)
    return 0, steps, recorded
'''
