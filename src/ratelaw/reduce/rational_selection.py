"""Which slow species and which terms the ratios need, and when the transient is over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ratelaw.errors import DataError
from ratelaw.reduce.rational_form import RationalForm
from ratelaw.reduce.rational_regression import Ratios, fit_ratios

LEAST_LEFT = 0.5
"""The part of every slow species' range that must be left after the transient."""
TRIED = 8
"""Terms that are tried at each removal, those with the smallest shares."""
ROUNDING = 1e-9
"""Of the largest number: a species counts as moving over no less."""
SURE = 5.0
"""Standard deviations of the noise that a misfit may reach."""


@dataclass(frozen=True)
class Course:
    """One data set: times (T,), concentrations (T, slow) and (T, F), and slow ones smoothed."""

    times: np.ndarray
    slow: np.ndarray
    fast: np.ndarray
    smooth: np.ndarray

    def after(self, time: float) -> "Course":
        """What was measured from this time on."""
        kept = self.times >= time
        return Course(self.times[kept], self.slow[kept], self.fast[kept], self.smooth[kept])


@dataclass(frozen=True)
class Errors:
    """What may be missed of each species, concentrations: noise, and the accuracy asked for."""

    noise: np.ndarray
    accuracy: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Both together, shape (F,)."""
        return np.hypot(self.noise, self.accuracy)


def spans(values: np.ndarray) -> np.ndarray:
    """Range of each species, shape (N,), from values (T, N); above rounding even where it rests."""
    return np.maximum(np.ptp(values, axis=0), ROUNDING * np.abs(values).max())


def select(
    courses: Sequence[Course],
    fast: Sequence[str],
    slow: Sequence[str],
    degree: int,
    errors: Errors,
) -> tuple[Ratios, float]:
    """The smallest ratios that describe the data within their errors, and from when on.

    Fewer slow species first, then earlier ends of the transient; then the term that is missed least
    is removed, again and again, as long as the description stays within the errors.

    Returns
    -------
    The ratios, and the end of the transient.

    Raises
    ------
    DataError
        If there is no such description within the data.
    """
    for count in range(len(slow) + 1):
        for chosen in combinations(range(len(slow)), count):
            form = RationalForm.complete(fast, [slow[i] for i in chosen], degree)
            found = _earliest(form, courses, chosen, errors)
            if found is not None:
                ratios, start = found
                return _pruned(ratios, courses, start, chosen, errors), start
    raise DataError(
        f"{', '.join(fast)} do not become ratios of polynomials of degree {degree} in "
        f"{', '.join(slow)} while these still move: the data end before the transient is over, "
        f"these species are not fast, or the degree is too small"
    )


def _earliest(
    form: RationalForm, courses: Sequence[Course], chosen: Sequence[int], errors: Errors
) -> tuple[Ratios, float] | None:
    """The ratios from the earliest end of the transient after which they are within the errors.

    Found by bisection: the later, the better they fit.
    """
    starts = _starts(courses, form)
    found = None
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        ratios = _fit(form, [c.after(starts[middle]) for c in courses], chosen, errors)
        if _within(ratios, courses, starts[middle], errors):
            found, high = (ratios, float(starts[middle])), middle
        else:
            low = middle + 1
    return found


def _starts(courses: Sequence[Course], form: RationalForm) -> np.ndarray:
    """Ends of the transient that leave enough values, and enough motion of every slow species."""
    everything = np.concatenate([course.smooth for course in courses])
    enough = []
    for start in np.unique(np.concatenate([course.times for course in courses])):
        left = np.concatenate([course.smooth[course.times >= start] for course in courses])
        motion = np.ptp(left, axis=0) >= LEAST_LEFT * np.ptp(everything, axis=0)
        if not motion.all() or left.shape[0] * len(form.fast) < 2 * len(form.free):
            break
        enough.append(start)
    return np.array(enough)


def _fit(
    form: RationalForm,
    courses: Sequence[Course],
    chosen: Sequence[int],
    errors: Errors,
    denominator: np.ndarray | None = None,
) -> Ratios:
    slow = np.concatenate([course.smooth for course in courses])[:, list(chosen)]
    fast = np.concatenate([course.fast for course in courses])
    return fit_ratios(form, slow, fast, errors.total, denominator)


def _within(ratios: Ratios, courses: Sequence[Course], start: float, errors: Errors) -> bool:
    """Whether the misfit is within the accuracy, but for noise, at every time and on average.

    Averages are over the first 1, 2, 4, ... times of each course, where a transient would show.
    """
    accuracy, noise = errors.accuracy / errors.total, errors.noise / errors.total
    lengths = [int((course.times >= start).sum()) for course in courses]
    for part in np.split(ratios.residuals, np.cumsum(lengths)[:-1]):
        if (np.abs(part) > accuracy + SURE * noise).any():
            return False
        for length in 2 ** np.arange(1, int(np.log2(max(len(part), 1))) + 1):
            limit = accuracy + SURE * noise / np.sqrt(length)
            if (np.abs(part[:length].mean(axis=0)) > limit).any():
                return False
    return True


def _pruned(
    ratios: Ratios,
    courses: Sequence[Course],
    start: float,
    chosen: Sequence[int],
    errors: Errors,
) -> Ratios:
    """Without the terms whose removal costs less than the Bayesian information criterion's price.

    Systematic misfits within the accuracy are free: they may add its square for every value.
    """
    kept = [course.after(start) for course in courses]
    values = ratios.residuals.size
    free = float(np.square(errors.accuracy / errors.total).mean() * values)
    best = ratios
    while len(best.form.free) > 1:
        smaller = [
            _fit(replace(best.form, active=active), kept, chosen, errors, best.denominator)
            for active in _without_one(best)
        ]
        cheapest = min(smaller, key=lambda r: r.chi_square)
        saved = len(ratios.form.free) - len(cheapest.form.free)
        affordable = cheapest.chi_square <= ratios.chi_square + saved * np.log(values) + free
        if not (affordable and _within(cheapest, kept, start, errors)):
            break
        best = cheapest
    return best


def _without_one(ratios: Ratios) -> Iterator[np.ndarray]:
    """The active terms but one of those with the smallest shares; the denominator keeps one."""
    places = np.argwhere(ratios.form.active)
    for row, monomial in places[np.argsort(ratios.shares)[:TRIED]]:
        active = ratios.form.active.copy()
        active[row, monomial] = False
        if active[-1].any():
            yield active
