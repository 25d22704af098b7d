"""From models to better ones near them, until none is."""

from collections.abc import Callable, Sequence

import numpy as np

from ratelaw.learn.equations.inverse_problem import InverseProblem
from ratelaw.learn.equations.search.candidate import SIGNIFICANT, Candidate
from ratelaw.learn.equations.search.linear_problem import LinearProblem
from ratelaw.learn.equations.search.simplest import irreversible, simpler_pairs, single_reactions
from ratelaw.learn.equations.search.starts import alike
from ratelaw.learn.equations.search.structure import DOUBT, StructureSearch
from ratelaw.learn.equations.search.subsets import best_subsets

MOST_EMPTY = 20
"""Neighbours of a model that may promise in vain."""


def exchange(search: StructureSearch) -> None:
    """Exchange terms of the models within reach until nothing is better."""
    while True:
        _expand(search, search.within_reach)
        best = search.ranked()[0]
        _thin(search)
        _complete(search)
        _simplify(search)
        if search.ranked()[0] is best:
            break


def climb(search: StructureSearch) -> None:
    """Exchange terms of the best model alone until nothing is better."""
    _expand(search, lambda: search.ranked()[:1])


def _expand(search: StructureSearch, models: Callable[[], list[Candidate]]) -> None:
    while len(search.expanded) < search.breadth:
        fresh = [model for model in models() if model.key not in search.expanded]
        if not fresh:
            break
        if fresh[0] is search.ranked()[0]:
            search.refresh(fresh[0])
        model = search.models[fresh[0].key]
        search.expanded.add(model.key)
        _improve(search, model)


def _improve(search: StructureSearch, model: Candidate) -> None:
    """Fit the neighbours that promise most to first order.

    A promise may be empty: what happens at once is much the same at twice the rate, but not at
    none. Of the terms that such a neighbour lacked, all others have one.
    """
    linear = search.linearised(model)
    now = linear.misfit(model.active) + search.price_of(model.active.sum())
    needed: list[frozenset[int]] = []
    proposed, kept = proposals(search, linear, model.active), 0
    while kept < search.refits and len(needed) < MOST_EMPTY:
        fresh = [p for p in proposed if p[1].tobytes() not in search.models]
        if not fresh:
            break
        cost, subset = fresh[0]
        if cost > now + DOUBT * search.reach:
            break
        missed = search.fitted(subset, model, linear).score - model.score - (cost - now)
        lacking = frozenset(np.flatnonzero(model.active & ~subset).tolist())
        if missed < search.reach or not lacking:
            kept += 1
        else:
            needed.append(lacking)
            proposed = proposals(search, linear, model.active, needed)


def _thin(search: StructureSearch) -> None:
    """Leave out terms of models within reach, one after the other, while there is any hope."""
    for start in search.within_reach()[: search.breadth]:
        model = start
        while model.active.sum() > 1:
            linear = search.linearised(model)
            chosen = np.flatnonzero(model.active)
            fewer = [model.active & (np.arange(len(model.active)) != c) for c in chosen]
            subset = min(fewer, key=linear.misfit)
            model = search.fitted(subset, model, linear)
            if model.score > search.ranked()[0].score + DOUBT * search.reach:
                break


def _complete(search: StructureSearch) -> None:
    """Fit what is one or two exchanges from a model within reach and promises to be, too."""
    for model in search.within_reach()[: search.breadth]:
        linear = search.linearised(model)
        left, empty = search.refits, MOST_EMPTY
        lacking: list[np.ndarray] = []
        for promised, subset in _promising(search, linear, model):
            if not (left and empty):
                break
            if any(not (subset & one_of).any() for one_of in lacking):
                continue
            known = search.knows(subset, model)
            lost = model.active & ~subset
            missed = search.fitted(subset, model, linear).score - promised
            if lost.any() and missed >= search.reach:
                lacking.append(lost)
                empty -= not known
            else:
                left -= not known


def _simplify(search: StructureSearch) -> None:
    """Fit simpler forms of reactions within reach that no single exchange leads to."""
    if not search.field.positive.all():
        return
    _leave_out_both_ways(search)
    _react_once(search)
    field = search.field
    whole = InverseProblem(field.at(search.shape), search.data, search.deviations)
    unit = alike(whole, search.smoothed, np.empty(0))
    for model in search.within_reach():
        for subset, theta in simpler_pairs(field, model.active, model.theta(), unit):
            if subset.tobytes() not in search.models:
                search.add(subset, theta, model.solution.point.starts, model.shape)


def _leave_out_both_ways(search: StructureSearch) -> None:
    """Fit models within reach without a reaction and its reverse; what one needs, the others do."""
    needed: set[bytes] = set()
    for model in search.within_reach()[: search.breadth]:
        fresh = [s for s in irreversible(search.field, model.active) if not search.knows(s, model)]
        lost = [(model.active & ~subset).tobytes() for subset in fresh]
        if set(lost) <= needed:
            continue
        linear = search.linearised(model)
        for subset, pair in zip(fresh, lost, strict=True):
            if pair not in needed:
                found = search.fitted(subset, model, linear)
                if found.score > model.score + DOUBT * search.reach:
                    needed.add(pair)


def _react_once(search: StructureSearch) -> None:
    """Fit the best model with one reaction for each rate, by what may change at the same rates."""
    best = search.ranked()[0]
    forms = list(single_reactions(search.field, best.active))
    if forms:
        linear = search.linearised(best)
        held = search.held(linear, best)
        for subset in sorted(forms, key=held.misfit)[: search.refits]:
            search.fitted(subset, best, linear)


def _promising(
    search: StructureSearch, linear: LinearProblem, model: Candidate
) -> list[tuple[float, np.ndarray]]:
    """Neighbours of a model that would be listed if they kept what they promise, best first."""
    from ratelaw.learn.equations.search.neighbours import neighbours

    every, chosen = len(search.field.terms), np.flatnonzero(model.active)
    least = search.ranked()[0].score
    found: dict[bytes, tuple[float, np.ndarray]] = {}
    for problem in (linear, search.anchored(linear, model)):
        scaled, _ = problem.scaled()
        rows, counts, gains = neighbours(
            scaled.gram, scaled.side, search.field.positive, chosen, every, every
        )
        lost = scaled.square - gains - problem.misfit(model.active)
        prices = np.array([search.price_of(int(count)) for count in counts])
        promised = model.score + lost + prices - search.price_of(model.active.sum())
        needless = (counts > len(chosen)) & (lost > -SIGNIFICANT)
        near = (promised < least + search.reach) & (counts <= search.most) & ~needless
        for place in np.flatnonzero(near):
            mask = np.zeros(every, dtype=bool)
            mask[rows[place, : counts[place]]] = True
            known, _ = found.get(mask.tobytes(), (np.inf, mask))
            found[mask.tobytes()] = (min(known, float(promised[place])), mask)
    return sorted(found.values(), key=lambda pair: pair[0])


def proposals(
    search: StructureSearch,
    linear: LinearProblem,
    start: np.ndarray,
    needed: Sequence[frozenset[int]] = (),
) -> list[tuple[float, np.ndarray]]:
    """Subsets that a linear problem asks for, as costs and masks, best first."""
    return best_subsets(
        linear,
        search.field.positive,
        search.data.values,
        keep=3 * search.refits,
        start=start,
        most=search.most,
        needed=needed,
    )
