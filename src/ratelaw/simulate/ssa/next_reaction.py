"""The next reaction method of Gibson and Bruck."""

from dataclasses import dataclass

from ratelaw.network import Network
from ratelaw.simulate.ssa.ensemble import TrajectoryMethod
from ratelaw.simulate.ssa.graph import Selection, graph_kernel
from ratelaw.simulate.ssa.kernel import Kernel, Tracked


@dataclass(frozen=True)
class NextReaction(TrajectoryMethod):
    r"""Every reaction keeps a putative time, rescaled with its propensity; the first happens.

    .. math:: \tau_j' = t + \frac{\Phi_j}{\Phi_j'} (\tau_j - t)

    Exact: paths have the law of the master equation. Path i depends on the seed and i alone. Times
    lie in an indexed binary heap: one random number and O(log reactions) a reaction.

    Notes
    -----
    Gibson and Bruck 2000, Algorithm 2; a reaction that was impossible draws its time anew.

    Examples
    --------
    >>> from ratelaw import simulate, zoo
    >>> cells = simulate(zoo.birth_death(), NextReaction(), [0, 1], trajectories=1000, seed=1)
    >>> bool(abs(cells["average"][1, 0] - 7.869) < 0.5)
    True
    """

    def kernel(self, network: Network, tracked: Tracked) -> Kernel:
        return graph_kernel(network, tracked, Selection.HEAP)
