"""Methods that minimise a criterion: how reactions are removed does not depend on which."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ratelaw.learn.rates.criterion import Criterion
from ratelaw.learn.rates.rate_problem import RateMethod
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.search import search
from ratelaw.learn.rates.undetermined import rank, require_identifiable
from ratelaw.network import Network

REFITS, BEAM = 4, 30
"""Subsets that are fitted in a round where only the best is asked for."""


class CriterionMethod(RateMethod):
    """A way to estimate rates by minimising a `Criterion`."""

    @property
    @abstractmethod
    def source(self) -> str:
        """What determines the rates, in the plural, for messages."""

    def screen(self, sets: Sequence[Any]) -> "CriterionMethod | None":  # noqa: ARG002
        """A quicker method that finds the networks worth judging by this one, if data allow one."""
        return None

    @abstractmethod
    def pose(self, candidates: Network, sets: Sequence[Any]) -> Criterion:
        """The criterion of candidates with free constants on data of the type that it takes."""

    def estimate(self, candidates: Network, sets: Sequence[Any]) -> Rates:
        criterion = self.pose(candidates, sets)
        start = criterion.start
        full = criterion.fit(np.ones(start.size, dtype=bool), start)
        design = criterion.design(full)
        names = [str(reaction) for reaction in criterion.candidates.reactions]
        require_identifiable(design, names, self.source)
        best = search(criterion, full, within=0.0, refits=REFITS, beam=BEAM)[0]
        return replace(criterion.rates(best), rank=rank(design), free=criterion.all_free(full))
