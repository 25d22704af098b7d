"""Tau-leaping: many reactions at once."""

from dataclasses import dataclass

from ratelaw.simulate.ssa.leaping import Leap
from ratelaw.simulate.ssa.leaping_method import LeapingMethod

CRITICAL, SINGLE = 10.0, 10.0
"""Firings that would exhaust a reactant, and reactions of a leap, below which steps are exact."""


@dataclass(frozen=True)
class TauLeaping(LeapingMethod):
    r"""Poisson numbers of reactions in leaps in which no propensity changes by much.

    .. math:: n' = n + \sum_j U_j \, \mathrm{Poisson}(\Phi_j(n) \, \tau / 2), \qquad
        n(t + \tau) = n' + \sum_j U_j \,
        \mathrm{Poisson}\big( (2 \Phi_j(n') - \Phi_j(n))_+ \, \tau / 2 \big)

    with leaps in which the expected change of every propensity, and its standard deviation, are
    within the fraction `epsilon`. Of second order in means and covariances. Reactions that could
    exhaust a reactant, or of which a single one changes a propensity by more than `epsilon`, happen
    one at a time; where a leap would hold fewer than ten reactions, or make a count negative, the
    next hundred are simulated exactly. Counts are whole and never negative, and conserved totals
    are kept.

    Approximate: `epsilon` bounds how much a propensity changes in a leap, not the error. States
    inside a leap are drawn given the leap; first passages are judged at the ends of leaps.

    Parameters
    ----------
    epsilon
        By which fraction a propensity may change in a leap, between 0 and 1.

    Raises
    ------
    DataError
        If `epsilon` is not between 0 and 1.

    Notes
    -----
    Length of leaps, critical reactions: Cao, Gillespie and Petzold 2006, Eqs. (24)-(33). Leaps in
    two halves: Anderson and Koyama 2012, the weak trapezoidal method with theta = 1/2.

    Examples
    --------
    >>> from ratelaw import Network, simulate
    >>> network = Network.parse("A --> 0, 1", initial={"A": 1e6})
    >>> cells = simulate(network, TauLeaping(), [0, 1], trajectories=20, seed=1)
    >>> bool(abs(cells["average"][1, 0] / 367879 - 1) < 0.02)
    True
    """

    @property
    def leap(self) -> Leap:
        return Leap("poisson", "poisson_part", self.epsilon, SINGLE, CRITICAL, lowest=0.0)
