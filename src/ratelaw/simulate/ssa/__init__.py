"""Exact stochastic simulation: Gillespie's methods on one lockstep kernel."""

from ratelaw.simulate.ssa.direct import Direct
from ratelaw.simulate.ssa.first_reaction import FirstReaction

__all__ = ["Direct", "FirstReaction"]
