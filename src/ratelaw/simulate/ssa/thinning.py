"""Rates that depend on time: exact thinning on lanes."""

from dataclasses import dataclass

import numpy as np

from ratelaw.network import Network
from ratelaw.network.bounds import bound_source
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate.ssa.lanes import LaneStep, Stage, draw, propensity_sources, source_names


@dataclass(frozen=True)
class ThinnedStep(LaneStep):
    r"""Candidates at a rate that is never exceeded in a window; each is kept with its probability.

    .. math:: \bar\Phi \ge \sup_{t \le s \le t + w} \sum_j \Phi_j(n, s), \qquad
        \tau = -\ln u_1 / \bar\Phi, \qquad
        \sum_{i<j} \Phi_i(t + \tau) \le u_2 \bar\Phi < \sum_{i \le j} \Phi_i(t + \tau)

    No reaction happens where :math:`u_2 \bar\Phi` exceeds the sum, nor where the candidate lies
    beyond the window, at whose end the next one begins. Windows end where an input jumps; their
    length follows from the steps before, longer after an empty one, shorter after a rejection, so
    that no path depends on the times at which it is recorded.

    Notes
    -----
    Lewis and Shedler 1979; Voliotis, Thomas, Grima and Bowsher 2016 (Extrande).
    """

    def stages(self, network: Network) -> list[Stage]:
        names = source_names(network)
        propensities = propensity_sources(network, time="at")
        bounding = ["t1 = t + w"]
        bounding += [
            f"t1 = select((t < {jump!r}) & (t1 > {jump!r}), {jump!r}, t1)" for jump in network.jumps
        ]
        bounds = []
        for j, law in enumerate(network.propensities):
            if TIME in law.free_symbols:
                lines, bound = bound_source(law, names, ("t", "t1"), f"d{j}_")
                bounding += lines
            else:
                bound = propensities[j]
            bounds.append(bound)
        bounding += [
            f"limit = {' + '.join(f'({bound})' for bound in bounds)}",
            "limit = select(limit >= 0.0, limit, np.inf)",
            "later = t + e / limit",
            "inside = select(later < t1, 1.0, 0.0)",
            "now = select(later < t1, later, t1)",
            "at = select(later < t1, later, t)",
        ]
        last = len(propensities) - 1
        choosing = [f"a{j} = {propensity}" for j, propensity in enumerate(propensities)]
        choosing += ["c0 = a0", *(f"c{j} = c{j - 1} + a{j}" for j in range(1, last + 1))]
        choosing += [
            "aim = u2 * limit",
            f"happens = select((inside == 1.0) & (aim < c{last}), 1.0, 0.0)",
            "w = select(inside == 1.0, select(happens == 1.0, w, 0.5 * w), 2.0 * w)",
            "winner = 0.0" + "".join(f" + select(aim >= c{j}, 1.0, 0.0)" for j in range(last)),
            "winner = select(happens == 1.0, winner, -1.0)",
        ]
        for i, changes in enumerate(network.stoichiometry):
            jumps = [
                f" + select(winner == {j}.0, {changes[j]}.0, 0.0)" for j in np.flatnonzero(changes)
            ]
            choosing.append(f"change{i} = 0.0" + "".join(jumps))
        return [[*draw(1), *draw(2)], ["e = -logarithm(u1)"], bounding, choosing]
