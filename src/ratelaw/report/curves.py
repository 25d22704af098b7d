"""Courses over time in one drawing: models as lines, data as marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.report.canvas import INK, SERIES, draw

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 4.2, 3.0


@dataclass(frozen=True)
class Curve:
    """One course.

    Attributes
    ----------
    label
        What the legend says; none for an empty one.
    times, values
        Shape (time,).
    colour
        Number of the palette; ink for None.
    style
        Matplotlib's format without colour: ``"-"``, ``"--"``, ``"x"``.
    """

    label: str
    times: np.ndarray
    values: np.ndarray
    colour: int | None = None
    style: str = "-"


def draw_curves(
    curves: Sequence[Curve],
    *,
    name: str,
    title: str,
    unit: str,
    time: str,
    logarithmic: bool = False,
    logarithmic_values: bool = False,
) -> str:
    """Courses on common axes.

    Parameters
    ----------
    curves
        In the order of the legend.
    name
        Of the drawing, unique on its page.
    title, unit, time
        Over the drawing, and along its axes.
    logarithmic
        Whether the time axis is; times at 0 are then left out.
    logarithmic_values
        Whether the other axis is.
    """

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        for curve in curves:
            shown = curve.times > 0 if logarithmic else slice(None)
            axes.plot(
                curve.times[shown],
                curve.values[shown],
                curve.style,
                color=INK if curve.colour is None else SERIES[curve.colour],
                label=curve.label or "_",
                markersize=4.5,
                markeredgewidth=1.3,
            )
        axes.set(title=title, xlabel=time, ylabel=unit)
        if logarithmic:
            axes.set_xscale("log")
        if logarithmic_values:
            axes.set_yscale("log")
        if any(curve.label for curve in curves):
            axes.legend(loc="best")

    return draw(f"curves-{name}", (WIDTH, HEIGHT), paint)
