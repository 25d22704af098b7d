"""From many candidate terms to the few that measured courses demand."""

from dataclasses import dataclass, field, replace

import numpy as np

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point, Solution
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.matching import LinearProblem, Smoothed, matched, smooth
from ratelaw.learn.equations.noise_scale import deviations_of, deviance
from ratelaw.learn.equations.regression import orthogonal_to
from ratelaw.learn.equations.selection import Selection
from ratelaw.learn.equations.subsets import price, search
from ratelaw.network.expression import symbol

FAINT = 1e-4
"""A coefficient that starts at 0 begins at this share of what would move the data."""


@dataclass(frozen=True)
class Candidate:
    """A subset of the terms, fitted through the solver.

    Attributes
    ----------
    active
        Which terms, shape (C,).
    solution
        Of the field of these terms.
    score
        Deviance and price: lower is better.
    """

    active: np.ndarray
    solution: Solution
    score: float

    @property
    def key(self) -> bytes:
        """The subset, as something that can be looked up."""
        return self.active.tobytes()

    def theta(self) -> np.ndarray:
        """Coefficients of all terms, shape (C,)."""
        full = np.zeros(len(self.active))
        full[self.active] = self.solution.point.theta
        return full


@dataclass
class StructureSearch:
    """Candidates of one library and data set, fitted one after the other.

    Attributes
    ----------
    field
        All candidate terms.
    refits
        Subsets refitted after each linearisation.
    reach
        Scores within this of the best are alternatives.
    """

    field: Field
    data: Experiments
    refits: int = 5
    reach: float = 10.0
    rounds: int = 8
    models: dict[bytes, Candidate] = field(default_factory=dict)
    deviations: tuple[np.ndarray, ...] = ()

    def run(self) -> list[Candidate]:
        """All models within reach of the best, best first."""
        shape = np.array([s.start for s in self.field.shapes])
        smoothed = [
            smooth(self.data, part, self.data.noise.grows) for part in self.data.experiments
        ]
        courses = [self._observed(course) for course in smoothed]
        self.deviations = deviations_of(self.data, courses)
        linear = matched(
            self.field, self.data, smoothed, self._of_species(smoothed), shape
        )
        for active in search(linear, self.field.positive, self.data.values, keep=self.refits):
            self._add(active, _solved(linear, active), None)
        expanded: set[bytes] = set()
        for _ in range(self.rounds):
            best = self.ranked()[0]
            if best.key in expanded:
                break
            expanded.add(best.key)
            self._refresh(best)
            linear = self._linearised(best)
            proposals = search(
                linear, self.field.positive, self.data.values, keep=3 * self.refits
            )
            fresh = [a for a in proposals if a.tobytes() not in self.models][: self.refits]
            for active in fresh:
                self._add(active, _solved(linear, active), best)
        return [m for m in self.ranked() if m.score - self.ranked()[0].score < self.reach]

    def ranked(self) -> list[Candidate]:
        """All fitted models, best first."""
        return sorted(self.models.values(), key=lambda model: model.score)

    def _add(self, active: np.ndarray, theta: np.ndarray, near: Candidate | None) -> None:
        problem = InverseProblem(self.field.subset(active), self.data, self.deviations)
        starts = near.solution.point.starts if near else problem.first_starts
        shape = np.array([s.start for s in problem.field.shapes])
        start = theta[active]
        positive = problem.field.positive
        start = np.where(positive, np.maximum(start, FAINT * np.abs(start).max(initial=1e-3)), start)
        import os,time
        t=time.time()
        solution = problem.fit(Point(start, shape, starts))
        if os.environ.get("SAY"): print("  fit %.2f"%(time.time()-t), int(active.sum()), "chi2 %.0f"%solution.chi_square, [str(self.field.terms[c]) for c in np.flatnonzero(active)],flush=True)
        self._keep(active, solution)

    def _keep(self, active: np.ndarray, solution: Solution) -> None:
        courses = solution.problem.courses(solution.point, slopes=False)
        missed = np.inf
        if courses.solved.all():
            missed = deviance(self.data, solution.problem.predicted(courses))
        cost = price(int(active.sum()), len(active), self.data.values)
        self.models[active.tobytes()] = Candidate(active, solution, missed + cost)

    def _refresh(self, best: Candidate) -> None:
        """Standard deviations from the best model; it is fitted with them."""
        for _ in range(3):
            solution = best.solution
            courses = solution.problem.courses(solution.point, slopes=False)
            self.deviations = deviations_of(self.data, solution.problem.predicted(courses))
            again = solution.problem.with_deviations(self.deviations).fit(solution.point)
            self._keep(best.active, again)
            best = self.models[best.key]

    def _linearised(self, model: Candidate) -> LinearProblem:
        """All terms, to first order about a model; starts and shape parameters projected out."""
        whole = InverseProblem(self.field, self.data, self.deviations)
        count, shape = len(self.field.terms), np.array([s.start for s in self.field.shapes])
        theta = model.theta()
        at = Point(theta, shape, model.solution.point.starts)
        gram, side, square = np.zeros((count, count)), np.zeros(count), 0.0
        for block in whole.blocks(at):
            columns = block.shared[:, :count]
            others = np.hstack([block.shared[:, count:], block.own])
            rows = np.column_stack([columns, columns @ theta - block.residuals])
            if others.shape[1]:
                rows = orthogonal_to(rows, others)
            product = rows.T @ rows
            gram += product[:count, :count]
            side += product[:count, count]
            square += float(product[count, count])
        return LinearProblem(gram, side, square)

    def _observed(self, course: Smoothed) -> np.ndarray:
        places = {name: v for v, name in enumerate(self.data.species)}
        return np.column_stack(
            [
                course.at_times[:, places[o.name]]
                if o.is_Symbol
                else np.full(len(course.at_times), np.nan)
                for o in self.data.observables
            ]
        )

    def _of_species(self, smoothed: list[Smoothed]) -> list[np.ndarray]:
        """Deviations by species, 1 where one is not measured directly."""
        direct = {o.name: k for k, o in enumerate(self.data.observables) if o.is_Symbol}
        return [
            np.column_stack(
                [
                    part[:, direct[name]] if name in direct else np.ones(len(part))
                    for name in self.data.species
                ]
            )
            for part in self.deviations
        ]


def _solved(linear: LinearProblem, active: np.ndarray) -> np.ndarray:
    """Coefficients of a subset of a linear problem, shape (C,)."""
    scaled, size = linear.scaled()
    theta = np.zeros(len(active))
    gram = scaled.gram[np.ix_(active, active)] + 1e-12 * np.eye(int(active.sum()))
    theta[active] = np.linalg.solve(gram, scaled.side[active])
    return theta / size


def learn_structure(library: Library, data: Experiments, selection: Selection) -> Fit:
    """The best model of the terms of a library, and its rivals."""
    candidates = Field(data.species, data.inputs, library.columns(data.species))
    search = StructureSearch(
        candidates, data, refits=selection.refits, reach=selection.indistinguishable
    )
    models = tuple(_as_fit(candidates, model, data) for model in search.run())
    return replace(models[0], alternatives=models)


def _as_fit(candidates: Field, model: Candidate, data: Experiments) -> Fit:
    solution = model.solution
    count = len(candidates.terms)
    covariance = np.zeros((count, count))
    covariance[np.ix_(model.active, model.active)] = solution.covariance[
        : int(model.active.sum()), : int(model.active.sum())
    ]
    return Fit(
        variables=tuple(map(symbol, data.species)),
        columns=candidates.terms,
        values=model.theta(),
        selected=model.active,
        covariance=covariance,
        chi_square=solution.chi_square,
        degrees_of_freedom=data.values - solution.unknowns,
        bic=model.score,
        initial=solution.point.starts[0],
        shape=dict(zip(solution.problem.field.parameters, solution.point.shape, strict=True)),
        inputs=dict(zip(map(symbol, data.inputs), data.experiments[0].inputs, strict=True)),
        remarks=data.remarks,
    )
