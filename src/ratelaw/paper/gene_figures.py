"""The figures of the second example: which panels, in which words."""

import numpy as np

from ratelaw.paper.gene import GeneReduction
from ratelaw.report import Figure, Number, Panel
from ratelaw.report.curves import Curve, draw_curves

SECONDS = "time (s)"
UNIT = "concentration"
MARKS = 24
"""How many crosses stand on a course."""


def course_figure(run: GeneReduction) -> Figure:
    """Every species: full, derived and learned (Yang 2020, Fig. 4)."""
    slow = [_panel(run, name, logarithmic=False) for name in run.scales.slow]
    fast = [_panel(run, name, logarithmic=True) for name in run.scales.fast]
    return Figure(
        "Figure 4. The full network (lines), the derived quasi-steady state (dashes) and the "
        "learned reduction (crosses). Slow species on even time; fast ones on logarithmic time, "
        "which shows the initial layer that no reduction follows.",
        (*slow, *fast),
        columns=3,
    )


def extra_figure(run: GeneReduction) -> Figure:
    """The sum that should vanish, against the rate it is part of (Yang 2020, Eq. 16)."""
    extra, rate = run.learned.extra_terms("P")
    panel = Panel(
        draw_curves(
            [
                Curve("dP/dt", run.learned.times, np.abs(rate), 0),
                Curve("sum of the four extra terms", run.learned.times, np.abs(extra), 1),
            ],
            name="extra",
            title="Extra terms of dP/dt",
            unit="absolute rate (per s)",
            time=SECONDS,
            logarithmic_values=True,
        ),
        f"The rate of P falls from {Number(abs(rate[0]), digits=2)} to "
        f"{Number(abs(rate[-1]), digits=2)}; the sum of the extra terms stays below "
        f"{Number(float(np.abs(extra).max()), digits=2)}.",
    )
    return Figure(
        "With the learned ratios in Eq. (16), four terms of dP/dt should cancel. Their sum, beside "
        f"dP/dt itself: at most {Number(100 * extra_share(run), digits=2, unit='%')} of its "
        "largest value.",
        (panel,),
        columns=2,
    )


def extra_share(run: GeneReduction) -> float:
    """The largest sum of the extra terms, as a fraction of the largest dP/dt."""
    extra, rate = run.learned.extra_terms("P")
    return float(np.abs(extra).max() / np.abs(rate).max())


def _panel(run: GeneReduction, name: str, *, logarithmic: bool) -> Panel:
    def course(data: object) -> np.ndarray:
        return data["average"].sel(species=name).values  # type: ignore[index]

    times = run.full["time"].values
    full, derived, learned = (
        course(data) for data in (run.full, run.lifted["quasi-steady state"], run.lifted["learned"])
    )
    shown = _marks(times, logarithmic=logarithmic)
    svg = draw_curves(
        [
            Curve("full", times, full, int(logarithmic)),
            Curve("quasi-steady state", times, derived, None, "--"),
            Curve("learned", times[shown], learned[shown], None, "x"),
        ],
        name=f"gene-{name}",
        title=name,
        unit=UNIT,
        time=SECONDS,
        logarithmic=logarithmic,
    )
    late = times >= 5.0  # noqa: PLR2004
    apart = np.abs(learned - full)[late].max()
    return Panel(
        svg,
        f"{name} over {times[-1]:g} s goes from {Number(full[0], digits=2)} to "
        f"{Number(full[-1], digits=2)}; after 5 s the learned course is at most "
        f"{Number(float(apart), digits=2)} off.",
    )


def _marks(times: np.ndarray, *, logarithmic: bool) -> np.ndarray:
    """Positions of evenly spread times."""
    wanted = (
        np.geomspace(times[1], times[-1], MARKS)
        if logarithmic
        else np.linspace(times[0], times[-1], MARKS)
    )
    return np.unique(np.searchsorted(times, wanted).clip(0, len(times) - 1))
