"""One verb, `simulate`, and the methods it takes."""

from ratelaw.simulate.mass_action import MassAction
from ratelaw.simulate.master_equation import MasterEquation
from ratelaw.simulate.moments import Moments
from ratelaw.simulate.recorders import RecordHistogram, RecordMoments, RecordPaths
from ratelaw.simulate.results import load, marginal, save, total_variation
from ratelaw.simulate.simulate import simulate
from ratelaw.simulate.ssa import Direct, FirstReaction

__all__ = [
    "Direct",
    "FirstReaction",
    "MassAction",
    "MasterEquation",
    "Moments",
    "RecordHistogram",
    "RecordMoments",
    "RecordPaths",
    "load",
    "marginal",
    "save",
    "simulate",
    "total_variation",
]
