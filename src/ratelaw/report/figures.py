"""The drawings of a report, each understandable alone: arrays in, SVG out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.report.canvas import INK, SERIES, draw

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

WIDE = (4.6, 2.9)
NARROW = (3.5, 3.0)
TALL = (2.6, 4.3)
STRIP = (4.6, 0.62)
COLOURS = "viridis"


@dataclass(frozen=True)
class Scale:
    """Limits of a logarithmic colour scale."""

    lowest: float
    highest: float


def draw_paths(
    paths: "xr.DataArray", average: "xr.DataArray", *, species: str, colour: int, time: str
) -> str:
    """Trajectories of one species as steps, with the average of the model over them.

    Parameters
    ----------
    paths
        (trajectory, time, species), copy numbers.
    average
        (time, species), of the model.
    species, colour, time
        What to draw, in which colour of the palette, and the unit of time.
    """

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        chosen = paths.sel(species=species)
        axes.plot(
            chosen["time"],
            chosen.transpose("time", "trajectory"),
            drawstyle="steps-post",
            color=SERIES[colour],
            linewidth=0.7,
            alpha=0.7,
        )
        axes.plot(average["time"], average.sel(species=species), color=INK, linewidth=1.8)
        axes.lines[0].set_label(f"{chosen.sizes['trajectory']} trajectories")
        axes.lines[-1].set_label("learned mean")
        axes.legend(loc="upper left")
        axes.set(xlabel=time, ylabel=f"{species} cells")
        axes.set_ylim(bottom=0)
        axes.locator_params(axis="x", nbins=5, steps=[1, 2, 5, 10])

    return draw(f"paths-{species}", WIDE, paint)


@dataclass(frozen=True)
class Course:
    """A moment over time: what was sampled, with its standard errors, and what was learned.

    `times`, `sampled`, `errors` and `learned` belong to the recording times; `fine_times` and
    `curve` draw the learned course.
    """

    times: np.ndarray
    sampled: np.ndarray
    errors: np.ndarray
    learned: np.ndarray
    fine_times: np.ndarray
    curve: np.ndarray

    @property
    def residuals(self) -> np.ndarray:
        """(sampled - learned) / standard error; NaN where the sample is exact."""
        errors = np.where(self.errors > 0, self.errors, np.nan)
        return (self.sampled - self.learned) / errors


def draw_course(
    course: Course,
    *,
    title: str,
    unit: str,
    colour: int,
    time: str,
    sampled: str = "trajectories",
) -> str:
    """A moment's samples, so called, on its learned curve, over their residuals in std. errors."""

    def paint(figure: "Figure") -> None:
        upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        upper.plot(course.fine_times, course.curve, color=INK, linewidth=1.2, label="learned")
        upper.plot(
            course.times,
            course.sampled,
            "o",
            markersize=3.6,
            color=SERIES[colour],
            label=sampled,
        )
        upper.set(title=title, ylabel=unit)
        upper.legend(loc="best")
        residuals = course.residuals
        reach = max(3.0, np.nanmax(np.abs(residuals), initial=0.0) * 1.1)
        lower.axhspan(-2, 2, color=SERIES[colour], alpha=0.14, linewidth=0)
        lower.axhline(0, color=INK, linewidth=0.6)
        lower.plot(course.times, residuals, "o", markersize=2.8, color=SERIES[colour])
        lower.set(xlabel=time, ylabel="residual\n(std. errors)", ylim=(-reach, reach))
        lower.set_yticks([-2, 0, 2])
        figure.align_ylabels()

    return draw(f"course-{title}", NARROW, paint)


def draw_joint(
    rows: Mapping[str, "xr.DataArray"],
    *,
    title: str,
    remark: str,
    species: tuple[str, str],
    scale: Scale,
) -> str:
    """Joint distributions of two species one above the other, on the same axes and colours.

    Parameters
    ----------
    rows
        Label to probability (n_first, n_second) from copy number 0 on, all of the same shape; what
        is below the scale stays blank.
    title, remark
        Over the first row and over the last.
    """
    from matplotlib.colors import LogNorm

    def paint(figure: "Figure") -> None:
        panels = figure.subplots(len(rows), sharex=True, sharey=True)
        for axes, (label, table) in zip(panels, rows.items(), strict=True):
            shown = np.where(table >= scale.lowest, table, np.nan)
            width, height = shown.shape
            axes.imshow(
                shown.T,
                origin="lower",
                aspect="auto",
                interpolation="none",
                cmap=COLOURS,
                norm=LogNorm(scale.lowest, scale.highest),
                extent=(-0.5, width - 0.5, -0.5, height - 0.5),
            )
            axes.set_ylabel(f"{species[1]} cells")
            axes.set_title(label, loc="right", fontweight="normal", fontsize=8.5)
        panels[0].set_title(title)
        panels[-1].set_title(remark, fontweight="normal", fontsize=8.5)
        panels[-1].set_xlabel(f"{species[0]} cells")

    return draw(f"joint-{title}", TALL, paint)


def draw_scale(scale: Scale, *, label: str) -> str:
    """The colours of `draw_joint` and the probabilities they stand for."""

    def paint(figure: "Figure") -> None:
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import LogNorm

        colours = ScalarMappable(LogNorm(scale.lowest, scale.highest), COLOURS)
        bar = figure.colorbar(colours, cax=figure.subplots(), orientation="horizontal", label=label)
        bar.outline.set_visible(False)

    return draw(f"scale-{label}", STRIP, paint)


def draw_marginals(
    pairs: "Mapping[str, tuple[xr.DataArray, xr.DataArray]]", *, species: str, lowest: float
) -> str:
    """Distributions of one species, sampled as points and computed as lines, one pair a label.

    Parameters
    ----------
    pairs
        Label to probabilities (n,), sampled and computed, from copy number 0 on.
    lowest
        Probabilities below this are not drawn.
    """

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        for colour, (label, (sampled, computed)) in zip(SERIES, pairs.items(), strict=False):
            axes.plot(_visible(computed, lowest), color=colour, linewidth=1.2, label=label)
            axes.plot(_visible(sampled, lowest), "o", color=colour, markersize=2.4)
        axes.set(
            xlabel=f"{species} cells", ylabel="probability", yscale="log", ylim=(lowest / 2, 1)
        )
        axes.legend(loc="upper right", title="line: computed\npoints: trajectories")

    return draw(f"marginals-{species}", WIDE, paint)


def _visible(probability: "xr.DataArray", lowest: float) -> np.ndarray:
    return np.where(probability >= lowest, probability, np.nan)
