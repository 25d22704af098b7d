"""Recorders: what is kept of an ensemble. Memory is bounded by them, not by the trajectories."""

from ratelaw.simulate.recorders.events import RecordEvents
from ratelaw.simulate.recorders.first_passage import RecordFirstPassage
from ratelaw.simulate.recorders.histogram import RecordHistogram
from ratelaw.simulate.recorders.moments import RecordMoments
from ratelaw.simulate.recorders.paths import RecordPaths
from ratelaw.simulate.recorders.reaction_counts import RecordReactionCounts
from ratelaw.simulate.recorders.recorder import Recorder

__all__ = [
    "RecordEvents",
    "RecordFirstPassage",
    "RecordHistogram",
    "RecordMoments",
    "RecordPaths",
    "RecordReactionCounts",
    "Recorder",
]
