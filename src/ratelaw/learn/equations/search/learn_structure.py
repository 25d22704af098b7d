"""From measured courses to the models that explain them: pieces of courses, sets of parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.inverse_problem import Solution
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.names import require_known
from ratelaw.learn.equations.losses import Loss
from ratelaw.learn.equations.price import price
from ratelaw.learn.equations.search.beginnings import begin
from ratelaw.learn.equations.search.candidate import Candidate
from ratelaw.learn.equations.search.exchanges import climb, exchange
from ratelaw.learn.equations.search.first_noise import first_deviations
from ratelaw.learn.equations.search.matching import Smoothed, smooth
from ratelaw.learn.equations.search.optional_shapes import (
    Present,
    choose_shapes,
    optional_shapes,
    without,
)
from ratelaw.learn.equations.search.structure import ALIKE, StructureSearch, Watch
from ratelaw.learn.equations.search.windows import cut, horizons, joinable
from ratelaw.learn.equations.selection import Selection

LOST = 0.1
"""What a value may lose, of the score, before longer pieces are given up; a start may lose 1."""
POOR = 2.0
"""A sum of squares, for each value, with which courses that turn are fitted anew in pieces."""
FEWEST = 2
"""Values beyond fitted starts: one for a coefficient, one to judge it by."""


def learn_structure(
    library: Library,
    data: Experiments,
    loss: Loss,
    selection: Selection,
    watch: Watch | None = None,
) -> Fit:
    """The best model of the terms of a library, and its rivals."""
    _require_values(data)
    library.require(data)
    terms = library.columns(data.species)
    require_known(terms, data.species, data.inputs)
    field = Field(data.species, data.inputs, terms)
    smoothed = [smooth(data, part, loss.law) for part in data.experiments]
    deviations = first_deviations(data, smoothed, loss.law)
    courses = _Courses(data, smoothed, loss, selection, watch)
    optional, reach = optional_shapes(field), selection.indistinguishable

    def searched(lengths: Sequence[int]) -> dict[Present, StructureSearch]:
        first, *longer = lengths

        def begun(present: Present) -> StructureSearch:
            paid = price(len(present), len(optional), data.values)
            search = courses.search(without(field, optional - present), first, deviations, paid)
            begin(search)
            if optional:
                climb(search)
            return search

        chosen = choose_shapes(field, begun, reach)
        return {present: courses.joined(search, longer) for present, search in chosen.items()}

    first = horizons(data, smoothed, deviations)
    found = searched(first)
    models = _indistinguishable(found, reach)
    pieces = horizons(data, smoothed, deviations, whole=1)
    if pieces != first and _is_poor(models[0][1], deviations):
        anew = searched(pieces)
        better = _indistinguishable(anew, reach)
        if _is_better(better[0][1], models[0][1]):
            found, models = anew, better
    if not np.isfinite(models[0][1].score):
        fitted = sum(len(search.models) for search in found.values())
        raise DataError(
            f"no model of {fitted} that were fitted can be solved to the last time with "
            f"fewer unknowns than the {data.values} values: use a smaller library"
        )
    fits = tuple(
        model.to_fit(found[present].field, data, loss, optional - present)
        for present, model in models
    )
    return replace(fits[0], alternatives=fits)


@dataclass(frozen=True)
class _Courses:
    """Experiments that are searched in pieces, which are joined."""

    data: Experiments
    smoothed: list[Smoothed]
    loss: Loss
    selection: Selection
    watch: Watch | None

    def search(
        self, field: Field, length: int, deviations: Sequence[np.ndarray], paid: float
    ) -> StructureSearch:
        """A search on pieces of at most this many times."""
        pieces, courses = cut(self.data, self.smoothed, length)
        return StructureSearch(
            field,
            pieces,
            courses,
            _by_piece(deviations, pieces),
            self.loss.law,
            refits=self.selection.refits,
            reach=self.selection.indistinguishable,
            breadth=self.selection.breadth,
            paid=paid,
            watch=self.watch,
        )

    def joined(self, best: StructureSearch, longer: Sequence[int]) -> StructureSearch:
        """The search on the longest pieces for which its models are good enough."""
        for length in longer:
            if not joinable(best.ranked()[0].solution):
                break
            joined = self.search(best.field, length, best.deviations, best.paid)
            joined.shape = best.shape
            joined.adopt(best.within_reach()[: self.selection.breadth])
            fewer = best.data.free_starts - joined.data.free_starts
            lost = joined.ranked()[0].score - best.ranked()[0].score
            if not lost < LOST * self.data.values + fewer:
                break
            best = joined
            if length == longer[-1]:
                exchange(best)
        return best


def _indistinguishable(
    found: Mapping[Present, StructureSearch], reach: float
) -> list[tuple[Present, Candidate]]:
    """The models that the data cannot tell from the best, among those of the longest pieces."""
    fewest = min(len(search.data.experiments) for search in found.values())
    models = [
        (present, model)
        for present, search in found.items()
        if len(search.data.experiments) == fewest
        for model in search.within_reach()
    ]
    least = min(model.score for _, model in models)
    alike = sorted(models, key=lambda pair: max(pair[1].score - least, ALIKE))
    kept: list[tuple[Present, Candidate]] = []
    for present, model in alike:
        needless = any(other <= present and model.is_needless(better) for other, better in kept)
        if not (needless or model.score - least >= reach):
            kept.append((present, model))
    return kept


def _by_piece(deviations: Sequence[np.ndarray], pieces: Experiments) -> tuple[np.ndarray, ...]:
    """Standard deviations of whole courses, cut as these pieces are."""
    ends = np.cumsum([len(part.times) for part in pieces.experiments])[:-1]
    return tuple(np.split(np.concatenate(deviations), ends))


def _is_poor(model: Candidate, deviations: Sequence[np.ndarray]) -> bool:
    """Whether it misses clearly more than the noise that was seen without a model."""
    problem = model.solution.problem
    cut_alike = _by_piece(deviations, problem.data)
    seen = Solution(problem.with_deviations(cut_alike), model.solution.point)
    return not seen.chi_square < POOR * problem.data.values


def _is_better(model: Candidate, other: Candidate) -> bool:
    """Whether a model found in pieces takes the place of one of whole courses."""
    alike = len(model.solution.problem.data.experiments) == len(
        other.solution.problem.data.experiments
    )
    return model.score < other.score if alike else not other.active.any()


def _require_values(data: Experiments) -> None:
    if data.values - data.free_starts < FEWEST:
        raise DataError(
            f"{data.values} values with {data.free_starts} starts to be fitted leave nothing to "
            f"learn from: measure more times, or give the starts"
        )
