"""What data say of each parameter of a problem: by curvature where it suffices, else by profile."""

from dataclasses import dataclass

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.petab.descent import Minimum, descend
from ratelaw.learn.petab.objective import Objective

RISE = 1.9207
"""Of the objective at the ends of an interval of 95 %: half the quantile of chi-square."""
WIDTH = 1.96
AT_BOUND = 1e-3
"""Of the range between its bounds: a parameter so near to one has met it."""
FIRST_STRIDE = 0.02, 0.25
"""Least and most of the range that the first step of a profile goes."""
STEPS = 20
FLAT = 4.0
"""Information in units of the bounds: with less, the standard error is half of their range."""
SHOWN = 0.1
"""Weights of a direction below this are not told."""


@dataclass(frozen=True)
class Ends:
    """An interval on the scale, and whether the data set its lower and upper end."""

    places: tuple[float, float]
    given: tuple[bool, bool]


def met_bounds(objective: Objective, point: np.ndarray) -> np.ndarray:
    """-1 at a lower bound, 1 at an upper one, 0 between, shape (Q,)."""
    near = AT_BOUND * (objective.upper - objective.lower)
    below, above = point - objective.lower <= near, objective.upper - point <= near
    return above.astype(int) - below.astype(int)


def covariance_of(best: Minimum, free: np.ndarray) -> np.ndarray:
    """The inverse of the information of what is free, 0 elsewhere; infinite without curvature."""
    information = best.judged.information[np.ix_(free, free)]
    scale = np.sqrt(np.maximum(np.diagonal(information), np.finfo(float).tiny))
    found = np.zeros((len(free), len(free)))
    found[np.ix_(free, free)] = np.linalg.pinv(
        information / np.outer(scale, scale), rcond=1e-12, hermitian=True
    ) / np.outer(scale, scale)
    return found


def undetermined_directions(
    objective: Objective, best: Minimum, free: np.ndarray
) -> tuple[str, ...]:
    """Combinations of free parameters, in words, that the information leaves open."""
    names = np.array(objective.names)[free]
    span = (objective.upper - objective.lower)[free]
    information = best.judged.information[np.ix_(free, free)] * np.outer(span, span)
    values, vectors = np.linalg.eigh(information)
    return tuple(
        _in_words(names, span * vector) for vector in vectors.T[values < FLAT]
    )


def _in_words(names: np.ndarray, weights: np.ndarray) -> str:
    weights = weights / np.abs(weights).max() * np.sign(weights[np.abs(weights).argmax()])
    order = np.argsort(-np.abs(weights))
    return ", ".join(f"{weights[i]:+.2g} {names[i]}" for i in order if abs(weights[i]) > SHOWN)


def ends_of(objective: Objective, best: Minimum, place: int, error: float) -> Ends:
    """The interval of a parameter; profiled only where a parabola would leave the bounds."""
    centre = best.point[place]
    bounds = objective.lower[place], objective.upper[place]
    parabola = centre - WIDTH * error, centre + WIDTH * error
    if error > 0 and bounds[0] < parabola[0] and parabola[1] < bounds[1]:
        return Ends(parabola, (True, True))
    walked = [_walk(objective, best, place, side) for side in (-1, 1)]
    return Ends((walked[0][0], walked[1][0]), (walked[0][1], walked[1][1]))


def _walk(objective: Objective, best: Minimum, place: int, side: int) -> tuple[float, bool]:
    """Where the least objective has risen enough, or the bound; and whether it has."""
    bound = (objective.lower if side < 0 else objective.upper)[place]
    span = objective.upper[place] - objective.lower[place]
    curvature = best.judged.information[place, place]
    stride = np.clip(WIDTH / np.sqrt(max(curvature, 1e-300)) / span, *FIRST_STRIDE) * span
    held = np.arange(len(best.point)) == place
    point, value, root = best.point, best.point[place], 0.0
    for _ in range(STEPS):
        if value == bound:
            return float(bound), False
        ahead = value + side * min(stride, abs(bound - value))
        start = point.copy()
        start[place] = ahead
        try:
            found = descend(objective, start, held)
        except SolverError:
            return float(ahead), True
        after = float(np.sqrt(max(found.judged.objective - best.judged.objective, 0.0)))
        if after**2 > RISE:
            share = (np.sqrt(RISE) - root) / (after - root)
            return float(value + share * (ahead - value)), True
        point, value, root, stride = found.point, ahead, after, 2 * stride
    return float(value), False
