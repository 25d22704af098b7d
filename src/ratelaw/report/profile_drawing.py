"""Profiles of the deviance, drawn."""

from typing import TYPE_CHECKING

import numpy as np

from ratelaw.learn.rates.uncertainty.profile import Profile
from ratelaw.report.canvas import INK, SERIES, draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SQUARE = (3.0, 2.6)
FINE = 200


def draw_profile(profile: Profile, *, title: str) -> str:
    """The rise of the deviance along one constant, beside the parabola of its standard error.

    Parameters
    ----------
    profile
        Of `ratelaw.profile`.
    title
        Over the drawing, unique on its page. The axis is logarithmic where the interval has no end.
    """
    threshold = profile.threshold

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
