"""The lockstep kernel: 64 trajectories advance one reaction each in loops without a branch.

A kernel is generated for a network's structure and a method's step; parameters, initial counts and
times are its arguments. The step is cut into stages, each a loop of its own over the lanes: a
processor then works on many lanes at once instead of waiting for one lane's logarithm. With one
lane instead of 64 the same source is the kernel of a single trajectory.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sympy as sp

from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_source
from ratelaw.simulate.ssa.kernel import BAD_PROPENSITY, NO_END, Kernel, Tracked, Work
from ratelaw.simulate.ssa.machine_code import MachineCode, machine_code

LANES = 64
"""How many trajectories advance together; one integer has a bit for each."""
ON_LANES = 40
"""Reactions up to which lanes are quicker than a graph, and quick to compile."""

Stage = list[str]
"""Source lines of one loop over the lanes."""


class LaneStep(ABC):
    """How one lane takes one step: what tells one method on lanes from another."""

    @abstractmethod
    def stages(self, network: Network) -> list[Stage]:
        """Lines that set the propensities `a0`, ...; the time after the step, `now`; the number of
        the reaction that is the `winner`; and by how much it changes the species, `change0`, ...

        They may use the counts `n0`, ..., the time `t`, what `draw` draws, and a number `w` that
        the lane keeps from step to step, 1 at first. What a stage sets is at hand in later ones.
        """


def draw(index: int) -> Stage:
    """Lines that draw the uniform number `u{index}` from a lane's stream (xoshiro256+)."""
    return [
        f"u{index} = uniform(s0 + s3)",
        "shifted = s1 << S17",
        "s2 ^= s0",
        "s3 ^= s1",
        "s1 ^= s2",
        "s0 ^= s3",
        "s2 ^= shifted",
        "s3 = (s3 << S45) | (s3 >> S19)",
    ]


@lru_cache(maxsize=64)
def lane_kernel(network: Network, step: LaneStep, tracked: Tracked, lanes: int) -> Kernel:
    """The compiled kernel of a network's structure and a method's step, so many lanes wide."""
    columns = len(network.species) + len(tracked.reactions) + len(tracked.passages)
    source, kept = _source(network, step, tracked, lanes, columns)
    return LaneKernel(machine_code(source), lanes, columns, kept)


@dataclass(frozen=True, eq=False)
class LaneKernel:
    """A compiled kernel, and how much memory its lanes want."""

    compiled: MachineCode
    lanes: int
    columns: int
    kept: int

    def __call__(self, work: Work) -> tuple[int, int, int]:
        count, last, _ = work.out.shape
        times = np.ascontiguousarray(work.times)
        taken = np.zeros(2, dtype=np.int64)
        why = self.compiled(
            *(work.seed, work.first, times, last, work.start, work.parameters),
            *(work.patience // self.lanes, work.stop),
            *(work.lanes, work.events, len(work.events), work.out, count),
            np.ones(4 * self.lanes, dtype=np.uint64),
            *np.zeros((2, self.columns * self.lanes)),
            *(np.zeros(self.lanes), np.ones(self.lanes), np.empty(self.lanes)),
            np.full(self.lanes, last),
            np.zeros(self.lanes, dtype=np.int64),
            np.left_shift(np.uint64(1), np.arange(self.lanes, dtype=np.uint64)),
            np.zeros(self.kept * self.lanes),
            taken,
        )
        return why, int(taken[0]), int(taken[1])


def source_names(network: Network) -> dict[sp.Symbol, str]:
    """Generated names of a network's species and parameters: no user's name reaches a kernel."""
    names = {s: f"n{i}" for i, s in enumerate(network.symbols)}
    return names | {symbol(name): f"p{k}" for k, name in enumerate(network.parameters)}


def propensity_sources(network: Network, **times: str) -> list[str]:
    """Source of every propensity; a rate that depends on time wants the name of the time."""
    names = source_names(network) | {symbol(name): source for name, source in times.items()}
    return [to_source(law, names) for law in network.propensities]


def _source(
    network: Network, step: LaneStep, tracked: Tracked, lanes: int, columns: int
) -> tuple[str, int]:
    names = source_names(network)
    stages = step.stages(network)
    weighing = next(i for i, stage in enumerate(stages) if any(x[:4] == "a0 =" for x in stage))
    stages[weighing] = stages[weighing] + [
        f"bad += select((a{j} >= 0.0) & (a{j} < np.inf) | (due[l] == np.inf), 0, 1)"
        for j, reaction in enumerate(network.reactions)
        if not reaction.law.is_constant or reaction in network.depends_on_time
    ]
    stages[-1] = stages[-1] + _closing(network, tracked, names)
    body, kept = _loops(stages, _memory(lanes, columns), "winner" if lanes == 1 else "", lanes)
    source = TEMPLATE.format(
        parameters=_indented(f"p{k} = parameters[{k}]" for k in range(len(network.parameters))),
        lanes=lanes,
        columns=columns,
        bad=BAD_PROPENSITY,
        no_end=NO_END,
        body=_indented(f"    {line}" for line in body),
        events=EVENTS.format(columns=columns, winner=kept.index("winner")) if lanes == 1 else "",
    )
    return source, len(kept)


def _closing(network: Network, tracked: Tracked, names: dict[sp.Symbol, str]) -> Stage:
    """Lines that keep what was before the step, and bring columns and clock to after it."""
    species, counted = len(network.species), len(tracked.reactions)
    moving = [int(i) for i in np.flatnonzero(network.stoichiometry.any(axis=1))]
    passages = range(species + counted, species + counted + len(tracked.passages))
    lines = [f"b{c} = n{c}" for c in [*moving, *range(species, passages.stop)]]
    if tracked.stop:
        happened = " & ".join(f"(n{c} < np.inf)" for c in passages)
        lines.append(f"now = select({happened}, np.inf, now)")
    lines += [f"n{i} = n{i} + change{i}" for i in moving]
    lines += [
        f"n{c} = n{c} + select(winner == {j}.0, 1.0, 0.0)"
        for c, j in enumerate(tracked.reactions, start=species)
    ]
    lines += [
        f"n{c} = select((n{c} == np.inf) & ({to_source(condition, names)}), now, n{c})"
        for c, condition in zip(passages, tracked.passages, strict=True)
    ]
    return [*lines, "t = now", "passed |= select(now > due[l], bit[l], ZERO)"]


def _memory(lanes: int, columns: int) -> dict[str, str]:
    """Where the variables of a lane lie between its steps."""
    places = {f"s{w}": f"bits[{lanes * w} + l]" for w in range(4)}
    for c in range(columns):
        places[f"n{c}"] = f"state[{lanes * c} + l]"
        places[f"b{c}"] = f"before[{lanes * c} + l]"
    return places | {"t": "clock[l]", "w": "window[l]"}


def _loops(
    stages: list[Stage], memory: dict[str, str], wanted: str, lanes: int
) -> tuple[list[str], list[str]]:
    """One loop a stage, which loads and stores what its lines use; what is kept between them.

    All that is kept lies in one array: LLVM gives up on loops over very many.
    """
    reads, writes = zip(*map(_reads_and_writes, stages), strict=True)
    crossing = {
        name
        for i, written in enumerate(writes)
        for name in written
        if name not in memory and any(name in later for later in [{wanted}, *reads[i + 1 :]])
    }
    kept = sorted(crossing)
    memory = memory | {name: f"kept[{lanes * k} + l]" for k, name in enumerate(kept)}
    lines = []
    for stage, read, written in zip(stages, reads, writes, strict=True):
        lines.append("for l in range(LANES):")
        lines += [f"    {name} = {memory[name]}" for name in sorted(read) if name in memory]
        lines += [f"    {line}" for line in stage]
        lines += [f"    {memory[name]} = {name}" for name in sorted(written) if name in memory]
    return lines, kept


def _reads_and_writes(stage: Stage) -> tuple[set[str], set[str]]:
    """Names that a stage reads before it sets them, and names that it sets."""
    reads: set[str] = set()
    writes: set[str] = set()
    for line in stage:
        target, assigned, value = line.split(maxsplit=2)
        used = set(re.findall(r"[a-z]\w*", value if assigned == "=" else line))
        reads |= used - writes
        writes.add(target)
    return reads, writes


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)


TEMPLATE = '''\
"""Generated by ratelaw; a cache, safe to delete."""

import math

import numpy as np
from numba import cfunc, types

from ratelaw.simulate.ssa.random import (
    GOLDEN, S17, S19, S45, ZERO, logarithm, lowest, mix, select, stream_key, uniform
)

LANES = {lanes}
I, F = types.int64, types.float64
I_, F_, U_ = map(types.CPointer, (I, F, types.uint64))
SIGNATURE = I(
    types.uint64, I, F_, I, F_, F_, I, I_, F_, F_, I, F_, I,
    U_, F_, F_, F_, F_, F_, I_, I_, U_, F_, I_,
)


@cfunc(SIGNATURE, error_model="numpy", fastmath={{"contract", "nsz"}})
def kernel(seed, first, times, last, start, parameters, patience, stop, lanes, events, capacity,
           paths, count, bits, state, before, clock, window, due, row, place, bit, kept, done):
{parameters}
    passed = ZERO
    for l in range(LANES):
        passed |= bit[l]
    taken = steps = recorded = waited = 0
    running = LANES
    while stop[0] == 0:
        while passed != ZERO:
            l = lowest(passed)
            passed ^= bit[l]
            r, p = row[l], place[l]
            while r < last and clock[l] > times[r]:
                for c in range({columns}):
                    paths[p] = before[LANES * c + l]
                    p += 1
                r += 1
            if r == last:
                clock[l] = 0.0
                window[l] = 1.0
                for c in range({columns}):
                    state[LANES * c + l] = before[LANES * c + l] = start[c]
                if taken < count:
                    r, p = 0, taken * last * {columns}
                    key = stream_key(seed, np.uint64(first + taken))
                    for w in range(4):
                        key += GOLDEN
                        bits[LANES * w + l] = mix(key)
                    taken += 1
                else:
                    running -= 1
            row[l], place[l] = r, p
            due[l] = times[r] if r < last else np.inf
            waited = 0
        if running == 0:
            break
        bad = 0
{body}
        steps += running
        waited += 1
        if bad > 0 or waited > patience:
            for l in range(LANES):
                lanes[({columns} + 1) * l + {columns}] = due[l]
                for c in range({columns}):
                    lanes[({columns} + 1) * l + c] = (
                        before[LANES * c + l] if due[l] < np.inf else start[c]
                    )
            return {bad} if bad > 0 else {no_end}
{events}
    done[0], done[1] = steps, recorded
    return 0
'''

EVENTS = """\
        if capacity > 0 and kept[{winner}] >= 0.0 and clock[0] <= times[last - 1]:
            if recorded < capacity:
                e = ({columns} + 2) * recorded
                events[e], events[e + 1] = clock[0], kept[{winner}]
                for c in range({columns}):
                    events[e + 2 + c] = state[c]
            recorded += 1
"""
