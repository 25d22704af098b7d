"""The verb: candidate reactions, data, and every network that explains them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.rates.criterion import Criterion, Estimate
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.discovery import Discovery
from ratelaw.learn.rates.fit_rates import as_list
from ratelaw.learn.rates.moments.joint_moments import JointMoments
from ratelaw.learn.rates.search import fit_or_reject, near_the_best, search
from ratelaw.network import Network

if TYPE_CHECKING:
    from ratelaw.learn.rates.fit_rates import Data

BEAM = 200
WIDER = 4.0
"""By which the reach is larger where a subset has not been fitted by the method itself."""


def discover(
    candidates: Network,
    data: "Data | Sequence[Data]",
    method: CriterionMethod | None = None,
    *,
    within: float = 10.0,
    most: int = 200,
) -> Discovery:
    r"""Find the networks that the data cannot tell apart, among subsets of candidates.

    .. math:: \{S : BIC(S) \le \min_{S'} BIC(S') + within\}, \qquad
        BIC(S) = D_S + |S| \ln n, \quad k_S \ge 0

    Unlike `fit_rates`, candidates may be more than the data determine: rates cannot be negative,
    and few reactions explain what many could.

    Parameters
    ----------
    candidates
        Of `all_reactions`, or a network of one's own; mass action.
    data
        As for `fit_rates`.
    method
        `JointMoments()`, the default, which is quick, or `MaximumLikelihood()` for snapshots, which
        judges the networks that moments do not rule out; all by itself where molecules are missed
        or cells not seen, so that moments are not those of the cells. `PathLikelihood()` for paths.
    within
        Of the best BIC: 10 is odds of 150 to 1.
    most
        Networks that are fitted, at most, in each of a few rounds; if there are more, those that
        promise most, and the result says so.

    Returns
    -------
    The networks, best first, each with its rates.

    Raises
    ------
    DataError
        As for `fit_rates`.

    Notes
    -----
    Schwarz 1978. Averages and covariances determine some networks only since rates are not negative
    (Yang 2020 has six candidates; all 27 first-order reactions of two species with up to three
    products are 15 equations).

    Examples
    --------
    >>> from ratelaw import Direct, all_reactions, discover, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> found = discover(all_reactions(["A"], order=1, products=2), cells)
    >>> found.holds(zoo.birth_death())
    True
    """
    if within < 0 or most < 1:
        raise DataError(f"within={within}, most={most}: choose within >= 0 and most >= 1")
    chosen = method or JointMoments()
    sets = as_list(data, chosen)
    criterion = chosen.pose(candidates, sets)
    screen = chosen.screen(sets)
    if screen is None:
        start = criterion.start
        full = criterion.fit(np.ones(start.size, dtype=bool), start)
        found = search(criterion, full, within=within, refits=most, beam=BEAM)
        complete = len(found) < most
    else:
        screened = discover(candidates, sets, screen, within=within + WIDER, most=most)
        starts = [rates.constants for rates in screened.networks]
        found = near_the_best(criterion, _judged(criterion, starts, within), within)
        complete = screened.complete
    bic = np.array([estimate.bic(criterion.observations) for estimate in found])
    return Discovery(tuple(map(criterion.rates, found)), bic, complete)


def _judged(criterion: Criterion, starts: list[np.ndarray], within: float) -> list[Estimate]:
    """Fits of the subsets that may be within reach, to go by the deviance where they start."""
    penalty = np.log(criterion.observations)
    before = [criterion.deviance(k) + penalty * int((k > 0).sum()) for k in starts]
    reach = min(before) + within + WIDER
    return [
        fit_or_reject(criterion, k) for k, bic in zip(starts, before, strict=True) if bic <= reach
    ]
