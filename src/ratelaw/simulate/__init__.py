"""One verb, `simulate`, and the methods it takes."""

from ratelaw.simulate.automatic import Automatic
from ratelaw.simulate.mass_action import MassAction
from ratelaw.simulate.master_equation import MasterEquation
from ratelaw.simulate.method import Sampler, Solver
from ratelaw.simulate.moments import Moments
from ratelaw.simulate.recorders.events import RecordEvents
from ratelaw.simulate.recorders.first_passage import RecordFirstPassage
from ratelaw.simulate.recorders.histogram import RecordHistogram
from ratelaw.simulate.recorders.moments import RecordMoments
from ratelaw.simulate.recorders.paths import RecordPaths
from ratelaw.simulate.recorders.reaction_counts import RecordReactionCounts
from ratelaw.simulate.result_files import load, save
from ratelaw.simulate.results import marginal, total_variation
from ratelaw.simulate.simulate import simulate
from ratelaw.simulate.ssa.composition_rejection import CompositionRejection
from ratelaw.simulate.ssa.direct import Direct
from ratelaw.simulate.ssa.first_reaction import FirstReaction
from ratelaw.simulate.ssa.langevin import Langevin
from ratelaw.simulate.ssa.next_reaction import NextReaction
from ratelaw.simulate.ssa.tau_leaping import TauLeaping

ALL_METHODS: tuple[Solver | Sampler, ...] = (
    Automatic(),
    Direct(),
    FirstReaction(),
    NextReaction(),
    CompositionRejection(),
    TauLeaping(),
    Langevin(),
    Moments(),
    MasterEquation(),
    MassAction(),
)
"""Every method, as it is unless told otherwise. The shell, capabilities and tests follow."""

__all__ = [
    "Automatic",
    "CompositionRejection",
    "Direct",
    "FirstReaction",
    "Langevin",
    "MassAction",
    "MasterEquation",
    "Moments",
    "NextReaction",
    "RecordEvents",
    "RecordFirstPassage",
    "RecordHistogram",
    "RecordMoments",
    "RecordPaths",
    "RecordReactionCounts",
    "TauLeaping",
    "load",
    "marginal",
    "save",
    "simulate",
    "total_variation",
]
