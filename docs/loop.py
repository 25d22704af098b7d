"""Draws docs/loop.svg, the picture of the README, from a run of its example.

.venv/bin/python docs/loop.py
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

import ratelaw as rl

TRAJECTORIES = 1_000_000
TIMES = np.linspace(0, 20, 21)
FINE = np.linspace(0, 20, 201)
COLOURS = {"A": "#0072b2", "B": "#d55e00"}
INK = "#1c2430"
RAREST = 1e-5
STYLE = {
    "font.size": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "svg.hashsalt": "ratelaw",
}
ARROWS = {
    "ODENet": ((0.462, 0.77), (0.512, 0.77)),
    "fit_rates": ((0.75, 0.52), (0.75, 0.46)),
    "simulate": ((0.512, 0.27), (0.462, 0.27)),
    "compare": ((0.24, 0.46), (0.24, 0.52)),
}


def main() -> None:
    record = (rl.RecordMoments(), rl.RecordHistogram(times=[20]))
    cells = rl.simulate(
        rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=TRAJECTORIES, seed=1, record=record
    )
    paths = rl.simulate(
        rl.zoo.spcm(), rl.Direct(), FINE, trajectories=10, seed=1, record=[rl.RecordPaths(10)]
    )
    fit = rl.ODENet(rl.PolynomialLibrary(degree=2)).fit(cells)
    rates = rl.fit_rates(rl.candidates(fit), cells)
    exact = rl.simulate(rates.to_network(), rl.MasterEquation(), [20.0])
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 6.2), facecolor="white")
        grid = figure.subplots(2, 2)
        figure.subplots_adjust(0.06, 0.08, 0.985, 0.95, wspace=0.3, hspace=0.52)
        draw_paths(grid[0, 0], paths)
        draw_equations(grid[0, 1], cells, fit)
        draw_network(grid[1, 1], rates)
        draw_distribution(grid[1, 0], cells, exact)
        draw_arrows(figure)
        for axes in grid.flat[:2]:
            axes.set_xticks(range(0, 21, 5))
        figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None}, dpi=100)


def draw_paths(axes: Axes, paths: xr.Dataset) -> None:
    for name, colour in COLOURS.items():
        courses = paths["paths"].sel(species=name).transpose("time", "trajectory")
        axes.step(FINE, courses, where="post", color=colour, linewidth=0.6, alpha=0.7)
        axes.lines[-1].set_label(name)
    axes.set(title=f"1  Trajectories: 10 of {TRAJECTORIES:,}", xlabel="weeks", ylabel="cells")
    axes.legend(loc="upper left")


def draw_equations(axes: Axes, cells: xr.Dataset, fit: rl.Fit) -> None:
    learned = fit.predict(FINE)["average"]
    for name, colour in COLOURS.items():
        axes.plot(FINE, learned.sel(species=name), color=INK, linewidth=1)
        axes.plot(TIMES, cells["average"].sel(species=name), "o", color=colour, markersize=3.5)
    axes.set(title="2  Equations of the averages", xlabel="weeks", ylabel="average")
    axes.text(0.97, 0.06, "\n".join(str(fit).splitlines()[:2]), ha="right", **within(axes))


def draw_network(axes: Axes, rates: rl.Rates) -> None:
    axes.set_axis_off()
    axes.set_title("3  Reactions and their rates")
    axes.text(0.0, 0.22, str(rates), family="monospace", linespacing=1.7, **within(axes))


def draw_distribution(axes: Axes, cells: xr.Dataset, exact: xr.Dataset) -> None:
    sampled, computed = (rl.marginal(results, "A", "B") for results in (cells, exact))
    distance = rl.total_variation(sampled, computed).item()
    levels = np.geomspace(RAREST, 1e-3, 5)
    shown = sampled[0].where(sampled[0] >= RAREST).T
    axes.imshow(shown, origin="lower", aspect="auto", cmap="Blues", norm=LogNorm(RAREST / 10))
    axes.contour(computed[0].T, levels, colors=COLOURS["B"], linewidths=0.9)
    axes.set(title="4  Master equation of what was learned", xlabel="A", ylabel="B")
    axes.set(xlim=(-0.5, 45), ylim=(-0.5, 125))
    words = f"week 20\nblue: trajectories\nlines: learned\ndistance {distance:.2g}"
    axes.text(0.97, 0.06, words, ha="right", **within(axes))


def draw_arrows(figure: Figure) -> None:
    for label, (begin, end) in ARROWS.items():
        style = {"arrowstyle": "simple,head_length=9,head_width=11,tail_width=4", "color": "0.6"}
        figure.add_artist(FancyArrowPatch(begin, end, transform=figure.transFigure, **style))
        upright = begin[0] == end[0]
        x, y = np.mean([begin, end], axis=0) + ((0.018, -0.008) if upright else (0, 0.03))
        figure.text(x, y, label, ha="left" if upright else "center", family="monospace")


def within(axes: Axes) -> dict[str, object]:
    return {"transform": axes.transAxes, "va": "bottom", "fontsize": 8.5}


if __name__ == "__main__":
    main()
