"""Sparse selection: which unknowns the data demand, judged by fit against noise."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ratelaw.learn.equations.averages.regression import Estimate, Regression, linearised
from ratelaw.learn.equations.averages.screening import flipped, screen
from ratelaw.learn.equations.losses import Loss


@dataclass(frozen=True)
class Selection:
    r"""Search over subsets by the Bayesian information criterion.

    .. math:: BIC(S) = \chi^2(S) + |S| \ln n

    with chi-square from the whitened residuals and n the number of independent trials. Every subset
    that is reported was refitted through the solver; which subsets are worth refitting is read off
    the linearised problem at a neighbour, so the number of fits grows with the square of the
    library, not with its power set.

    Parameters
    ----------
    indistinguishable
        Models within this much of the best BIC are returned beside it: 10 is odds of 150 to 1.
    refits
        Neighbours of a model (one unknown more, fewer or exchanged) that are refitted.
    beam
        Subsets of each size that the screening by integral matching keeps, of averages of simulated
        cells; a search among `Experiments` needs no such number.
    breadth
        Most models whose neighbours are tried: it bounds the time where the data leave many models
        open.

    Notes
    -----
    Schwarz 1978; the scale of evidence is Kass and Raftery's, 1995.

    Examples
    --------
    >>> from ratelaw import Direct, ODENet, PolynomialLibrary, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=999, seed=1)
    >>> strict = Selection(indistinguishable=2.0)
    >>> fit = ODENet(PolynomialLibrary(degree=2, constant=True), selection=strict).fit(cells)
    >>> list(fit.found)
    ['1', 'A']
    """

    indistinguishable: float = 10.0
    refits: int = 6
    breadth: int = 12
    beam: int = 20

    def search(self, regression: Regression, loss: Loss) -> list["Scored"]:
        """All models within reach of the best, best first.

        The search starts from the path of the loss and from what integral matching, which needs no
        solver, ranks first; then it exchanges, adds and removes unknowns
        until the neighbours of every model within reach, or of the `breadth` best, were tried.
        """
        pool = _Pool(regression)
        for estimate in loss.path(regression):
            pool.add(estimate)
        screened = screen(
            *regression.integral_problem,
            penalty=pool.penalty,
            beam=self.beam,
            keep=2 * self.refits,
        )
        for active in screened:
            if not pool.knows(active):
                pool.add(regression.fit(active))
        expanded: set[bytes] = set()
        while len(expanded) < self.breadth:
            near = self.within_reach(pool.ranked())
            fresh = [model for model in near if model.key not in expanded]
            if not fresh:
                break
            expanded.add(fresh[0].key)
            for active in self._neighbours(pool, fresh[0]):
                pool.add(regression.fit(active, fresh[0].estimate.theta))
        return self.within_reach(pool.ranked())

    def within_reach(self, ranked: list["Scored"]) -> list["Scored"]:
        """The models that the data cannot tell from the best."""
        return [m for m in ranked if m.bic - ranked[0].bic < self.indistinguishable]

    def _neighbours(self, pool: "_Pool", model: "Scored") -> list[np.ndarray]:
        """The most promising unseen neighbours, by the BIC of the linearised fit."""
        estimate = model.estimate
        scored = [
            (linearised(estimate, active) + active.sum() * pool.penalty, active.tobytes(), active)
            for active in _moves(estimate.active)
            if not pool.knows(active)
        ]
        return [active for _, _, active in sorted(scored, key=lambda s: s[:2])[: self.refits]]


@dataclass(frozen=True)
class Scored:
    """A refitted subset and its BIC."""

    estimate: Estimate
    bic: float

    @property
    def key(self) -> bytes:
        """The subset, as something that can be looked up."""
        return self.estimate.active.tobytes()


@dataclass
class _Pool:
    """The subsets fitted so far."""

    regression: Regression
    models: dict[bytes, Scored] = field(default_factory=dict)

    @property
    def penalty(self) -> float:
        return float(np.log(self.regression.trials))

    def knows(self, active: np.ndarray) -> bool:
        return active.tobytes() in self.models

    def add(self, estimate: Estimate) -> None:
        bic = estimate.chi_square + int(estimate.active.sum()) * self.penalty
        model = Scored(estimate, bic)
        self.models[model.key] = model

    def ranked(self) -> list[Scored]:
        return sorted(self.models.values(), key=lambda model: model.bic)


def _moves(active: np.ndarray) -> Iterator[np.ndarray]:
    """Every subset with one unknown added, removed or exchanged."""
    inside, outside = np.flatnonzero(active).tolist(), np.flatnonzero(~active).tolist()
    for c in inside:
        yield flipped(active, c)
    for new in outside:
        larger = flipped(active, new)
        yield larger
        for c in inside:
            yield flipped(larger, c)
