"""Drawings of how sure rates are: intervals, profiles, and bands of what they predict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.learn.rates.uncertainty.profile import Profile
from ratelaw.report.canvas import INK, SERIES, draw

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ROW, MARGIN = 4.6, 0.34, 0.9
SQUARE = (3.0, 2.6)
WIDE = (4.6, 2.9)
FARTHEST = 3.0
"""Times the estimate: intervals that go farther end in an arrow."""
FINE = 200


def draw_intervals(
    estimates: Mapping[str, float], intervals: Mapping[str, np.ndarray], *, name: str
) -> str:
    """Intervals of several constants, each in units of its estimate, by one or more ways.

    Parameters
    ----------
    estimates
        Label of a constant, such as its reaction, to its estimate, above 0.
    intervals
        Label of a way, such as ``"profile"``, to lower and upper ends, shape (constants, 2); an
        upper end may be infinite.
    name
        Of the drawing, unique on its page.
    """

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        rows = np.arange(len(estimates), dtype=float)
        shifts = 0.22 * (np.arange(len(intervals)) - (len(intervals) - 1) / 2)
        for (label, ends), shift, colour in zip(intervals.items(), shifts, SERIES, strict=False):
            scaled = ends / np.array(list(estimates.values()))[:, None]
            shown = np.minimum(scaled, FARTHEST)
            axes.hlines(rows + shift, *shown.T, color=colour, linewidth=2.2, label=label)
            cut = scaled[:, 1] > FARTHEST
            axes.plot(shown[cut, 1], rows[cut] + shift, ">", color=colour, markersize=5)
        axes.axvline(1.0, color=INK, linewidth=0.6)
        axes.set_yticks(rows, list(estimates))
        axes.set_ylim(len(estimates) - 0.5, -0.5)
        axes.set_xlabel("rate constant / its estimate")
        axes.locator_params(axis="x", nbins=6)
        if len(intervals) > 1:
            figure.legend(loc="outside upper right", ncols=len(intervals))

    height = MARGIN + ROW * len(estimates)
    return draw(f"intervals-{name}", (WIDTH, height), paint)


def draw_profile(profile: Profile, *, title: str, threshold: float = 3.84) -> str:
    """The rise of the deviance along one constant, beside the parabola of its standard error.

    Parameters
    ----------
    profile
        Of `ratelaw.profile`.
    title
        Over the drawing, unique on its page. The axis is logarithmic where the interval has no end.
    threshold
        Rise at which the interval ends; 3.84 for 95 %.
    """

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        if np.isinf(profile.upper):
            axes.set_xscale("log")
        _paint_rise(axes, profile)
        for end in (profile.lower, profile.upper):
            if np.isfinite(end):
                axes.plot([end, end], [0, threshold], color=SERIES[0], linewidth=0.8)
        low, high = axes.get_xlim()
        parabola = np.geomspace(low, high, FINE) if low > 0 else np.linspace(low, high, FINE)
        rise = ((parabola - profile.estimate) / profile.standard_error) ** 2
        axes.plot(parabola, rise, "--", color=INK, linewidth=0.9, label="standard error")
        axes.axhline(threshold, color=INK, linewidth=0.6)
        axes.set(title=title, xlabel=profile.name, ylabel="rise of the deviance")
        axes.set(xlim=(low, high), ylim=(0, 1.5 * threshold))
        axes.legend(loc="best")

    return draw(f"profile-{title}", SQUARE, paint)


def _paint_rise(axes: "Axes", profile: Profile) -> None:
    """Its points, and between them the square of an interpolated root, which is nearly a line."""
    from scipy.interpolate import PchipInterpolator

    shown = (profile.values > 0) | np.isfinite(profile.upper)
    values, rise = profile.values[shown], profile.rise[shown]
    if values.size > 1:
        root = PchipInterpolator(values, np.sign(values - profile.estimate) * np.sqrt(rise))
        fine = np.geomspace if values[0] > 0 else np.linspace
        places = fine(values[0], values[-1], FINE)
        axes.plot(places, root(places) ** 2, color=SERIES[0], label="profile")
    axes.plot(values, rise, "o", color=SERIES[0], markersize=3.2)


@dataclass(frozen=True)
class Band:
    """What uncertain rates predict, and what was seen of it.

    Attributes
    ----------
    label
        What the legend says.
    places
        Shape (P,): times, or copy numbers.
    ends
        `lower`, `middle` and `upper`, each of shape (P,), of `ratelaw.learn.band`.
    seen
        Values of the data at the places, NaN where there are none; None without data.
    """

    label: str
    places: np.ndarray
    ends: "xr.Dataset"
    seen: np.ndarray | None = None


def draw_bands(bands: Sequence[Band], *, name: str, across: str, along: str) -> str:
    """Predictions as lines with bands, data as points.

    Parameters
    ----------
    bands
        In the order of the legend, at most four.
    name
        Of the drawing, unique on its page.
    across, along
        What the horizontal and the vertical axis are.
    """

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        for band, colour in zip(bands, SERIES, strict=False):
            lower, middle, upper = (band.ends[end].values for end in ("lower", "middle", "upper"))
            axes.fill_between(band.places, lower, upper, color=colour, alpha=0.25, linewidth=0)
            axes.plot(band.places, middle, color=colour, linewidth=1.2, label=band.label)
            if band.seen is not None:
                axes.plot(band.places, band.seen, "o", color=colour, markersize=2.6)
        axes.set(xlabel=across, ylabel=along)
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")

    return draw(f"bands-{name}", WIDE, paint)
