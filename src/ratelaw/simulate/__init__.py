"""One verb, `simulate`, and the methods it takes."""

from ratelaw.simulate.automatic import Automatic
from ratelaw.simulate.mass_action import MassAction
from ratelaw.simulate.master_equation import MasterEquation
from ratelaw.simulate.moments import Moments
from ratelaw.simulate.recorders import (
    RecordEvents,
    RecordFirstPassage,
    RecordHistogram,
    RecordMoments,
    RecordPaths,
    RecordReactionCounts,
)
from ratelaw.simulate.result_files import load, save
from ratelaw.simulate.results import marginal, total_variation
from ratelaw.simulate.simulate import simulate
from ratelaw.simulate.ssa import (
    CompositionRejection,
    Direct,
    FirstReaction,
    Langevin,
    NextReaction,
    TauLeaping,
)

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
