"""From a Matplotlib figure to SVG that takes its ink and colours from the page around it."""

import re
from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Okabe and Ito's colours, told apart by colour-blind readers."""
INK = "#1c2430"

_STYLE: Any = {
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.xmargin": 0.02,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.6,
}


def draw(name: str, inches: tuple[float, float], paint: Callable[["Figure"], None]) -> str:
    """Draw a figure and return it as an ``svg`` element.

    Parameters
    ----------
    name
        Unique on its page: it keeps the marks inside the drawings apart.
    inches
        Width and height; text is 9 points.
    paint
        Puts the axes on the figure.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=inches, layout="constrained")
        figure.patch.set_alpha(0.0)
        paint(figure)
        for axes in figure.axes:
            axes.patch.set_alpha(0.0)
        text = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(text, metadata=nothing)
    return _inline(text.getvalue())


def _inline(svg: str) -> str:
    """Without what only a file of its own needs, and with the page's colours."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r' id="[\w.]+_\d+"', "", svg)
    svg = svg.replace(INK, "currentColor")
    for i, colour in enumerate(SERIES, start=1):
        svg = svg.replace(colour, f"var(--series-{i}, {colour})")
    return svg
