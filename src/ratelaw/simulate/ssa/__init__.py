"""Stochastic simulation: exact on lanes and on a dependency graph, approximate in leaps."""

from ratelaw.simulate.ssa.composition_rejection import CompositionRejection
from ratelaw.simulate.ssa.direct import Direct
from ratelaw.simulate.ssa.first_reaction import FirstReaction
from ratelaw.simulate.ssa.langevin import Langevin
from ratelaw.simulate.ssa.next_reaction import NextReaction
from ratelaw.simulate.ssa.tau_leaping import TauLeaping

__all__ = [
    "CompositionRejection",
    "Direct",
    "FirstReaction",
    "Langevin",
    "NextReaction",
    "TauLeaping",
]
