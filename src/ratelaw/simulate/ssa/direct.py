"""Gillespie's direct method."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ratelaw.simulate.ssa.ensemble import ExactMethod
from ratelaw.simulate.ssa.kernel import draw


@dataclass(frozen=True)
class Direct(ExactMethod):
    r"""One exponential waiting time to the next reaction, then which one.

    .. math:: \tau = -\ln u_1 / \Phi, \qquad
        \sum_{i<j} \Phi_i \le u_2 \Phi < \sum_{i \le j} \Phi_i, \qquad \Phi = \sum_j \Phi_j

    Exact: paths have the law of the master equation. Path i depends on the seed and i alone.

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

    @staticmethod
    def step(propensities: list[str], stoichiometry: np.ndarray) -> list[str]:
        last = len(propensities) - 1
        lines = [*draw(1), *draw(2)]
        lines += [f"a{j} = {propensity}" for j, propensity in enumerate(propensities)]
        lines += ["c0 = a0", *(f"c{j} = c{j - 1} + a{j}" for j in range(1, last + 1))]
        lines += [f"dt = -logarithm(u1) / c{last}", f"aim = u2 * c{last}"]
        for i, changes in enumerate(stoichiometry):
            jumps = [
                f" + select(aim >= c{j}, {after - before}.0, 0.0)"
                for j, (before, after) in enumerate(pairwise(changes))
                if after != before
            ]
            lines.append(f"change{i} = {changes[0]}.0" + "".join(jumps))
        return lines
