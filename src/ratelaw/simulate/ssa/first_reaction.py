"""Gillespie's first-reaction method."""

from dataclasses import dataclass

import numpy as np

from ratelaw.simulate.ssa.ensemble import ExactMethod
from ratelaw.simulate.ssa.kernel import draw


@dataclass(frozen=True)
class FirstReaction(ExactMethod):
    r"""A waiting time for every reaction; the shortest wins.

    .. math:: \tau_j = -\ln u_j / \Phi_j, \qquad j^* = \arg\min_j \tau_j

    Exact, and equal in distribution to `Direct`; one logarithm a reaction makes it slower.

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

    @staticmethod
    def step(propensities: list[str], stoichiometry: np.ndarray) -> list[str]:
        lines = []
        for j, propensity in enumerate(propensities):
            lines += [*draw(j), f"a{j} = {propensity}", f"w{j} = -logarithm(u{j}) / a{j}"]
        lines += ["dt = w0", "winner = 0.0"]
        for j in range(1, len(propensities)):
            lines.append(f"sooner = w{j} < dt")
            lines.append(f"winner = select(sooner, {j}.0, winner)")
            lines.append(f"dt = select(sooner, w{j}, dt)")
        for i, changes in enumerate(stoichiometry):
            jumps = [
                f" + select(winner == {j}.0, {changes[j]}.0, 0.0)" for j in np.flatnonzero(changes)
            ]
            lines.append(f"change{i} = 0.0" + "".join(jumps))
        return lines
