"""Drawings of learned equations: data against courses, residuals, the path to fewer terms."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.learn import Experiments
from ratelaw.learn.equations.path import Sparser
from ratelaw.report.blocks import Figure, Panel
from ratelaw.report.canvas import INK, SERIES, draw

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib import figure as mpl

SIZE = (4.2, 2.9)
FLAT = (4.2, 2.1)
WIDE = (8.6, 2.6)
MOST_COURSES = len(SERIES)
"""Experiments in one drawing: one a colour."""


def course_figure(data: Experiments, bands: "Sequence[xr.Dataset]") -> Figure:
    """Every observable: measured values as marks, courses as lines with their bands."""
    panels = tuple(
        Panel(
            _draw_course(data, bands, k),
            f"{observable} over time: measured values and the learned course with its band",
        )
        for k, observable in enumerate(data.observables)
    )
    count = len(data.experiments)
    some = f" The first {MOST_COURSES} of {count} experiments." if count > MOST_COURSES else ""
    return Figure(
        "Marks: measured, with standard deviations where they were given. Lines: the learned "
        "equations. Dark bands hold the course, light ones a new measurement, with a probability "
        f"of 95 %.{some}",
        panels,
        columns=2,
    )


def _draw_course(data: Experiments, bands: "Sequence[xr.Dataset]", k: int) -> str:
    name = str(data.observables[k])

    def paint(figure: "mpl.Figure") -> None:
        axes = figure.subplots()
        several = len(bands) > 1
        shown = zip(data.experiments, bands, SERIES, strict=False)
        for part, band, colour in shown:
            of = band.isel(observable=k)
            ends = (("lower_value", "upper_value", 0.12), ("lower", "upper", 0.3))
            for low, high, alpha in ends:
                axes.fill_between(
                    of["time"], of[low], of[high], color=colour, alpha=alpha, linewidth=0
                )
            label = part.name if several else "learned"
            axes.plot(of["time"], of["average"], color=colour, linewidth=1.3, label=label)
            _paint_values(axes, part.times, part.values[:, k], _errors(part, k), colour)
        axes.set(title=name, xlabel="time")
        if several and k == 0:
            axes.legend(loc="best")

    return draw(f"fit-{k}", SIZE, paint)


def _errors(part: object, k: int) -> np.ndarray | None:
    deviations = part.deviations  # type: ignore[attr-defined]
    return None if deviations is None else deviations[:, k]


def _paint_values(
    axes: object, times: np.ndarray, values: np.ndarray, errors: np.ndarray | None, colour: str
) -> None:
    axes.errorbar(  # type: ignore[attr-defined]
        times, values, errors, fmt="o", color=colour, markersize=3.4, linewidth=0.9, capsize=0
    )


def residual_figure(data: Experiments, residuals: Sequence[np.ndarray]) -> Figure:
    """Every observable: what is missed, in standard deviations, over time."""
    panels = tuple(
        Panel(
            _draw_residuals(data, residuals, k),
            f"residuals of {observable} over time, in standard deviations",
        )
        for k, observable in enumerate(data.observables)
    )
    return Figure(
        "What the courses miss, in standard deviations of the noise; the band holds 95 % of them "
        "where the model is right. Runs of one sign say that it is not.",
        panels,
        columns=3,
    )


def _draw_residuals(data: Experiments, residuals: Sequence[np.ndarray], k: int) -> str:
    def paint(figure: "mpl.Figure") -> None:
        axes = figure.subplots()
        axes.axhspan(-1.96, 1.96, color=INK, alpha=0.07, linewidth=0)
        axes.axhline(0, color=INK, linewidth=0.6)
        reach = 3.0
        for e, (part, missed) in enumerate(zip(data.experiments, residuals, strict=True)):
            colour = SERIES[e] if len(data.experiments) <= MOST_COURSES else SERIES[0]
            axes.plot(part.times, missed[:, k], "o", color=colour, markersize=2.8)
            reach = max(reach, 1.1 * float(np.nanmax(np.abs(missed[:, k]), initial=0.0)))
        axes.set(title=str(data.observables[k]), xlabel="time", ylim=(-reach, reach))

    return draw(f"residuals-{k}", FLAT, paint)


def path_figure(path: Sequence[Sparser], others: Sequence[tuple[int, float]]) -> Figure:
    """The score of the model as its least certain term goes, and those of the rivals.

    Parameters
    ----------
    path
        Of `sparsity_path`.
    others
        Number of terms and score of the rival models.
    """

    def paint(figure: "mpl.Figure") -> None:
        axes = figure.subplots()
        counts = np.array([len(model.terms) for model in path])
        scores = np.array([model.score for model in path])
        known = np.isfinite(scores)
        best = min([*scores[known].tolist(), *(score for _, score in others)])
        axes.plot(counts[known], scores[known] - best, "o-", color=SERIES[0], label="fewer terms")
        if others:
            places, heights = np.array(others).T
            axes.plot(places, heights - best, "x", color=SERIES[1], label="rival models")
        axes.set_yscale("symlog", linthresh=10)
        axes.set(xlabel="terms", ylabel="score above the best")
        axes.set_xticks(range(int(counts.min()), int(max([*counts, *(c for c, _ in others)])) + 1))
        axes.set_ylim(bottom=-1)
        axes.legend(loc="best")

    return Figure(
        "Score (deviance and price of the terms; lower is better) as the least certain term is "
        "removed, one after the other, all else refitted.",
        (Panel(draw("path", WIDE, paint), "score against the number of terms"),),
        columns=1,
    )
