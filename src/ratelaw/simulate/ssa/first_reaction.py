"""Gillespie's first-reaction method."""

from dataclasses import dataclass

import numpy as np

from ratelaw.errors import UnsupportedError
from ratelaw.network import Network
from ratelaw.simulate.ssa.ensemble import TrajectoryMethod
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


@dataclass(frozen=True)
class FirstReaction(TrajectoryMethod):
    r"""A waiting time for every reaction; the shortest wins.

    .. math:: \tau_j = -\ln u_j / \Phi_j, \qquad j^* = \arg\min_j \tau_j

    Exact, and equal in distribution to `Direct`; one logarithm a reaction makes it slower. It
    takes up to `ON_LANES` reactions.

    Raises
    ------
    UnsupportedError
        On simulating more reactions, or rates that depend on time.

    Notes
    -----
    Gillespie 1976; the method of Yang 2020.

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> cells = simulate(zoo.birth_death(), FirstReaction(), [0, 1], trajectories=1000, seed=1)
    >>> bool(abs(cells["average"][1, 0] - 7.869) < 0.5)
    True
    """

    def require(self, network: Network) -> None:
        super().require(network)
        if len(network.reactions) > ON_LANES:
            raise UnsupportedError(
                f"FirstReaction draws a time for each of {len(network.reactions)} reactions at "
                f"every step, and takes up to {ON_LANES}: use NextReaction, which keeps the times"
            )

    def kernel(self, network: Network, tracked: Tracked) -> Kernel:
        return _kernel(network, tracked, LANES)

    def single(self, network: Network, tracked: Tracked) -> Kernel:
        return _kernel(network, tracked, 1)


def _kernel(network: Network, tracked: Tracked, lanes: int) -> Kernel:
    return lane_kernel(network, _FirstReactionStep(), tracked, lanes)


@dataclass(frozen=True)
class _FirstReactionStep(LaneStep):
    def stages(self, network: Network) -> list[Stage]:
        propensities = propensity_sources(network)
        numbers = range(len(propensities))
        waiting = [[*draw(j), f"e{j} = -logarithm(u{j})"] for j in numbers]
        racing = [f"a{j} = {propensity}" for j, propensity in enumerate(propensities)]
        racing += [f"w{j} = select(a{j} > 0.0, e{j} / a{j}, np.inf)" for j in numbers]
        racing += ["dt = w0", "winner = 0.0"]
        for j in numbers[1:]:
            racing.append(f"sooner = w{j} < dt")
            racing.append(f"winner = select(sooner, {j}.0, winner)")
            racing.append(f"dt = select(sooner, w{j}, dt)")
        racing.append("now = t + dt")
        for i, changes in enumerate(network.stoichiometry):
            jumps = [
                f" + select(winner == {j}.0, {changes[j]}.0, 0.0)" for j in np.flatnonzero(changes)
            ]
            racing.append(f"change{i} = 0.0" + "".join(jumps))
        return [*waiting, racing]
