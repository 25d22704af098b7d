"""The figures of a page of rates: what was seen on what the rates predict."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.learn import Profiles
from ratelaw.report.blocks import Figure, Panel
from ratelaw.report.canvas import INK, SERIES, draw
from ratelaw.report.figures import Course, draw_course
from ratelaw.report.formulas import arrow
from ratelaw.report.numbers import Number
from ratelaw.report.profile_drawing import draw_profile
from ratelaw.report.rate_numbers import Frequencies, chosen_times

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

SMALL = (3.2, 2.3)
MOST_TIMES = 6
"""Times whose distributions are drawn."""


def frequency_figure(found: Sequence[Frequencies], condition: str) -> Figure:
    """A panel for each species and time."""
    times = sorted({part.time for part in found})
    shown = chosen_times(times, MOST_TIMES)
    species = list(dict.fromkeys(part.species for part in found))
    panels = tuple(
        Panel(draw_frequencies(part, species.index(part.species), condition), _in_words(part))
        for name in species
        for part in found
        if part.species == name and part.time in shown
    )
    some = f" at {len(shown)} of {len(times)} times" if len(shown) < len(times) else ""
    return Figure(
        f"{condition}How many cells hold so many molecules{some}. Points: the data; lines: the "
        "estimated network; the band is two standard errors of as many cells.",
        panels,
        columns=min(len(shown), 3),
    )


def draw_frequencies(part: Frequencies, colour: int, condition: str) -> str:
    """Frequencies of the counts of one species at one time, data on the prediction."""

    def paint(figure: "Drawing") -> None:
        axes = figure.subplots()
        own = SERIES[colour % len(SERIES)]
        low, high = (part.predicted + side * 2 * part.errors for side in (-1, 1))
        axes.fill_between(part.counts, np.maximum(low, 0), high, color=own, alpha=0.2, linewidth=0)
        axes.plot(part.counts, part.predicted, color=INK, linewidth=1.1, label="network")
        axes.plot(part.counts, part.seen, "o", color=own, markersize=3.2, label="data")
        axes.set(
            title=f"{part.species} at time {part.time:g}",
            xlabel=f"molecules of {part.species}",
            ylabel="part of the cells",
        )
        axes.set_ylim(bottom=0)
        axes.locator_params(axis="x", integer=True, nbins=6)
        axes.legend(loc="upper right")

    return draw(f"frequencies-{condition}-{part.species}-{part.time:g}", SMALL, paint)


def _in_words(part: Frequencies) -> str:
    mode_seen, mode = (part.counts[np.argmax(x)] for x in (part.seen, part.predicted))
    return (
        f"Distribution of {part.species} at time {part.time:g} in {part.cells:,} cells: the most "
        f"frequent count is {mode_seen:g} in the data and {mode:g} in the network; total variation "
        f"distance {part.distance:.2g}, of sampling alone {part.of_sampling.mean():.2g}."
    )


def course_figure(found: Mapping[str, Course], condition: str) -> Figure:
    """A panel for each moment."""
    panels = tuple(
        Panel(
            draw_course(
                course,
                title=f"{condition}{moment_in_words(label)}",
                unit="molecules²" if "," in label else "molecules",
                colour=number % len(SERIES),
                time="time",
                sampled="data",
            ),
            f"The {moment_in_words(label)} goes from {Number(course.sampled[0], digits=3)} to "
            f"{Number(course.sampled[-1], digits=3)} in the data and to "
            f"{Number(course.learned[-1], digits=3)} in the network; the largest residual is "
            f"{np.nanmax(np.abs(course.residuals), initial=0.0):.1f} standard errors.",
        )
        for number, (label, course) in enumerate(found.items())
    )
    return Figure(
        f"{condition}Moments of the data (points) on the curves of the estimated network (lines). "
        "Under each: the residuals in units of their standard errors; the band is ±2. Those of "
        "neighbouring times of the same trajectories are correlated, which the fit accounts for.",
        panels,
        columns=min(len(panels), 3),
    )


def profile_figure(profiles: Profiles) -> Figure:
    """A panel for each constant."""
    ends = " and ".join(sorted({f"{profile.threshold:.3g}" for profile in profiles}))
    panels = tuple(
        Panel(
            draw_profile(profile, title=arrow(profile.reaction)),
            f"Rise of the deviance along the constant of {profile.reaction}, least at "
            f"{Number(profile.estimate, digits=3)}; it passes {profile.threshold:.3g} at "
            f"{Number(profile.lower, digits=3)} and "
            + (f"{Number(profile.upper, digits=3)}." if np.isfinite(profile.upper) else "nowhere."),
        )
        for profile in profiles
    )
    return Figure(
        "Profiles of the deviance. Solid: its least rise at each value of the constant; dashed: "
        f"what the standard error says; the interval lies under the horizontal line, at {ends}.",
        panels,
        columns=min(len(panels), 3),
    )


def moment_in_words(label: str) -> str:
    """What a label of a moment means.

    Examples
    --------
    >>> moment_in_words("A"), moment_in_words("A,A"), moment_in_words("A,B")
    ('mean of A', 'variance of A', 'covariance of A and B')
    """
    first, _, second = label.partition(",")
    if not second:
        return f"mean of {first}"
    return f"variance of {first}" if first == second else f"covariance of {first} and {second}"
