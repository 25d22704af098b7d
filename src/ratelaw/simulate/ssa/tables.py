"""A network as arrays, whatever its size, and the source that kernels on them share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ratelaw.network import Network
from ratelaw.network.lowering import to_source
from ratelaw.simulate.ssa.kernel import Tracked, Work
from ratelaw.simulate.ssa.lanes import source_names
from ratelaw.simulate.ssa.rate_forms import RateForms, rate_forms


@dataclass(frozen=True, eq=False)
class Tables:
    """Propensities by form, changes of columns in rows, and the column that counts a reaction.

    Attributes
    ----------
    forms
        How the propensities are computed.
    bounds, jumps, sizes
        Reaction j changes column ``jumps[e]`` by ``sizes[e]``, for e from ``bounds[j]`` to
        ``bounds[j + 1]``.
    counter
        Shape (reaction,): the column that counts it, or -1.
    """

    forms: RateForms
    bounds: np.ndarray
    jumps: np.ndarray
    sizes: np.ndarray
    counter: np.ndarray

    @property
    def arguments(self) -> tuple[np.ndarray, ...]:
        """What a kernel is given, after the coefficients."""
        forms = self.forms
        every = (forms.form, forms.pair, forms.shift, forms.slots)
        return (*every, self.bounds, self.jumps, self.sizes, self.counter)


ARGUMENTS = "form, pair, shift, slots, bounds, jumps, sizes, counter"
"""Names of `Tables.arguments`."""


def tables(network: Network, tracked: Tracked) -> Tables:
    """The tables of a network; memory is proportional to it."""
    places = {name: i for i, name in enumerate(network.species)}
    columns = len(places) + len(tracked.reactions) + len(tracked.passages)
    counter = np.full(len(network.reactions), -1, dtype=np.int32)
    counter[list(tracked.reactions)] = len(places) + np.arange(len(tracked.reactions))
    changes = [reaction.net_changes for reaction in network.reactions]
    jumps, bounds = in_rows([[places[name] for name in change] for change in changes])
    sizes = np.array([u for change in changes for u in change.values()], dtype=float)
    return Tables(rate_forms(network, places, columns), bounds, jumps, sizes, counter)


def in_rows(rows: Iterable[Iterable[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Rows of different lengths, one after the other, and where each begins and ends."""
    lists = [np.fromiter(row, dtype=np.uint32) for row in rows]
    bounds = np.concatenate([[0], np.cumsum([len(row) for row in lists])])
    return np.concatenate(lists), bounds.astype(np.uint64)


@dataclass(frozen=True, eq=False)
class TableKernel:
    """A compiled kernel and the tables of one network."""

    compiled: Any
    forms: RateForms
    tables: tuple[Any, ...]

    def __call__(self, work: Work) -> tuple[int, int, int]:
        coefficients = self.forms.coefficients.evaluate(work.parameters)
        outcome: tuple[int, int, int] = self.compiled(*work, coefficients, *self.tables)
        return outcome


def shared_source(network: Network, tracked: Tracked, formulas: tuple[str, ...]) -> str:
    """Source of `propensity`, of `note`, which marks passages, and of `ended`."""
    return SHARED.format(
        plain="form[j] == 0" if formulas else "True",
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


SHARED = """\
@njit(forceinline=True, error_model="numpy")
def propensity(j, state, coefficients, form, pair, shift, slots):
    x, y = pair[j, 0], pair[j, 1]
    if {plain}:
        return coefficients[j] * state[x] * (state[y] - shift[j])
    c = y
{forms}    return np.nan


@njit(forceinline=True, error_model="numpy")
def note(state, parameters, now):
{passages}


@njit(forceinline=True, error_model="numpy")
def ended(state):
    return {ended}
"""
