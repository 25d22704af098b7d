"""From many candidate terms to the few that measured courses demand."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.error_laws import ErrorLaw
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point, Solution
from ratelaw.learn.equations.noise_scale import coarse, deviance
from ratelaw.learn.equations.price import price
from ratelaw.learn.equations.search.all_terms import first_order, fit_all, fit_logarithms, slowest
from ratelaw.learn.equations.search.candidate import SIGNIFICANT, Candidate
from ratelaw.learn.equations.search.laws import lawful_terms
from ratelaw.learn.equations.search.linear_problem import LinearProblem, not_negative
from ratelaw.learn.equations.search.matching import Smoothed, best_shape, doubted, matched
from ratelaw.learn.equations.search.starts import faint, smooth_starts, sparse_starts
from ratelaw.learn.equations.search.subsets import search

HOPELESS = 10.0
"""A sum of squares, in units of the least seen, that no fit needs to bring lower."""
INFLATIONS = (3000.0, 300.0, 30.0, 3.0)
"""Of the variances that integral matching assumes."""
DOUBT = 4.0
"""Subsets that promise to be this many times the reach behind are not fitted."""
MOST_EMPTY = 20
"""Neighbours of a model that may promise in vain."""
HELD = 1e-8
"""Share of a column's length by which a coefficient is held where the data do not say it."""
REFRESHED = 4
"""How often the noise is estimated anew while all terms are fitted."""
ALIKE = 2.0
"""Scores that differ by less are not worth a mention (Kass and Raftery 1995)."""
FADED = 1e-5
"""A coefficient that has fallen to this share of its start is left out."""

Watch = Callable[[int, int, float], None]
"""Told of every model that was fitted: how many were, its number of terms, its score."""


@dataclass
class StructureSearch:
    """Candidates of one library and data set, fitted one after the other.

    Attributes
    ----------
    field
        All candidate terms.
    data, smoothed
        Experiments, or pieces of them, and smooth courses of their species.
    deviations
        Of all values, each (T, K); they follow the best model.
    law
        Of errors in these units.
    refits
        Subsets refitted after each linearisation.
    reach
        Scores within this of the best are alternatives.
    breadth
        Most models whose neighbours are tried.
    paid
        The price of what all models of the search have.
    watch
        Told of every fit.
    """

    field: Field
    data: Experiments
    smoothed: list[Smoothed]
    deviations: tuple[np.ndarray, ...]
    law: ErrorLaw
    refits: int = 5
    reach: float = 10.0
    breadth: int = 12
    paid: float = 0.0
    watch: Watch | None = None
    models: dict[bytes, Candidate] = dataclasses.field(default_factory=dict)
    shape: dict[sp.Symbol, float] = dataclasses.field(default_factory=dict)
    expanded: set[bytes] = dataclasses.field(default_factory=set)

    @property
    def most(self) -> int:
        """Terms that a model may have: a value must be left to judge it by."""
        return self.data.values - self.data.free_starts - 1

    def begin(self) -> None:
        """Fit what is proposed, first of terms that keep what the data conserve."""
        kept = lawful_terms(self.field, self.data, self.deviations)
        if kept.any() and not kept.all():
            self._begin_within(kept)
        else:
            self._begin_matched()

    def _begin_within(self, kept: np.ndarray) -> None:
        """Search some terms alone."""
        few = dataclasses.replace(
            self, field=self.field.subset(kept), models={}, shape={}, expanded=set()
        )
        few.begin()
        few.climb()
        first = self.field.first_shape(self.data.sizes)
        self.shape = {**dict(zip(self.field.parameters, first, strict=True)), **few.shape}
        self.deviations = few.deviations
        for model in few.ranked():
            active = np.zeros(len(kept), dtype=bool)
            active[np.flatnonzero(kept)[model.active]] = True
            self._keep(active, model.solution)

    def _begin_matched(self) -> None:
        """Fit what integral matching proposes of all terms."""
        noise = doubted(self.data, self.smoothed, self.deviations, self.law)

        def linear(shape: np.ndarray) -> LinearProblem:
            return matched(self.field, self.data, self.smoothed, noise, shape)

        shape = best_shape(linear, self.field.first_shape(self.data.sizes))
        self.shape = dict(zip(self.field.parameters, shape, strict=True))
        if self.field.positive.all():
            single, mixing = self.field.at(self.shape).single
            of_all = matched(single, self.data, self.smoothed, noise, np.empty(0)).mixed(mixing)
            self._begin_with_all(of_all)
            self._begin(of_all)
        else:
            self._begin(linear(shape))

    def adopt(self, models: Sequence[Candidate]) -> None:
        """Fit models that were found on other pieces of the same data."""
        places = np.cumsum([0, *(len(part.times) for part in self.data.experiments)])[:-1]
        for model in models:
            states = model.solution.states[places]
            self._add(model.active, model.theta(), states, model.shape)

    def exchange(self) -> None:
        """Exchange terms of the models within reach until nothing is better."""
        while True:
            self._expand(self.within_reach)
            best = self.ranked()[0]
            self._thin()
            self._complete()
            if self.ranked()[0] is best:
                break

    def climb(self) -> None:
        """Exchange terms of the best model alone until nothing is better."""
        self._expand(lambda: self.ranked()[:1])

    def _expand(self, models: Callable[[], list[Candidate]]) -> None:
        while len(self.expanded) < self.breadth:
            fresh = [model for model in models() if model.key not in self.expanded]
            if not fresh:
                break
            if fresh[0] is self.ranked()[0]:
                self._refresh(fresh[0])
            model = self.models[fresh[0].key]
            self.expanded.add(model.key)
            self._improve(model)

    def _improve(self, model: Candidate) -> None:
        """Fit the neighbours that promise most to first order.

        A promise may be empty: what happens at once is much the same at twice the rate, but not at
        none. Of the terms that such a neighbour lacked, all others have one.
        """
        linear = self._linearised(model)
        now = linear.misfit(model.active) + self._price(model.active)
        needed: list[frozenset[int]] = []
        proposals, kept = self._search(linear, model.active), 0
        while kept < self.refits and len(needed) < MOST_EMPTY:
            fresh = [p for p in proposals if p[1].tobytes() not in self.models]
            if not fresh:
                break
            cost, subset = fresh[0]
            if cost > now + DOUBT * self.reach:
                break
            theta = linear.held(model.theta(), HELD).solved(subset)
            self._add(subset, theta, model.solution.point.starts, model.shape)
            missed = self.models[subset.tobytes()].score - model.score - (cost - now)
            lacking = frozenset(np.flatnonzero(model.active & ~subset).tolist())
            if missed < self.reach or not lacking:
                kept += 1
            else:
                needed.append(lacking)
                proposals = self._search(linear, model.active, needed)

    def _thin(self) -> None:
        """Leave out terms of models within reach, one after the other, while there is any hope."""
        for start in self.within_reach()[: self.breadth]:
            model = start
            while model.active.sum() > 1:
                linear = self._linearised(model)
                chosen = np.flatnonzero(model.active)
                fewer = [model.active & (np.arange(len(model.active)) != c) for c in chosen]
                subset = min(fewer, key=linear.misfit)
                if subset.tobytes() not in self.models:
                    theta = linear.held(model.theta(), HELD).solved(subset)
                    self._add(subset, theta, model.solution.point.starts, model.shape)
                model = self.models[subset.tobytes()]
                if model.score > self.ranked()[0].score + DOUBT * self.reach:
                    break

    def _complete(self) -> None:
        """Fit what is one or two exchanges from a model within reach and promises to be, too."""
        for model in self.within_reach()[: self.breadth]:
            linear = self._linearised(model)
            start, left, needed = linear.held(model.theta(), HELD), self.refits, MOST_EMPTY
            lacking: list[np.ndarray] = []
            for promised, subset in self._promising(linear, model):
                if not (left and needed):
                    break
                if any(not (subset & one_of).any() for one_of in lacking):
                    continue
                known = subset.tobytes() in self.models
                if not known:
                    theta = start.solved(subset)
                    self._add(subset, theta, model.solution.point.starts, model.shape)
                lost = model.active & ~subset
                if lost.any() and self.models[subset.tobytes()].score - promised >= self.reach:
                    lacking.append(lost)
                    needed -= not known
                else:
                    left -= not known

    def _promising(self, linear: LinearProblem, model: Candidate) -> list[tuple[float, np.ndarray]]:
        """Neighbours of a model that would be listed if they kept what they promise, best first."""
        from ratelaw.learn.equations.search.neighbours import neighbours

        every, (scaled, _) = len(self.field.terms), linear.scaled()
        chosen = np.flatnonzero(model.active)
        rows, counts, gains = neighbours(
            scaled.gram, scaled.side, self.field.positive, chosen, every, every
        )
        lost = scaled.square - gains - linear.misfit(model.active)
        prices = np.array([self._price_of(int(count)) for count in counts])
        promised = model.score + lost + prices - self._price(model.active)
        needless = (counts > len(chosen)) & (lost > -SIGNIFICANT)
        near = (promised < self.ranked()[0].score + self.reach) & (counts <= self.most) & ~needless
        order = np.flatnonzero(near)[np.argsort(promised[near])]
        found = np.zeros((len(order), every), dtype=bool)
        for mask, place in zip(found, order, strict=True):
            mask[rows[place, : counts[place]]] = True
        return list(zip(promised[order].tolist(), found, strict=True))

    def _search(
        self, linear: LinearProblem, start: np.ndarray, needed: Sequence[frozenset[int]] = ()
    ) -> list[tuple[float, np.ndarray]]:
        return search(
            linear,
            self.field.positive,
            self.data.values,
            keep=3 * self.refits,
            start=start,
            most=self.most,
            needed=needed,
        )

    def within_reach(self) -> list[Candidate]:
        """All models that the data cannot tell from the best, none with needless terms, in order.

        Of those that score alike, where the fewest molecules meet and change is first.
        """
        found: list[Candidate] = []
        ranked = self.ranked()
        for model in ranked:
            if model.score - ranked[0].score >= self.reach:
                break
            if not any(model.is_needless(better) for better in found):
                found.append(model)
        alike = sum(model.score - found[0].score < ALIKE for model in found)
        molecules = self.field.molecules
        simplest = sorted(found[:alike], key=lambda model: molecules[model.active].sum())
        return simplest + found[alike:]

    def _begin_with_all(self, linear: LinearProblem) -> None:
        """Fit all terms at once, none below 0: a sum of reactions that explains all there is."""
        field = self.field.at(self.shape)
        whole = InverseProblem(field, self.data, coarse(self.data, self.deviations), self.law)
        starts = smooth_starts(whole, self.smoothed)
        first = Point(not_negative(linear, field.positive), np.empty(0), starts)
        last, explained = self._fit_with_all(whole, first)
        for few in sparse_starts(whole, self.smoothed, first, last, self._price_of):
            best = min(explained, self.ranked()[0].score)
            self._add(few.theta > 0, few.theta, few.starts)
            if self.ranked()[0].score < best:
                break
        if not self.models or not self.ranked()[0].score < explained:
            self.models.clear()

    def _fit_with_all(self, whole: InverseProblem, point: Point) -> tuple[Point, float]:
        """The fit of all terms, its score, and models of few that explain as much."""
        for left in reversed(range(REFRESHED)):
            point = fit_logarithms(whole, fit_all(whole, point))
            found = Solution(whole, point)
            far = found.chi_square > HOPELESS * self.data.values
            self.deviations = found.deviations
            whole = whole.with_deviations(self.deviations)
            if left and far:
                continue
            self._add_sparse(whole, point)
            explained = deviance(self.data, found.predicted, self.law) + self.paid
            explained += self._price(point.theta > 0)
            if self.ranked()[0].score < explained:
                break
        return point, explained

    def _add_sparse(self, whole: InverseProblem, point: Point) -> None:
        """Fit the few terms that explain, to first order, what all do."""
        linear = first_order(whole, point)
        proposals = self._search(linear, point.theta > 0)[: self.refits]
        for cost, subset in proposals:
            if cost > proposals[0][0] + DOUBT * self.reach:
                break
            if subset.tobytes() not in self.models:
                theta = linear.held(point.theta, HELD).solved(subset)
                self._add(subset, theta, point.starts)

    def _begin(self, linear: LinearProblem) -> None:
        """Fit what integral matching proposes, from few terms to many while more are better.

        Its errors are correlated along a course, so that by its own misfit it takes too many.
        """
        best, proposed = np.inf, 0
        for inflation in INFLATIONS:
            for _, active in search(
                linear.inflated(inflation),
                self.field.positive,
                self.data.values,
                keep=2,
                start=np.zeros(len(self.field.terms), dtype=bool),
                most=self.most,
            ):
                if active.tobytes() not in self.models:
                    self._add(active, linear.solved(active))
            found, seen = self.ranked()[0].score, proposed
            proposed = len(self.models)
            if proposed > seen and found > best - self.reach:
                break
            best = found

    def ranked(self) -> list[Candidate]:
        """All fitted models, best first."""
        return sorted(self.models.values(), key=lambda model: model.score)

    def _add(
        self,
        active: np.ndarray,
        theta: np.ndarray,
        starts: np.ndarray | None = None,
        shape: Mapping[sp.Symbol, float] | None = None,
    ) -> None:
        problem = InverseProblem(self.field.subset(active), self.data, self.deviations, self.law)
        if starts is None:
            starts = smooth_starts(problem, self.smoothed)
        known = {**self.shape, **(shape or {})}
        values = np.array([known[s] for s in problem.field.parameters])
        positive = problem.field.positive
        least = np.where(positive, faint(problem, self.smoothed, values), -np.inf)
        start = np.maximum(theta[active], least)
        best = min((m.solution.chi_square for m in self.models.values()), default=np.inf)
        solution = problem.fit(Point(start, values, starts), enough=HOPELESS * (best + 1))
        self._keep(active, solution)
        faded = positive & (solution.point.theta < FADED * start)
        if faded.any():
            smaller = active.copy()
            smaller[np.flatnonzero(active)[faded]] = False
            if smaller.tobytes() not in self.models:
                model = self.models[active.tobytes()]
                self._add(smaller, model.theta(), solution.point.starts, model.shape)

    def _keep(self, active: np.ndarray, solution: Solution) -> None:
        missed = solution.deviance if solution.unknowns < self.data.values else np.inf
        score = missed + self._price(active) + self.paid
        self.models[active.tobytes()] = Candidate(active, solution, score, missed)
        if self.watch:
            self.watch(len(self.models), int(active.sum()), score)

    def _price(self, active: np.ndarray) -> float:
        return self._price_of(int(active.sum()))

    def _price_of(self, count: int) -> float:
        return price(count, len(self.field.terms), self.data.values)

    def _refresh(self, best: Candidate) -> None:
        """Standard deviations from the best model; it is fitted with them, and what is near it."""
        for _ in range(3):
            self.deviations = self.models[best.key].solution.deviations
            self._refit(best)
        for model in self.ranked()[1:]:
            if model.score > self.ranked()[0].score + DOUBT * self.reach:
                break
            if model.is_stale(self.deviations):
                self._refit(model)

    def _refit(self, model: Candidate) -> None:
        solution = self.models[model.key].solution
        problem = solution.problem.with_deviations(self.deviations)
        self._keep(model.active, problem.fit(solution.point))

    def _linearised(self, model: Candidate) -> LinearProblem:
        """All terms, to first order about a model; starts and shape parameters projected out."""
        absent = {s: value for s, value in self.shape.items() if s not in model.shape}
        whole = InverseProblem(self.field.at(absent), self.data, self.deviations, self.law)
        fitted = model.solution.problem.with_deviations(self.deviations)
        slow = slowest(fitted, model.solution.point, self.reach)
        shape = np.array([model.shape[s] for s in whole.field.parameters])
        theta = np.zeros(len(model.active))
        theta[model.active] = slow.theta
        return first_order(whole, Point(theta, shape, model.solution.point.starts))
