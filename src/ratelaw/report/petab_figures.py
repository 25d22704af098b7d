"""Drawings of a fitted PEtab problem: measurements against courses, where the starts led."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.formats.petab.problem import EstimationProblem, Measurement
from ratelaw.learn import PetabFit
from ratelaw.learn.petab.likelihood import predict
from ratelaw.learn.petab.petab_fit import SAME
from ratelaw.report.blocks import Figure, Panel
from ratelaw.report.canvas import INK, SERIES, draw

if TYPE_CHECKING:
    from matplotlib import figure as mpl

SIZE = (4.2, 2.9)
WIDE = (8.6, 2.6)
POINTS = 100
"""Of a course."""
MOST_PANELS = 12
MOST_COURSES = len(SERIES)
"""In one panel: one a colour."""
WIDTH = 1.96
"""Standard deviations on either side that hold 95 % of normal measurements."""


@dataclass(frozen=True)
class _Course:
    """Measurements of one kind in one experiment, and what the model says between them."""

    measured: tuple[Measurement, ...]
    between: tuple[Measurement, ...]
    middle: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def measured_figure(problem: EstimationProblem) -> Figure:
    """Every observable: measurements as marks, courses of the model as lines with their bands."""
    courses = _courses(problem)
    names = list(dict.fromkeys(course.measured[0].observable for course in courses))
    panels = tuple(
        Panel(
            _draw_courses(name, [c for c in courses if c.measured[0].observable == name]),
            f"{name} over time: measurements and the fitted course with its band",
        )
        for name in names[:MOST_PANELS]
    )
    count = len({course.measured[0].experiment for course in courses})
    more = f" The first {MOST_PANELS} of {len(names)}." if len(names) > MOST_PANELS else ""
    if count > MOST_COURSES:
        more += f" The first {MOST_COURSES} of {count} experiments have a colour each."
    return Figure(
        "Marks: measured. Lines: the model at the estimates. Bands hold a new measurement with a "
        f"probability of 95 %.{more}",
        panels,
        columns=2,
    )


def _courses(problem: EstimationProblem) -> list[_Course]:
    """Of all kinds of measurements at finite times."""
    groups: dict[tuple[object, ...], list[Measurement]] = {}
    for row in problem.measurements:
        if np.isfinite(row.time):
            kind = row.observable, row.experiment, row.parameters, row.noise_parameters
            groups.setdefault(kind, []).append(row)
    grids = [_between(rows) for rows in groups.values()]
    said = predict(replace(problem, measurements=tuple(row for grid in grids for row in grid)))
    ends = np.cumsum([len(grid) for grid in grids])[:-1]
    pairs = (np.split(part, ends) for part in (said.values, said.deviations))
    found = []
    for rows, grid, middle, deviation in zip(groups.values(), grids, *pairs, strict=True):
        scale = problem.observables[rows[0].observable].scale
        ends_of_band = [
            scale.inverse(scale.of(middle) + side * WIDTH * deviation) for side in (-1, 1)
        ]
        found.append(_Course(tuple(rows), grid, middle, *ends_of_band))
    return found


def _between(rows: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """The same as measured at many times from the first to the last."""
    times = [row.time for row in rows]
    grid = np.unique(np.append(np.linspace(min(times), max(times), POINTS), times))
    return tuple(replace(rows[0], time=float(time)) for time in grid)


def _draw_courses(name: str, courses: Sequence[_Course]) -> str:
    experiments = list(dict.fromkeys(course.measured[0].experiment for course in courses))
    colours = dict(zip(experiments, SERIES, strict=False))

    def paint(figure: "mpl.Figure") -> None:
        axes = figure.subplots()
        for course in courses:
            experiment = course.measured[0].experiment
            colour = colours.get(experiment, INK)
            times = [row.time for row in course.between]
            axes.fill_between(
                times, course.lower, course.upper, color=colour, alpha=0.12, linewidth=0
            )
            axes.plot(times, course.middle, color=colour, linewidth=1.3)
            marks = [(row.time, row.value) for row in course.measured]
            axes.plot(*np.array(marks).T, "o", color=colour, markersize=3.4)
        axes.set(title=name, xlabel="time")

    return draw(f"petab-{name}", SIZE, paint)


def waterfall(fit: PetabFit) -> Figure:
    """Objectives to which the starts led, above the best, in order."""
    reached = np.sort([start.objective for start in fit.starts if np.isfinite(start.objective)])

    def paint(figure: "mpl.Figure") -> None:
        axes = figure.subplots()
        above = reached - fit.objective
        axes.axhspan(0, SAME, color=INK, alpha=0.07, linewidth=0)
        axes.plot(np.arange(1, len(above) + 1), above, "o-", color=SERIES[0], markersize=4)
        axes.set_yscale("symlog", linthresh=SAME)
        axes.set_ylim(bottom=-SAME / 4)
        axes.set(xlabel="starts, best first", ylabel="objective above the best")

    return Figure(
        "Where each start led. A step of many starts is a minimum that is found again and again; "
        "in the band all count as the best.",
        (Panel(draw("waterfall", WIDE, paint), "objective above the best, start by start"),),
        columns=1,
    )
