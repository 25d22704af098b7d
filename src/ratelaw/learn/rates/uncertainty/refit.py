"""Rates and their data become a criterion and its least deviance again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ratelaw.errors import DataError
from ratelaw.learn.rates.criterion import Criterion, Estimate
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.fit_rates import as_list, usual_method
from ratelaw.learn.rates.rates import Rates

if TYPE_CHECKING:
    from ratelaw.learn.rates.fit_rates import Data


def refit(
    rates: Rates, data: "Data | Sequence[Data]", method: CriterionMethod | None
) -> tuple[Criterion, Estimate]:
    """The criterion of the candidates on the data, and its minimum over the present reactions.

    Raises
    ------
    DataError
        If no reaction is present, or the method does not take the data.
    """
    criterion = posed(rates, as_chosen(data, method))
    return criterion, criterion.fit(rates.present, rates.constants)


def as_chosen(
    data: "Data | Sequence[Data]", method: CriterionMethod | None
) -> tuple[CriterionMethod, list[Any]]:
    """The method, the usual one unless told, and the data as a list that it takes."""
    chosen = method or usual_method(data)
    if not isinstance(chosen, CriterionMethod):
        raise DataError(f"{type(chosen).__name__} has no deviance: use JointMoments()")
    return chosen, as_list(data, chosen)


def posed(rates: Rates, chosen: tuple[CriterionMethod, list[Any]]) -> Criterion:
    """The criterion of the candidates of rates of which at least one is present."""
    if not rates.present.any():
        raise DataError("no reaction is present: there is nothing to be unsure of")
    method, sets = chosen
    return method.pose(rates.candidates, sets)
