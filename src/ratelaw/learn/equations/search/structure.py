"""The models of one library that were fitted to measured courses, and how they compare."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.error_laws import ErrorLaw
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point, Solution
from ratelaw.learn.equations.price import price
from ratelaw.learn.equations.search.all_terms import first_order, slowest
from ratelaw.learn.equations.search.candidate import Candidate
from ratelaw.learn.equations.search.linear_problem import LinearProblem
from ratelaw.learn.equations.search.matching import Smoothed
from ratelaw.learn.equations.search.starts import faint, smooth_starts

HOPELESS = 10.0
"""A sum of squares, in units of the least seen, that no fit needs to bring lower."""
DOUBT = 4.0
"""Subsets that promise to be this many times the reach behind are not fitted."""
HELD = 1e-8
"""Share of a column's length by which a coefficient is held where the data do not say it."""
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
    refits: int
    reach: float
    breadth: int
    paid: float
    watch: Watch | None = None
    models: dict[bytes, Candidate] = dataclasses.field(default_factory=dict)
    shape: dict[sp.Symbol, float] = dataclasses.field(default_factory=dict)
    expanded: set[bytes] = dataclasses.field(default_factory=set)

    @property
    def most(self) -> int:
        """Terms that a model may have: as many values must be left to say what the noise is.

        Where that is known, one must be left to judge the model by.
        """
        left = self.data.values - self.data.free_starts
        return left // 2 if self.data.noise_is_estimated else left - 1

    def adopt(self, models: Sequence[Candidate]) -> None:
        """Fit models that were found on other pieces of the same data."""
        places = np.cumsum([0, *(len(part.times) for part in self.data.experiments)])[:-1]
        for model in models:
            states = model.solution.states[places]
            self.add(model.active, model.theta(), states, model.shape)

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

    def ranked(self) -> list[Candidate]:
        """All fitted models, best first."""
        return sorted(self.models.values(), key=lambda model: model.score)

    def add(
        self,
        active: np.ndarray,
        theta: np.ndarray,
        starts: np.ndarray | None = None,
        shape: Mapping[sp.Symbol, float] | None = None,
    ) -> None:
        """Fit these terms from these coefficients; of smooth courses if no starts are given."""
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
        self.keep(active, solution)
        faded = positive & (solution.point.theta < FADED * start)
        if faded.any():
            smaller = active.copy()
            smaller[np.flatnonzero(active)[faded]] = False
            if smaller.tobytes() not in self.models:
                model = self.models[active.tobytes()]
                self.add(smaller, model.theta(), solution.point.starts, model.shape)

    def knows(self, active: np.ndarray, near: Candidate) -> bool:
        """Whether these terms were fitted, with deviations like now if at most one is gone."""
        known = self.models.get(active.tobytes())
        fewer = active.sum() < near.active.sum() - 1
        return known is not None and (fewer or not known.is_stale(self.deviations))

    def fitted(self, active: np.ndarray, near: Candidate, linear: LinearProblem) -> Candidate:
        """The fit of these terms, begun where the problem about a model near them is solved."""
        if not self.knows(active, near):
            theta = self.held(linear, near).solved(active)
            self.add(active, theta, near.solution.point.starts, near.shape)
        return self.models[active.tobytes()]

    def held(self, linear: LinearProblem, model: Candidate) -> LinearProblem:
        """A linear problem in which all that the data hardly say stays where a model has it."""
        return self.anchored(linear.held(model.theta(), HELD), model)

    def anchored(self, linear: LinearProblem, model: Candidate) -> LinearProblem:
        """A linear problem in which rates of a model that the data hardly say stay where they are.

        A fast balance has such rates; to first order it may as well run backward.
        """
        return linear.anchored(np.where(self.field.positive, model.theta(), 0.0))

    def keep(self, active: np.ndarray, solution: Solution) -> None:
        """Score what was fitted."""
        missed = solution.deviance if solution.unknowns < self.data.values else np.inf
        score = missed + self.price_of(active.sum()) + self.paid
        self.models[active.tobytes()] = Candidate(active, solution, score, missed)
        if self.watch:
            self.watch(len(self.models), int(active.sum()), score)

    def price_of(self, count: int) -> float:
        """What so many terms cost a model."""
        return price(count, len(self.field.terms), self.data.values)

    def refresh(self, best: Candidate) -> None:
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
        self.keep(model.active, problem.fit(solution.point))

    def linearised(self, model: Candidate) -> LinearProblem:
        """All terms, to first order about a model; starts and shape parameters projected out."""
        absent = {s: value for s, value in self.shape.items() if s not in model.shape}
        whole = InverseProblem(self.field.at(absent), self.data, self.deviations, self.law)
        fitted = model.solution.problem.with_deviations(self.deviations)
        slow = slowest(fitted, model.solution.point, self.reach)
        shape = np.array([model.shape[s] for s in whole.field.parameters])
        theta = np.zeros(len(model.active))
        theta[model.active] = slow.theta
        return first_order(whole, Point(theta, shape, model.solution.point.starts))
