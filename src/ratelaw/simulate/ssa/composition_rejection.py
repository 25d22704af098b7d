"""Composition-rejection: a constant cost a reaction, whatever the size of the network."""

from dataclasses import dataclass

from ratelaw.network import Network
from ratelaw.simulate.ssa.ensemble import TrajectoryMethod
from ratelaw.simulate.ssa.graph import Selection, graph_kernel
from ratelaw.simulate.ssa.kernel import Kernel, Tracked


@dataclass(frozen=True)
class CompositionRejection(TrajectoryMethod):
    r"""A group of reactions of like propensity, then one of them by rejection.

    .. math:: G_k = \{j : 2^k \le \Phi_j < 2^{k + 1}\}, \qquad
        P(k) \propto 2^{k + 1} |G_k|, \qquad P(\text{accept } j \in G_k) = \Phi_j / 2^{k + 1}

    Exact: paths have the law of the master equation. Path i depends on the seed and i alone.
    Proposals arrive at the bounding rate :math:`\sum_k 2^{k + 1} |G_k|` and at least half of them
    are accepted, so that no sum of propensities is kept that rounding could spoil.

    Notes
    -----
    Slepoy, Thompson and Plimpton 2008; the thinning of proposals is that of Lewis and Shedler 1979.

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> cells = simulate(zoo.birth_death(), CompositionRejection(), [0, 1], trajectories=99, seed=1)
    >>> bool(abs(cells["average"][1, 0] - 7.869) < 0.5)
    True
    """

    def kernel(self, network: Network, tracked: Tracked) -> Kernel:
        return graph_kernel(network, tracked, Selection.GROUPS)
