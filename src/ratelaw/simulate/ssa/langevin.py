"""The chemical Langevin equation: reactions as a diffusion."""

from dataclasses import dataclass

import numpy as np

from ratelaw.simulate.ssa.leaping import Leap
from ratelaw.simulate.ssa.leaping_method import LeapingMethod


@dataclass(frozen=True)
class Langevin(LeapingMethod):
    r"""Counts as real numbers, every reaction as a drift and a noise of its own.

    .. math:: dn = \sum_j U_j \left( \Phi_j(n) \, dt + \sqrt{\Phi_j(n)} \, dW_j \right)

    in steps in which no propensity is expected to change by more than the fraction `epsilon`, of
    second order in means and covariances. Counts may turn negative where they are small;
    propensities are then those at 0. Conserved totals are kept.

    Approximate: it wants many copies of every species. States inside a step are drawn from the
    Brownian bridge of the step; first passages are judged at the ends of steps.

    Parameters
    ----------
    epsilon
        By which fraction a propensity may change in a step, between 0 and 1.

    Raises
    ------
    DataError
        If `epsilon` is not between 0 and 1.

    Notes
    -----
    Gillespie 2000, Eq. (23); steps in two halves: Anderson and Mattingly 2011, the weak trapezoidal
    method with theta = 1/2.

    Examples
    --------
    >>> from ratelaw import Network, simulate
    >>> network = Network.parse("A --> 0, 1", initial={"A": 1e6})
    >>> cells = simulate(network, Langevin(), [0, 1], trajectories=20, seed=1)
    >>> bool(abs(cells["average"][1, 0] / 367879 - 1) < 0.02)
    True
    """

    @property
    def leap(self) -> Leap:
        return Leap("diffused", "diffused_part", self.epsilon, 0.0, 0.0, lowest=-np.inf)
