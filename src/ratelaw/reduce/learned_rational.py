"""The paper's way: fast species as ratios of polynomials, learned from courses of all species."""

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.arguments import expect_fraction, expect_whole
from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.reduce.courses import require_course
from ratelaw.reduce.method import Learner, as_names
from ratelaw.reduce.rational_fit import RationalFit
from ratelaw.reduce.rational_form import RationalForm
from ratelaw.reduce.rational_problem import RationalProblem
from ratelaw.reduce.rational_selection import Course, Errors, select, spans
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.reduce.splitting import fast_laws, fast_species
from ratelaw.reduce.swiftness import noise

if TYPE_CHECKING:
    import xarray as xr

FEWEST_TIMES = 8
SAFETY = 2.0
"""Data are used from this many times the end of the transient on."""
SAME_TOTAL = 0.01
"""Conserved totals that differ by less are the same."""


@dataclass(frozen=True)
class LearnedRational(Learner):
    r"""Fast species as ratios of polynomials in the slow ones, fitted through the slow equations.

    .. math:: H_f(z) = \frac{\Omega_f(z)}{\Omega(z)}, \qquad
        \frac{d}{dt}\left(z + M H(z)\right) = \Lambda U \phi(z, H(z))

    M counts what of z is bound in fast species, so that the reactions which bind it cancel by their
    stoichiometry and not by chance. While fitting, each fast species may lag behind its ratio by a
    time of its own, x = H - tau dH/dt, so that the ratios need not mimic the lag.

    The slow species that enter, the terms that remain and the end of the transient are found: the
    fewest slow species whose ratios describe the fast ones within the noise and `tolerance`, from
    the earliest such time; data are used from twice that time on. Terms go as long as the Bayesian
    information criterion allows. Coefficients are not negative, as those of quasi-steady states of
    linear fast reactions, so that the denominator has no zero. The last monomial of the denominator
    has coefficient 1.

    Parameters
    ----------
    fast
        Name or names of the fast species; those that a conservation law ties to them are added.
    degree
        Total degree of the polynomials.
    tolerance
        The accuracy asked of the ratios where there is no noise, as a fraction of each species'
        range.

    Raises
    ------
    DataError
        For data without all species, not finite, with too few times for the degree, of which one
        set ends before the transient is over, whose conserved totals differ, or where a denominator
        vanishes; for a degree or a tolerance that means nothing.

    Notes
    -----
    Yang 2020, Eq. (16) and Table III; Sanathanan and Koerner 1963.

    Examples
    --------
    >>> from ratelaw import MassAction, simulate, zoo
    >>> gene = zoo.gene_autoregulation()
    >>> data = simulate(gene, MassAction(), np.arange(0, 1000, 2.5))
    >>> LearnedRational(["G", "GP", "GP2"], degree=2).fit(gene, data).names
    ('alpha11', 'alpha22', 'alpha33', 'beta1', 'beta2')
    """

    fast: str | Iterable[str]
    degree: int = 2
    _: KW_ONLY
    tolerance: float = 0.005

    def __post_init__(self) -> None:
        expect_whole("degree", self.degree, 0)
        expect_fraction("tolerance", self.tolerance, "0.005")

    def learn(self, network: Network, data: "Sequence[xr.Dataset]") -> ReducedNetwork:
        return self.fit(network, *data).reduced

    def fit(self, network: Network, *data: "xr.Dataset") -> RationalFit:
        """Learn the ratios, with their standard errors.

        Parameters
        ----------
        network
            Supplies the reactions of the slow species and their rate constants.
        data
            Courses of all its species, `average` (time, species) in molecules, at least one; with
            `standard_error` (time, species) where known, else the noise is estimated from
            neighbouring points.

        Returns
        -------
        The fit; `reduced` is the network.
        """
        if not data:
            raise DataError("no data: give at least one course of all species")
        fast = fast_species(network, as_names(self.fast))
        slow = tuple(name for name in network.species if name not in fast)
        measured = [_measure(part, network) for part in data]
        _require_enough(measured, fast, self.degree)
        _require_equal_totals(network, fast, measured)
        deviations = np.sqrt(np.mean([np.square(part.noise) for part in measured], axis=0))
        values = np.concatenate([part.values for part in measured])
        accuracy = self.tolerance * spans(values)
        s, f = ([network.species.index(name) for name in names] for names in (slow, fast))
        courses = [part.course(s, f, deviations > accuracy / 10) for part in measured]
        ratios, end = select(courses, fast, slow, self.degree, Errors(deviations[f], accuracy[f]))
        first = min(course.times[0] for course in courses)
        transient = first + SAFETY * (end - first)
        kept = tuple(course.after(transient) for course in courses)
        _require_left(courses, kept, transient, ratios.form)
        solution = RationalProblem(network, slow, fast, kept, deviations[[*s, *f]]).fit(ratios.form)
        names = (*solution.reduced.network.species, *fast)
        order = [names.index(name) for name in network.species]
        errors = np.sqrt(np.diagonal(solution.covariance)).tolist()
        return RationalFit(
            full=network,
            form=solution.form,
            coefficients=solution.coefficients,
            covariance=solution.covariance,
            lags=dict(zip(fast, solution.lags.tolist(), strict=True)),
            lag_errors=dict(zip(fast, solution.lag_errors.tolist(), strict=True)),
            absent=tuple(name for name in slow if name not in solution.form.slow),
            transient=float(transient),
            noise=dict(zip(network.species, deviations.tolist(), strict=True)),
            misfit=dict(zip(network.species, solution.misfit[order].tolist(), strict=True)),
            reduced=replace(
                solution.reduced,
                standard_errors=dict(zip(solution.form.names, errors, strict=True)),
            ),
            times=kept[0].times,
            course=solution.course[:, order],
        )


@dataclass(frozen=True)
class _Measured:
    """One data set in the network's species order: concentrations (T, N) and their noise (N,)."""

    times: np.ndarray
    values: np.ndarray
    noise: np.ndarray

    def course(self, slow: Sequence[int], fast: Sequence[int], is_noisy: np.ndarray) -> Course:
        """Slow and fast species apart; noisy slow ones smoothed where the ratios need them."""
        from scipy.interpolate import make_smoothing_spline

        steps = np.arange(len(self.times), dtype=float)
        smooth = [
            np.maximum(make_smoothing_spline(steps, self.values[:, i])(steps), 0.0)
            if is_noisy[i]
            else self.values[:, i]
            for i in slow
        ]
        return Course(
            self.times, self.values[:, slow], self.values[:, fast], np.column_stack(smooth)
        )


def _measure(data: "xr.Dataset", network: Network) -> _Measured:
    require_course(data)
    missing = [name for name in network.species if name not in data["species"].values]
    if missing:
        raise DataError(f"the data have no column for {', '.join(missing)}: all species are needed")
    times = data["time"].values.astype(float)
    part = data.sel(species=list(network.species))
    values = part["average"].values / network.volume
    for t, i in np.argwhere(~np.isfinite(values))[:1]:
        raise DataError(f"species {network.species[i]!r} at time {times[t]:g} is not finite")
    if "standard_error" in part:
        known = np.sqrt(np.square(part["standard_error"].values).mean(axis=0)) / network.volume
        return _Measured(times, values, known)
    if len(times) < FEWEST_TIMES:
        raise DataError(f"{len(times)} times: at least {FEWEST_TIMES} are needed")
    return _Measured(times, values, noise(times, values))


def _require_enough(measured: Sequence[_Measured], fast: Sequence[str], degree: int) -> None:
    """At least two values for every coefficient of the smallest complete form."""
    values = sum(len(part.times) for part in measured) * len(fast)
    unknowns = (len(fast) + 1) * (degree + 1) - 1
    if values < 2 * unknowns:
        raise DataError(
            f"{values} values of {', '.join(fast)} are too few for the {unknowns} coefficients of "
            f"degree {degree}: measure more times or lower the degree"
        )


def _require_left(
    courses: Sequence[Course], kept: Sequence[Course], transient: float, form: RationalForm
) -> None:
    """After the transient two times of each data set, and two values for every coefficient."""
    for number, (course, left) in enumerate(zip(courses, kept, strict=True), start=1):
        if len(left.times) < 2:  # noqa: PLR2004
            raise DataError(
                f"data set {number} of {len(courses)} has {len(left.times)} of its "
                f"{len(course.times)} times, the last {course.times[-1]:g}, after the transient, "
                f"which is over at {transient:g}: leave it out or measure longer"
            )
    values = sum(left.fast.size for left in kept)
    if values < 2 * len(form.free):
        raise DataError(
            f"{values} values of {', '.join(form.fast)} after the transient, which is over at "
            f"{transient:g}, are too few for {len(form.free)} coefficients: measure more times"
        )


def _require_equal_totals(
    network: Network, fast: Sequence[str], measured: Sequence[_Measured]
) -> None:
    """The ratios hold for one value of each conserved total of the fast species."""
    for law in fast_laws(network, fast):
        totals = [float(np.mean(part.values @ law)) for part in measured]
        spread = max(float(np.sqrt(law**2 @ part.noise**2)) for part in measured)
        if np.ptp(totals) > SAME_TOTAL * max(totals) + spread:
            names = ", ".join(name for name, n in zip(network.species, law, strict=True) if n)
            listed = ", ".join(f"{total:.4g}" for total in totals)
            raise DataError(
                f"the conserved total of {names} differs between the data sets ({listed}): learn "
                f"from those of one total"
            )
