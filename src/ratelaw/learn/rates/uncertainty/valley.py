"""The floor of the deviance along one constant, followed until it has risen far enough."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ratelaw.errors import DataError, SolverError
from ratelaw.learn.equations.uncertainty.crossing import Place, secant
from ratelaw.learn.rates.criterion import Criterion, Estimate

FITS = 8
"""On each side, at most."""
CLOSE = 0.1
"""Of the height, relative: what is left of the way is gone along the secant."""
GROWTH = 4.0
"""Times the distance gone, at most, in one step."""
STEEP, LEAST_SHARE = 2.0, 0.25
"""Times the height, above which a secant is no guide, and what is gone of the way there."""
REACH = 30.0
"""Times the constant where the parabola ends: farther out nothing is looked for."""
KEPT = 0.1
"""Of a constant, at least, where the next search begins."""
BELOW = 0.02
"""That a deviance may be below the least: searches end within twice 1e-3 of it."""


Point = Place[np.ndarray]
"""The held constant, the root of the rise of the deviance, and all constants there."""


@dataclass(frozen=True)
class Wall:
    """Where the deviance has risen enough, and the points on the way, from the minimum on."""

    end: float
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Valley:
    r"""Minima of the deviance with one constant held.

    The root :math:`\sqrt{D - \hat D}` is nearly linear in the constant, so that secants find the
    place where it is `height`.
    """

    criterion: Criterion
    best: Estimate
    place: int
    height: float

    @property
    def centre(self) -> Point:
        """The minimum."""
        return Point(float(self.best.constants[self.place]), 0.0, self.best.constants)

    @cached_property
    def unit(self) -> float:
        """The standard error, or what it would be if a constant at 0 were above."""
        variance = self._covariance[self.place, self.place]
        return float(np.sqrt(variance)) if variance > 0 else self.centre.value or 1.0

    @cached_property
    def _covariance(self) -> np.ndarray:
        lifted = self.best.constants.copy()
        lifted[self.place] = lifted[self.place] or 1.0
        return replace(self.best, constants=lifted).covariance

    def walk(self, side: int) -> Wall:
        """Up (1) or down (-1) to the height."""
        below, above, near = [self.centre], None, False
        if side < 0 and self.centre.value == 0:
            return Wall(0.0, tuple(below))
        value = self._first(side)
        farthest = REACH * max(value, self.centre.value)
        for _ in range(FITS):
            try:
                point = self._point(value, below)
            except SolverError:
                break
            if point.root > self.height:
                above = point
            else:
                below.append(point)
            near = abs(point.root - self.height) < CLOSE * self.height
            if near or (value in {0.0, farthest} and point is not above):
                break
            value = min(self._next(below, above), farthest)
        if not (near or above):
            return Wall(0.0 if side < 0 else np.inf, tuple(below))
        return Wall(self._next(below, above), (*below, above) if above else tuple(below))

    def _first(self, side: int) -> float:
        """Where the parabola has the height, not too far; at 0 it may begin with a slope."""
        centre, curvature = self.centre.value, self.unit**-2
        slope = self.best.gradient[self.place] if centre == 0 else 0.0
        gone = (slope + np.sqrt(slope**2 + curvature * self.height**2)) / curvature
        gone = min(gone, GROWTH * centre) if centre > 0 else gone
        return max(centre + side * float(gone), 0.0)

    def _next(self, below: list[Point], above: Point | None) -> float:
        """Where the secant has the height; without a point above it, not too far."""
        last = below[-1]
        if above:
            is_steep = above.root > STEEP * self.height
            return secant(last, above, self.height, LEAST_SHARE if is_steep else 0.0)
        rise = last.root - below[-2].root
        farthest = GROWTH * (last.value - self.centre.value)
        gone = (self.height - last.root) * (last.value - below[-2].value) / rise if rise else np.inf
        if not 0 < gone / farthest < 1:
            gone = farthest
        return max(last.value + gone, 0.0)

    def _point(self, value: float, below: list[Point]) -> Point:
        """The minimum with the constant held there; infinitely high where nothing explains data."""
        last = below[-1]
        if len(below) > 1:
            slope = (last.fitted - below[-2].fitted) / (last.value - below[-2].value)
        else:
            slope = self._covariance[:, self.place] / self.unit**2
        start = last.fitted + slope * (value - last.value)
        start = np.maximum(start, KEPT * last.fitted)
        start[self.place] = value
        fitted = self.best.fitted.copy()
        fitted[self.place] = False
        try:
            found = self.criterion.fit(fitted, start)
        except DataError:
            return Point(value, np.inf, start)
        rise = found.deviance - self.best.deviance
        if rise < -BELOW:
            raise SolverError(
                f"k{self.place + 1} = {value:.6g} fits better than the estimate "
                f"{self.centre.value:.6g}, by {-rise:.2g} in the deviance: fit again from there"
            )
        return Point(value, float(np.sqrt(max(rise, 0.0))), found.constants)
