"""What `ratelaw simulate` keeps of the trajectories."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import typer

from ratelaw.cli.options import numbers, positive, whole
from ratelaw.simulate import (
    RecordEvents,
    RecordFirstPassage,
    RecordHistogram,
    RecordMoments,
    RecordPaths,
    RecordReactionCounts,
)
from ratelaw.simulate.recorders.recorder import Recorder

ROUNDING = 1e-9
"""Relative distance up to which a time of --histogram is the recording time next to it."""

MomentOrder = Annotated[
    int | None,
    typer.Option(parser=whole, metavar="ORDER", help="Record moments up to this; 2; 0 for none."),
]
Histogram = Annotated[
    str | None,
    typer.Option(metavar="T,T,...", help="Record how often each state occurs at these times."),
]
Paths = Annotated[
    int | None,
    typer.Option(parser=positive, metavar="N", help="Record the first N paths at all times."),
]
Events = Annotated[
    int | None,
    typer.Option(parser=positive, metavar="N", help="Record every reaction of the first N paths."),
]
ReactionCounts = Annotated[
    bool | None, typer.Option("--reaction-counts", help="Record how often each reaction happens.")
]
Passages = Annotated[
    list[str] | None,
    typer.Option(metavar="CONDITION", help="Record when it first holds, 'A >= 50'; repeatable."),
]


def recorders(
    times: np.ndarray,
    *,
    moments: int | None,
    histogram: str | None,
    paths: int | None,
    events: int | None,
    reaction_counts: bool | None,
    passage: Sequence[str] | None,
) -> list[Recorder]:
    """The recorders that the options ask for; moments of order 2 unless told."""
    order = 2 if moments is None else moments
    chosen: list[Recorder] = [RecordMoments(order)] if order else []
    if histogram is not None:
        chosen.append(RecordHistogram(_recording_times(numbers("--histogram", histogram), times)))
    if paths:
        chosen.append(RecordPaths(paths))
    if events:
        chosen.append(RecordEvents(events))
    if reaction_counts:
        chosen.append(RecordReactionCounts())
    if passage:
        chosen.append(RecordFirstPassage(*passage))
    if not chosen:
        raise typer.BadParameter("--moments 0: nothing would be recorded; name something else")
    return chosen


def _recording_times(wanted: Sequence[float], times: np.ndarray) -> tuple[float, ...]:
    """Times as they are among the recording times: 0.3 is 3 steps of 0.1."""
    nearest = times[np.abs(np.subtract.outer(wanted, times)).argmin(axis=1)]
    return tuple(
        np.where(np.isclose(wanted, nearest, rtol=ROUNDING, atol=0), nearest, wanted).tolist()
    )
