"""The figures of the first example: which panels, in which words."""

import numpy as np

from ratelaw.paper.spcm import FINE_TIMES, Reproduction
from ratelaw.paper.spcm_numbers import courses, joint_tables, lowest_shown
from ratelaw.report import Figure, Number, Panel
from ratelaw.report.figures import (
    Course,
    Scale,
    draw_course,
    draw_joint,
    draw_marginals,
    draw_paths,
    draw_scale,
)

WEEKS = "time (weeks)"
MOMENTS = {
    "A": ("mean of A", "cells", 0),
    "A,A": ("variance of A", "cells²", 0),
    "A,B": ("covariance of A and B", "cells²", 2),
    "B": ("mean of B", "cells", 1),
    "B,B": ("variance of B", "cells²", 1),
}
"""Label on the `moment` axis to title, unit and colour."""


def path_figure(run: Reproduction) -> Figure:
    """The first trajectories of each species (Yang 2020, Fig. 2)."""
    panels = tuple(
        Panel(
            draw_paths(
                run.paths["paths"],
                run.learned["average"],
                species=name,
                colour=colour,
                time=WEEKS,
            ),
            f"Step lines of {run.paths.sizes['trajectory']} trajectories of {name} over 20 weeks, "
            "and the smooth learned mean.",
        )
        for colour, name in enumerate(run.truth.species)
    )
    return Figure(
        f"Figure 2a. The first {run.paths.sizes['trajectory']} of {run.trajectories:,} "
        f"trajectories, every {FINE_TIMES[1]:g} weeks, and the mean of the learned network.",
        panels,
        columns=2,
    )


def moment_figure(run: Reproduction) -> Figure:
    """Means and second moments, data against learned (Yang 2020, Fig. 2)."""
    found = courses(run)
    panels = tuple(
        Panel(
            draw_course(found[label], title=title, unit=unit, colour=colour, time=WEEKS),
            _in_words(title, found[label]),
        )
        for label, (title, unit, colour) in MOMENTS.items()
    )
    return Figure(
        "Figure 2b. Moments of the trajectories (points) on the curves of the learned network "
        "(lines). Under each: the residuals in units of their standard errors; the band is ±2. "
        "The residuals of neighbouring times are correlated, which the fit accounts for.",
        panels,
        columns=3,
    )


def joint_figure(run: Reproduction) -> Figure:
    """Joint distributions, trajectories above the master equation (Yang 2020, Fig. 3)."""
    tables = joint_tables(run)
    lowest = lowest_shown(run)
    highest = max(float(table.max()) for pair in tables.values() for table in pair)
    scale = Scale(lowest, highest)
    panels = tuple(
        Panel(
            draw_joint(
                {"trajectories": sampled, "master equation": computed},
                title=weeks(snapshot),
                remark=f"d = {run.distances.sel(snapshot=snapshot):.2g}",
                species=("A", "B"),
                scale=scale,
            ),
            f"Joint distribution of A and B after {weeks(snapshot)}: the histogram of the "
            "trajectories above the learned master equation; "
            f"total variation distance {float(run.distances.sel(snapshot=snapshot)):.2g}.",
        )
        for snapshot, (sampled, computed) in tables.items()
    )
    return Figure(
        f"Figure 3. Joint distributions of A and B. Above: the {run.trajectories:,} trajectories; "
        "below: the master equation with the learned rates; d: the total variation distance of "
        "the two. One colour scale for all eight; pairs with a probability under "
        f"{Number(lowest)} stay blank.",
        panels,
        columns=4,
        strip=Panel(
            draw_scale(scale, label="probability of a pair (A, B)"),
            f"Logarithmic colour scale from {Number(lowest)} to {Number(highest, digits=2)}.",
        ),
    )


def marginal_figure(run: Reproduction) -> Figure:
    """Marginal distributions at the same times (Yang 2020, supplement)."""
    lowest = 1 / run.trajectories
    panels = tuple(
        Panel(
            draw_marginals(
                {
                    weeks(snapshot): (
                        run.sampled_joint.sel(snapshot=snapshot).sum(other),
                        run.exact_joint.sel(snapshot=snapshot).sum(other),
                    )
                    for snapshot in run.cells["snapshot"].values
                },
                species=name,
                lowest=lowest,
            ),
            f"Distribution of {name} at four times on a logarithmic axis: points of the "
            "trajectories and lines of the learned master equation.",
        )
        for name, other in (("A", "n_B"), ("B", "n_A"))
    )
    return Figure(
        "Marginal distributions. Lines: master equation with the learned rates; points: "
        f"trajectories, down to one in {run.trajectories:,}.",
        panels,
        columns=2,
    )


def weeks(snapshot: float) -> str:
    """A time in words."""
    return f"{snapshot:g} week{'s' if snapshot != 1 else ''}"


def _in_words(title: str, course: Course) -> str:
    return (
        f"The {title} of the trajectories goes from {Number(course.sampled[0], digits=3)} to "
        f"{Number(course.sampled[-1], digits=3)}, the learned curve to "
        f"{Number(course.learned[-1], digits=3)}; the largest residual is "
        f"{np.nanmax(np.abs(course.residuals)):.1f} standard errors."
    )
