"""Gillespie's direct method."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from ratelaw.network import Network
from ratelaw.network.features import Feature
from ratelaw.simulate.ssa.ensemble import TrajectoryMethod
from ratelaw.simulate.ssa.event_kernel import event_kernel, trigger_turns
from ratelaw.simulate.ssa.graph import Selection, graph_kernel
from ratelaw.simulate.ssa.kernel import Kernel, Tracked
from ratelaw.simulate.ssa.lanes import (
    LANES,
    ON_LANES,
    LaneStep,
    Stage,
    draw,
    lane_kernel,
    propensity_sources,
)
from ratelaw.simulate.ssa.thinning import ThinnedStep


@dataclass(frozen=True)
class Direct(TrajectoryMethod):
    r"""One exponential waiting time to the next reaction, then which one.

    .. math:: \tau = -\ln u_1 / \Phi, \qquad
        \sum_{i<j} \Phi_i \le u_2 \Phi < \sum_{i \le j} \Phi_i, \qquad \Phi = \sum_j \Phi_j

    Exact: paths have the law of the master equation. Path i depends on the seed and i alone. Up to
    `ON_LANES` reactions run on lanes; more, one trajectory at a time, with a tree of partial sums
    and only those propensities computed anew that the last reaction changed. Rates that depend on
    time are treated exactly, by thinning, on lanes. Networks with events
    run one trajectory at a time.

    Notes
    -----
    Gillespie 1976; Gillespie 1977, Eqs. (21a)-(21b).

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), [0, 1], trajectories=1000, seed=1)
    >>> bool(abs(cells["average"][1, 0] - 7.869) < 0.5)
    True
    """

    supports: ClassVar[frozenset[Feature]] = frozenset({Feature.TIME, Feature.EVENTS})

    def require(self, network: Network) -> None:
        super().require(network)
        if network.events:
            trigger_turns(network)

    def kernel(self, network: Network, tracked: Tracked) -> Kernel:
        if network.events or _is_large(network):
            return self.single(network, tracked)
        return lane_kernel(network, _step(network), tracked, LANES)

    def single(self, network: Network, tracked: Tracked) -> Kernel:
        if network.events:
            return event_kernel(network, tracked)
        if _is_large(network):
            return graph_kernel(network, tracked, Selection.TREE)
        return lane_kernel(network, _step(network), tracked, 1)


def _is_large(network: Network) -> bool:
    return len(network.reactions) > ON_LANES and not network.depends_on_time


def _step(network: Network) -> LaneStep:
    return ThinnedStep() if network.depends_on_time else _DirectStep()


@dataclass(frozen=True)
class _DirectStep(LaneStep):
    def stages(self, network: Network) -> list[Stage]:
        propensities = propensity_sources(network)
        last = len(propensities) - 1
        choosing = [f"a{j} = {propensity}" for j, propensity in enumerate(propensities)]
        choosing += ["c0 = a0", *(f"c{j} = c{j - 1} + a{j}" for j in range(1, last + 1))]
        choosing += [f"now = t + e / c{last}", f"aim = u2 * c{last}"]
        choosing.append(
            "winner = 0.0" + "".join(f" + select(aim >= c{j}, 1.0, 0.0)" for j in range(last))
        )
        for i, changes in enumerate(network.stoichiometry):
            jumps = [
                f" + select(aim >= c{j}, {after - before}.0, 0.0)"
                for j, (before, after) in enumerate(pairwise(changes))
                if after != before
            ]
            choosing.append(f"change{i} = {changes[0]}.0" + "".join(jumps))
        return [[*draw(1), *draw(2)], ["e = -logarithm(u1)"], choosing]
