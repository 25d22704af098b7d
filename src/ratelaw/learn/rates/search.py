"""Which reactions the data demand: subsets of the candidates, judged by BIC."""

import numpy as np

from ratelaw.errors import RatelawError
from ratelaw.learn.rates.criterion import Criterion, Estimate
from ratelaw.learn.rates.subsets import promising

SLACK = 3.0
"""By which a prediction may be wrong before its subset is left out."""
EXACT = 1.0
"""Within which a prediction of the best is taken as a proof that the second order is enough."""
ROUNDS = 4


def search(
    criterion: Criterion, full: Estimate, *, within: float, refits: int, beam: int
) -> list[Estimate]:
    r"""Fits of all subsets that the data cannot tell from the best, best first.

    .. math:: BIC(S) = D_S + |S| \ln n

    Every one was fitted by the criterion; which ones deserve it is read off its second order around
    the full fit, and then around the best, until that is the best.

    Parameters
    ----------
    criterion
        Of M candidates.
    full
        Its fit of all.
    within
        Of the best BIC: 10 is odds of 150 to 1.
    refits
        Most subsets that are fitted in a round.
    beam
        Subsets of each size that are looked at in second order.

    Notes
    -----
    Schwarz 1978; Kass and Raftery 1995.
    """
    number = criterion.observations
    penalty = float(np.log(number))
    pool = {_key(full.constants): full}
    best, around = full, full if full.fitted.all() else criterion.expand(full.constants)
    for _ in range(ROUNDS):
        chosen = promising(
            around, penalty=penalty, within=within + SLACK, beam=beam, needed=criterion.needed
        )[:refits]
        for _, start in chosen:
            if _key(start) not in pool:
                pool[_key(start)] = fit_or_reject(criterion, start)
        before, best = best, min(pool.values(), key=lambda e: e.bic(number))
        expected = {_key(start): cost for cost, start in chosen}.get(_key(best.constants))
        if best is before or (expected and abs(best.bic(number) - expected) < EXACT):
            break
        around = criterion.expand(best.constants)
    return near_the_best(criterion, list(pool.values()), within)


def near_the_best(criterion: Criterion, estimates: list[Estimate], within: float) -> list[Estimate]:
    """Those within reach of the least BIC, best first, each set of reactions once."""
    ranked = sorted(estimates, key=lambda e: e.bic(criterion.observations))
    best_of = {_key(e.constants): e for e in reversed(ranked)}
    reach = ranked[0].bic(criterion.observations) + within
    return [
        e
        for e in ranked
        if e is best_of[_key(e.constants)] and e.bic(criterion.observations) <= reach
    ]


def _key(constants: np.ndarray) -> bytes:
    return (constants > 0).tobytes()


def fit_or_reject(criterion: Criterion, start: np.ndarray) -> Estimate:
    """Of the constants above 0; where they do not explain the data the deviance is infinite."""
    nothing = np.zeros(start.size)
    try:
        return criterion.fit(start > 0, start)
    except RatelawError:
        return Estimate(start, np.inf, nothing, np.diag(nothing), start > 0)
