"""Profiles of the deviance: intervals that follow it, and which constants it does not bound."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.arguments import expect_fraction
from ratelaw.errors import DataError
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.uncertainty.refit import refit
from ratelaw.learn.rates.uncertainty.valley import Valley

if TYPE_CHECKING:
    from ratelaw.learn.rates.fit_rates import Data


@dataclass(frozen=True)
class Profile:
    """The least deviance as a function of one constant.

    Attributes
    ----------
    name, reaction
        Of the constant, ``"k1"``, and its reaction.
    estimate, standard_error
        At the minimum.
    lower, upper
        Ends of the interval; 0 below if the reaction may be absent, infinity above if the deviance
        does not bound the constant.
    level
        Of the interval.
    values, rise
        Shape (P,): where it was computed, increasing, and by how much the deviance rises there
        above its minimum, in units in which it is chi-square.
    constants
        All constants at these minima, shape (P, M).

    Examples
    --------
    >>> nothing = np.empty(0)
    >>> Profile("k1", "0 --> A", 1.0, 0.6, 0.0, 2.5, 0.95, nothing, nothing, nothing).verdict
    'may be absent'
    """

    name: str
    reaction: str
    estimate: float
    standard_error: float
    lower: float
    upper: float
    level: float
    values: np.ndarray
    rise: np.ndarray
    constants: np.ndarray

    @property
    def threshold(self) -> float:
        """The rise of the deviance at which the interval ends: a quantile of chi-square."""
        from scipy.stats import chi2

        return float(chi2.ppf(self.level, 1))

    @property
    def verdict(self) -> str:
        """In words: whether the data bound the constant, practically."""
        if np.isinf(self.upper):
            least = "" if self.lower == 0 else f" above {self.lower:.4g}"
            return f"not identifiable{least}: the data do not bound it up to {self.values[-1]:.3g}"
        return "identifiable" if self.lower > 0 else "may be absent"


@dataclass(frozen=True)
class Profiles(Sequence[Profile]):
    """Of several constants, in the order of the candidates.

    Attributes
    ----------
    profiles
        At least one.

    Examples
    --------
    >>> nothing = np.empty(0)
    >>> print(Profiles((Profile("k1", "A --> 0", 1, 0.6, 0, 2.5, 0.9, nothing, nothing, nothing),)))
    A --> 0  k1 = 1 ± 0.6  [0, 2.5]  may be absent
    [90% intervals of the profile]
    """

    profiles: tuple[Profile, ...]

    def __getitem__(self, place: int) -> Profile:  # type: ignore[override]
        return self.profiles[place]

    def __len__(self) -> int:
        return len(self.profiles)

    @property
    def intervals(self) -> np.ndarray:
        """Lower and upper ends, shape (profiles, 2)."""
        return np.array([(profile.lower, profile.upper) for profile in self])

    def __str__(self) -> str:
        level = self.profiles[0].level
        width = max(len(profile.reaction) for profile in self)
        rows = [
            f"{p.reaction:<{width}}  {p.name} = {p.estimate:.6g} ± {p.standard_error:.2g}  "
            f"[{p.lower:.5g}, {p.upper:.5g}]  {p.verdict}"
            for p in self
        ]
        return "\n".join([*rows, f"[{level:.0%} intervals of the profile]"])


def profile(
    rates: Rates,
    data: "Data | Sequence[Data]",
    method: CriterionMethod | None = None,
    *,
    reactions: Sequence[str] | None = None,
    level: float = 0.95,
) -> Profiles:
    r"""Intervals of constants by the profile of the deviance, which need not be a parabola.

    .. math:: \Bigl\{x : \min_{k \ge 0,\, k_j = x} D(k) - \min_{k \ge 0} D(k)
        \le \chi^2_1(level)\Bigr\}

    Parameters
    ----------
    rates
        Which reactions are present, and where to look for the minimum.
    data, method
        From which they were estimated; the method of `fit_rates` unless told.
    reactions
        Of which constants, ``["A --> 2 A"]``; of all present ones unless told. One that is absent
        is added to those present: its upper end says how slow it must be.
    level
        Between 0 and 1.

    Returns
    -------
    A profile a constant; printed they are a table.

    Raises
    ------
    DataError
        If no reaction is present, a reaction is no candidate, or the method does not take the data.
    SolverError
        If the deviance falls below that of the rates, or a search does not end.

    Notes
    -----
    Raue et al. 2009, who call a constant practically not identifiable if its interval does not end.
    The threshold is that of one free constant; where the minimum is at 0 it is wider than it need
    be. Weights that come from a sample widen it by the factor of `Rates.covariance`.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> found = profile(fit_rates(zoo.birth_death(), cells), cells)
    >>> found[0].lower < 10 < found[0].upper
    True
    """
    from scipy.stats import norm

    expect_fraction("level", level, "0.95")
    criterion, best = refit(rates, data, method)
    names = [str(reaction) for reaction in criterion.candidates.reactions]
    for wanted in reactions or ():
        if wanted not in names:
            raise DataError(f"'{wanted}' is none of the candidates: {', '.join(names)}")
    chosen = [j for j, n in enumerate(names) if (n in reactions if reactions else best.present[j])]
    found = []
    for j in chosen:
        whole = best
        if not best.fitted[j]:
            fitted = best.fitted | (np.arange(len(names)) == j)
            whole = criterion.fit(fitted, best.constants)
        widened = float(criterion.rates(whole).covariance[j, j])
        within = float(whole.covariance[j, j])
        wider = widened / within if within > 0 else 1.0
        valley = Valley(criterion, whole, j, float(norm.isf((1 - level) / 2) * np.sqrt(wider)))
        found.append(_profile(names[j], valley, level, wider))
    return Profiles(tuple(found))


def _profile(reaction: str, valley: Valley, level: float, wider: float) -> Profile:
    below, above = valley.walk(-1), valley.walk(+1)
    points = [*reversed(below.points), *above.points[1:]]
    points = sorted((p for p in points if np.isfinite(p.root)), key=lambda p: p.value)
    return Profile(
        name=f"k{valley.place + 1}",
        reaction=reaction,
        estimate=valley.centre.value,
        standard_error=valley.unit * float(np.sqrt(wider)),
        lower=below.end,
        upper=above.end,
        level=level,
        values=np.array([p.value for p in points]),
        rise=np.array([p.root**2 / wider for p in points]),
        constants=np.array([p.fitted for p in points]),
    )
