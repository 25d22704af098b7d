"""What data say of each parameter of a problem: by curvature where it suffices, else by profile."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.equations.uncertainty.crossing import Place, crossing
from ratelaw.learn.petab.descent import Minimum, descend
from ratelaw.learn.petab.objective import Objective
from ratelaw.learn.petab.petab_fit import SAME

WIDTH = 1.96
ENOUGH = WIDTH / 2**0.5
"""Root of the rise of the objective at the ends of an interval of 95 %."""
REFINED, CLOSE = 8, 0.03
"""Secants at most, and a relative error of the root at which no more is needed."""
LEAST_SHARE = 0.2
"""Of the way, which a secant goes at least, and leaves."""
AT_BOUND = 1e-3
"""Of the range between its bounds: a parameter farther from both has met neither."""
FIRST_STRIDE = 0.02, 0.25
"""Least and most of the range that the first step of a profile goes; no least on linear scales."""
STEPS = 20
NEAR = 0.05
"""Of what moves the objective by 1/2: the length of a difference, and how near a bound is met."""
FLAT = 4.0
"""Curvature in units of the bounds: with less, the standard error is half of their range."""
NOTHING = 1e-8
"""Curvature in these units that stands for none."""
SHOWN = 0.1
"""Weights of a direction below this are not told."""


@dataclass(frozen=True)
class Ends:
    """An interval on the scale, and whether the data set its lower and upper end."""

    places: tuple[float, float]
    given: tuple[bool, bool]


class SurpassedError(Exception):
    """A profile has found a better point than the one it began at."""

    def __init__(self, better: Minimum) -> None:
        self.better = better
        super().__init__(f"a profile has found the objective {better.judged.objective:g}")


def met_bounds(objective: Objective, best: Minimum) -> np.ndarray:
    """-1 at a lower bound, 1 at an upper one, 0 where the data tell it from both, shape (Q,)."""
    near = np.minimum(AT_BOUND * (objective.upper - objective.lower), _nudge(best))
    below, above = best.point - objective.lower <= near, objective.upper - best.point <= near
    return above.astype(int) - below.astype(int)


def _nudge(best: Minimum) -> np.ndarray:
    """What the data hardly notice of each parameter alone, shape (Q,)."""
    information = np.diagonal(best.judged.information)
    return NEAR / np.sqrt(np.maximum(information, np.finfo(float).tiny))


@dataclass(frozen=True)
class Curvature:
    r"""Second derivatives of the objective at its minimum, in units of the bounds.

    .. math:: H_{ij} = (u_i - l_i)(u_j - l_j)
        \frac{\partial^2 J}{\partial \theta_i \partial \theta_j}
        = \sum_k \lambda_k v_{ki} v_{kj}

    Attributes
    ----------
    free
        What is not at a bound, shape (Q,).
    values, vectors
        Eigenvalues (F,), and eigenvectors as columns (F, F), of the free ones.
    span
        u - l, shape (Q,).
    """

    free: np.ndarray
    values: np.ndarray
    vectors: np.ndarray
    span: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """On the scales, shape (Q, Q): 0 for what is at a bound, very large where it is flat."""
        inner = (self.vectors / np.maximum(self.values, NOTHING)) @ self.vectors.T
        found = np.zeros((len(self.free), len(self.free)))
        found[np.ix_(self.free, self.free)] = inner
        return found * np.outer(self.span, self.span)

    def undetermined(self, names: Sequence[str]) -> tuple[str, ...]:
        """Directions, in words, along which the objective is nearly flat."""
        chosen = np.array(names)[self.free]
        span = self.span[self.free]
        return tuple(_in_words(chosen, span * v) for v in self.vectors.T[self.values < FLAT])


def curvature_of(objective: Objective, best: Minimum) -> Curvature:
    """By differences of the exact gradient; by Fisher's information where there are none."""
    free, span = met_bounds(objective, best) == 0, objective.upper - objective.lower
    places = np.flatnonzero(free)
    information = best.judged.information
    try:
        rows = [_slope(objective, best, i) for i in places.tolist()]
    except SolverError:
        rows = [*information[places]]
    matrix = np.array(rows).reshape(len(places), len(free))[:, free]
    scaled = (matrix + matrix.T) / 2 * np.outer(span[free], span[free])
    values, vectors = np.linalg.eigh(scaled) if places.size else (np.empty(0), np.empty((0, 0)))
    return Curvature(free, values, vectors, span)


def _slope(objective: Objective, best: Minimum, place: int) -> np.ndarray:
    """The derivative of the gradient by one parameter, shape (Q,)."""
    step = np.zeros(len(best.point))
    step[place] = min(
        _nudge(best)[place], NEAR * AT_BOUND * (objective.upper - objective.lower)[place]
    )
    ahead, behind = (objective.judge(best.point + side * step) for side in (1, -1))
    return (ahead.gradient - behind.gradient) / (2 * step[place])


def _in_words(names: np.ndarray, weights: np.ndarray) -> str:
    weights = weights / np.abs(weights).max() * np.sign(weights[np.abs(weights).argmax()])
    order = np.argsort(-np.abs(weights))
    return ", ".join(f"{weights[i]:+.2g} {names[i]}" for i in order if abs(weights[i]) > SHOWN)


def ends_of(objective: Objective, best: Minimum, place: int, error: float) -> Ends:
    """The interval of a parameter; profiled only where a parabola would leave the bounds.

    Raises
    ------
    SurpassedError
        If the profile leads to a better point.
    """
    centre = best.point[place]
    bounds = objective.lower[place], objective.upper[place]
    parabola = centre - WIDTH * error, centre + WIDTH * error
    if error > 0 and bounds[0] < parabola[0] and parabola[1] < bounds[1]:
        return Ends(parabola, (True, True))
    walked = [_walk(objective, best, place, side) for side in (-1, 1)]
    return Ends((walked[0][0], walked[1][0]), (walked[0][1], walked[1][1]))


def _walk(objective: Objective, best: Minimum, place: int, side: int) -> tuple[float, bool]:
    """Where the least objective has risen enough, and whether it has before the bound."""
    bound = float((objective.lower if side < 0 else objective.upper)[place])
    span = objective.upper[place] - objective.lower[place]
    curvature = best.judged.information[place, place]
    least, most = FIRST_STRIDE
    least = 0.0 if objective.linear[place] else least
    stride = np.clip(WIDTH / np.sqrt(max(curvature, 1e-300)) / span, least, most) * span
    inside = Place(float(best.point[place]), 0.0, best.point)

    def held(near: np.ndarray, value: float) -> Place[np.ndarray]:
        """The least objective with the parameter held, from near by."""
        start = near.copy()
        start[place] = value
        found = descend(objective, start, np.arange(len(start)) == place)
        if not found.settled:
            raise SolverError(f"the descent was cut off with the parameter at {value:g}")
        rise = found.judged.objective - best.judged.objective
        if rise < -SAME:
            raise SurpassedError(found)
        return Place(value, float(np.sqrt(max(rise, 0.0))), found.point)

    for _ in range(STEPS):
        if inside.value == bound:
            return bound, False
        ahead = inside.value + side * min(stride, abs(bound - inside.value))
        try:
            found = held(inside.fitted, ahead)
            if found.root > ENOUGH:
                end = crossing(
                    held, inside, found, ENOUGH,
                    secants=REFINED, close=CLOSE, least_share=LEAST_SHARE,
                )  # fmt: skip
                return end, True
        except SolverError:  # too far at once
            stride /= 4
            continue
        inside, stride = found, 2 * stride
    return inside.value, False
