"""The first models of a search: what integral matching proposes, and what all terms say."""

import dataclasses

import numpy as np

from ratelaw.learn.equations.inverse_problem import InverseProblem, Point, Solution
from ratelaw.learn.equations.noise_scale import coarse, deviance
from ratelaw.learn.equations.search.all_terms import first_order, fit_all, fit_logarithms
from ratelaw.learn.equations.search.exchanges import climb, proposals
from ratelaw.learn.equations.search.laws import lawful_terms
from ratelaw.learn.equations.search.linear_problem import LinearProblem, not_negative
from ratelaw.learn.equations.search.matching import best_shape, doubted, matched
from ratelaw.learn.equations.search.starts import smooth_starts, sparse_starts
from ratelaw.learn.equations.search.structure import DOUBT, HELD, HOPELESS, StructureSearch
from ratelaw.learn.equations.search.subsets import best_subsets

INFLATIONS = (3000.0, 300.0, 30.0, 3.0)
"""Of the variances that integral matching assumes."""
REFRESHED = 4
"""How often the noise is estimated anew while all terms are fitted."""


def begin(search: StructureSearch) -> None:
    """Fit what is proposed, first of terms that keep what the data conserve."""
    kept = lawful_terms(search.field, search.data, search.deviations)
    if kept.any() and not kept.all():
        _begin_within(search, kept)
    else:
        _begin_matched(search)


def _begin_within(search: StructureSearch, kept: np.ndarray) -> None:
    """Search some terms alone."""
    few = dataclasses.replace(
        search, field=search.field.subset(kept), models={}, shape={}, expanded=set()
    )
    begin(few)
    climb(few)
    first = search.field.first_shape(search.data.sizes)
    search.shape = {**dict(zip(search.field.parameters, first, strict=True)), **few.shape}
    search.deviations = few.deviations
    for model in few.ranked():
        active = np.zeros(len(kept), dtype=bool)
        active[np.flatnonzero(kept)[model.active]] = True
        search.keep(active, model.solution)


def _begin_matched(search: StructureSearch) -> None:
    """Fit what integral matching proposes of all terms."""
    noise = doubted(search.data, search.smoothed, search.deviations, search.law)

    def linear(shape: np.ndarray) -> LinearProblem:
        return matched(search.field, search.data, search.smoothed, noise, shape)

    shape = best_shape(linear, search.field.first_shape(search.data.sizes))
    search.shape = dict(zip(search.field.parameters, shape, strict=True))
    if search.field.positive.all():
        single, mixing = search.field.at(search.shape).single
        of_all = matched(single, search.data, search.smoothed, noise, np.empty(0)).mixed(mixing)
        _begin_with_all(search, of_all)
        _begin_with_few(search, of_all)
    else:
        _begin_with_few(search, linear(shape))


def _begin_with_few(search: StructureSearch, linear: LinearProblem) -> None:
    """Fit what integral matching proposes, from few terms to many while more are better.

    Its errors are correlated along a course, so that by its own misfit it takes too many.
    """
    best, proposed = np.inf, 0
    for inflation in INFLATIONS:
        for _, active in best_subsets(
            linear.inflated(inflation),
            search.field.positive,
            search.data.values,
            keep=2,
            start=np.zeros(len(search.field.terms), dtype=bool),
            most=search.most,
        ):
            if active.tobytes() not in search.models:
                search.add(active, linear.solved(active))
        found, seen = search.ranked()[0].score, proposed
        proposed = len(search.models)
        if proposed > seen and found > best - search.reach:
            break
        best = found


def _begin_with_all(search: StructureSearch, linear: LinearProblem) -> None:
    """Fit all terms at once, none below 0: a sum of reactions that explains all there is."""
    field = search.field.at(search.shape)
    whole = InverseProblem(field, search.data, coarse(search.data, search.deviations), search.law)
    starts = smooth_starts(whole, search.smoothed)
    first = Point(not_negative(linear, field.positive), np.empty(0), starts)
    last, explained = _fit_with_all(search, whole, first)
    for few in sparse_starts(whole, search.smoothed, first, last, search.price_of):
        search.add(few.theta > 0, few.theta, few.starts)
    if not search.models or not search.ranked()[0].score < explained:
        search.models.clear()


def _fit_with_all(
    search: StructureSearch, whole: InverseProblem, point: Point
) -> tuple[Point, float]:
    """The fit of all terms, its score, and models of few that explain as much."""
    for left in reversed(range(REFRESHED)):
        point = fit_logarithms(whole, fit_all(whole, point))
        found = Solution(whole, point)
        far = found.chi_square > HOPELESS * search.data.values
        search.deviations = found.deviations
        whole = whole.with_deviations(search.deviations)
        if left and far:
            continue
        _add_sparse(search, whole, point)
        explained = deviance(search.data, found.predicted, search.law) + search.paid
        explained += search.price_of((point.theta > 0).sum())
        if search.ranked()[0].score < explained:
            break
    return point, explained


def _add_sparse(search: StructureSearch, whole: InverseProblem, point: Point) -> None:
    """Fit the few terms that explain, to first order, what all do."""
    linear = first_order(whole, point)
    proposed = proposals(search, linear, point.theta > 0)[: search.refits]
    for cost, subset in proposed:
        if cost > proposed[0][0] + DOUBT * search.reach:
            break
        if subset.tobytes() not in search.models:
            theta = linear.held(point.theta, HELD).solved(subset)
            search.add(subset, theta, point.starts)
