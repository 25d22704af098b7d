"""All rates at once, through the moment equations, weighted by the data's full covariance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.moments.model_weights import weighed_by_model
from ratelaw.learn.rates.moments.moment_criterion import MomentCriterion
from ratelaw.learn.rates.moments.snapshot_moments import snapshot_moments
from ratelaw.learn.rates.rate_problem import pose
from ratelaw.network import Network

if TYPE_CHECKING:
    import xarray as xr

WEIGHINGS = 2
"""Times that the weights are taken from the fit before."""


@dataclass(frozen=True)
class JointMoments(CriterionMethod):
    r"""Generalised method of moments: every constant enters every equation it belongs to.

    .. math:: \min_{k \ge 0} (z - \hat z(k))^T \Sigma^{-1} (z - \hat z(k)),

    where z stacks averages and covariances over all times and Sigma is their sampling covariance:
    that of the fitted network itself, where every reaction consumes at most one molecule, else that
    of the sample, with an inverse that is unbiased for its size. The minimum is Hansen's J: its
    probability, if the candidates are complete, is `Rates.fit_probability`. Reactions that the data
    do not demand are removed by BIC.

    Notes
    -----
    Hansen 1982. Efficient among estimators that use these moments. Weights: Altonji and Segal 1996,
    why not the sample's; Hartlap et al. 2007, Eq. 17, for the inverse of a sample's covariance, and
    Percival et al. 2014, Eq. 18, for what its errors add to those of the rates.

    Examples
    --------
    >>> from ratelaw import Direct, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> rates = fit_rates(zoo.birth_death(), cells, JointMoments())
    >>> bool(abs(rates.constants[0] - 10) < 4 * rates.standard_errors[0])
    True
    """

    @property
    def takes(self) -> tuple[type, ...]:
        import xarray as xr

        return xr.Dataset, Snapshots

    @property
    def source(self) -> str:
        return "averages and covariances"

    def pose(
        self, candidates: Network, sets: "Sequence[xr.Dataset | Snapshots]"
    ) -> MomentCriterion:
        for number, data in enumerate(sets, start=1):
            if isinstance(data, Snapshots):
                _require_counts(data, number)
        moments = [snapshot_moments(s) if isinstance(s, Snapshots) else s for s in sets]
        criterion = MomentCriterion(pose(candidates, moments))
        everything = np.ones(len(candidates.reactions), dtype=bool)
        for _ in range(WEIGHINGS):
            weighed = weighed_by_model(
                criterion.problem, sets, criterion.fit(everything, criterion.start).constants
            )
            if weighed is criterion.problem:
                break
            criterion = MomentCriterion(weighed)
        return criterion


def _require_counts(data: Snapshots, number: int) -> None:
    if not data.is_complete:
        raise DataError(
            f"data set {number}: averages and covariances are those of exact counts of every cell, "
            f"and these were measured otherwise: use MaximumLikelihood()"
        )
