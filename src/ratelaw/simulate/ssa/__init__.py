"""Exact stochastic simulation: Gillespie's methods, on lanes and on a dependency graph."""

from ratelaw.simulate.ssa.automatic import Automatic
from ratelaw.simulate.ssa.composition_rejection import CompositionRejection
from ratelaw.simulate.ssa.direct import Direct
from ratelaw.simulate.ssa.first_reaction import FirstReaction
from ratelaw.simulate.ssa.next_reaction import NextReaction

__all__ = ["Automatic", "CompositionRejection", "Direct", "FirstReaction", "NextReaction"]
