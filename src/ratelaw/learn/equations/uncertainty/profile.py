"""Profiles of the misfit: intervals of coefficients that need not be symmetric."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ratelaw.arguments import expect_fraction
from ratelaw.errors import DataError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.inverse_problem import Point, Solution
from ratelaw.learn.equations.refit import Refit, refit
from ratelaw.learn.equations.uncertainty.crossing import Place, crossing

STEPS = 30
"""On one side, at most."""
STRIDE = 0.5
"""Of the way to the end of the interval that a step should make."""
SECANTS, CLOSE = 3, 1e-3
"""At an end of the interval, at most, and the relative error of the root that is near enough."""
VANISHED = 1e-9
"""A share of an estimate > 0 that counts as none."""


@dataclass(frozen=True)
class CoefficientProfile:
    """The least misfit as a function of one coefficient or shape parameter.

    Attributes
    ----------
    name
        Of the term or parameter.
    estimate, standard_error
        At the minimum.
    lower, upper
        Ends of the interval: 0 below where a term may be absent, infinite where data set none.
    level
        Of the interval.
    values, rise
        Shape (P,): where it was computed, increasing, and the rise of the misfit in units in which
        it is chi-square.

    Examples
    --------
    >>> nothing = np.empty(0)
    >>> CoefficientProfile("A --> 0", 1.0, 0.6, 0.0, 2.5, 0.95, nothing, nothing).verdict
    'may be absent'
    """

    name: str
    estimate: float
    standard_error: float
    lower: float
    upper: float
    level: float
    values: np.ndarray
    rise: np.ndarray

    @property
    def verdict(self) -> str:
        """In words: whether the data bound it, practically."""
        if not (np.isfinite(self.lower) and np.isfinite(self.upper)):
            return "not identifiable: the data set no end"
        return "may be absent" if self.lower <= 0 <= self.upper else "identifiable"


def profile_coefficients(
    fit: Fit,
    data: Experiments,
    *,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> tuple[CoefficientProfile, ...]:
    r"""Intervals by holding one coefficient and fitting all else, starts included.

    .. math:: \Bigl\{x : \min_{\theta_c = x} \chi^2 - \min \chi^2 \le q^2\Bigr\}

    Parameters
    ----------
    fit, data
        What was learned, and from what.
    names
        Of terms as in `Fit.found` and of shape parameters; all unless given.
    level
        Between 0 and 1; q is Student's quantile where the noise was estimated.

    Raises
    ------
    DataError
        If a name is none of the fit's, or the level is none.

    Notes
    -----
    Raue et al. 2009; the noise is held at that of the best fit.

    Examples
    --------
    >>> from ratelaw import Network, ODENet, ReactionLibrary
    >>> from ratelaw.learn.data.examples import pinene
    >>> data = Experiments.of(pinene(), exact_start=True)
    >>> fit = ODENet(ReactionLibrary(Network.parse("pinene --> dipentene, 1"))).fit(data)
    >>> (found,) = profile_coefficients(fit, data)
    >>> found.lower < found.estimate < found.upper
    True
    """
    expect_fraction("level", level, "0.95")
    again = refit(fit, data)
    for name in names or ():
        if name not in again.names:
            raise DataError(f"{name!r} is none of the fit's: {', '.join(again.names)}")
    chosen = [j for j, name in enumerate(again.names) if names is None or name in names]
    return tuple(_profile(again, j, level) for j in chosen)


def _profile(again: Refit, place: int, level: float) -> CoefficientProfile:
    valley = _Valley(again, place, level)
    lower, upper = valley.walk(-1), valley.walk(+1)
    points = sorted(valley.seen.items())
    return CoefficientProfile(
        again.names[place],
        float(again.unknowns[place]),
        float(again.standard_errors[place]),
        lower,
        upper,
        level,
        np.array([value for value, _ in points]),
        np.array([rise for _, rise in points]),
    )


@dataclass
class _Valley:
    """The misfit along one unknown; every fit starts from one near by."""

    again: Refit
    place: int
    level: float
    seen: dict[float, float] = field(default_factory=dict)

    def walk(self, side: int) -> float:
        """The end of the interval on one side of the estimate."""
        centre = float(self.again.unknowns[self.place])
        stride = STRIDE * self.again.quantile(self.level) * self.again.standard_errors[self.place]
        target = self.again.quantile(self.level)
        positive = bool(self.again.positive[self.place])
        if not (np.isfinite(stride) and stride > 0):
            stride = abs(centre) or 1.0
        below = Place(centre, 0.0, self.again.solution)
        self.seen[centre] = 0.0
        for _ in range(STEPS):
            ahead = below.value + side * stride
            if positive and ahead <= 0:
                ahead = below.value / 4
            if positive and ahead < VANISHED * centre:
                return 0.0
            found = self._held(below.fitted, ahead)
            if found.root >= target:
                return crossing(self._held, below, found, target, secants=SECANTS, close=CLOSE)
            stride *= 2.0 if found.root - below.root < STRIDE * target / 2 else 1.0
            below = replace(found, root=max(found.root, below.root))
        return side * np.inf if side > 0 or not positive else 0.0

    def _held(self, near: Solution, value: float) -> Place[Solution]:
        """The best fit with the unknown at a value."""
        unknowns = np.concatenate([near.point.theta, near.point.shape])
        unknowns[self.place] = value
        count = len(near.point.theta)
        held = np.arange(len(unknowns)) == self.place
        start = Point(unknowns[:count], unknowns[count:], near.point.starts)
        found = near.problem.fit(start, held)
        best = self.again.solution
        unit = best.problem.law.rise_factor(best.residuals) * self.again.inflation
        rise = (found.chi_square - best.chi_square) / unit
        self.seen[value] = max(rise, 0.0)
        return Place(value, float(np.sqrt(max(rise, 0.0))), found)
