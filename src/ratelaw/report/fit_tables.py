"""Tables of learned equations: coefficients and rival models."""

from collections.abc import Sequence

import numpy as np

from ratelaw.learn import CoefficientProfile, Fit
from ratelaw.report.blocks import Cell, Table
from ratelaw.report.numbers import Number, interval

MOST_MODELS = 20


def coefficient_table(fit: Fit, profiles: Sequence[CoefficientProfile] = ()) -> Table:
    """The coefficients of the selected terms with standard errors and, where given, intervals."""
    ends = {found.name: found for found in profiles}
    rows: list[tuple[Cell, ...]] = []
    for name, (value, error) in {**fit.found, **fit.found_inside}.items():
        cells: list[Cell] = [name, Number(value, digits=5), Number(error, digits=2)]
        if profiles:
            cells += [interval(ends[name].lower, ends[name].upper), ends[name].verdict]
        rows.append(tuple(cells))
    head = ("term", "coefficient", "standard error")
    extra = ("95 % interval of the profile", "which is") if profiles else ()
    inside = f"; inside them: {', '.join(fit.found_inside)}" if fit.shape else ""
    caption = f"Coefficients of the terms, per unit of time{inside}."
    return Table(caption, (*head, *extra), tuple(rows))


def alternatives_table(fit: Fit) -> Table:
    """The models that the data cannot tell apart, with their evidence."""
    shown = fit.alternatives[:MOST_MODELS]
    scores = np.array([model.bic for model in fit.alternatives])
    weights = np.exp(-(scores - scores.min()) / 2)
    weights /= weights.sum()
    union = [term for term in fit.found if all(term in model.found for model in shown)]
    rows = tuple(
        (
            _without(model, union),
            Number(int(model.selected.sum())),
            Number(model.chi_square),
            Number(model.degrees_of_freedom),
            Number(float(model.bic - scores.min()), digits=2),
            Number(100 * float(weight), digits=2, unit="%"),
        )
        for model, weight in zip(shown, weights, strict=False)
    )
    count = len(fit.alternatives)
    more = f"; the first {MOST_MODELS} are shown" if count > MOST_MODELS else ""
    common = f" In all of them: {', '.join(union)}." if union and count > 1 else ""
    return Table(
        f"Models within reach of the best ({count}){more}. Evidence: the share of each if all were "
        f"as likely before.{common}",
        ("terms besides those in all", "terms", "χ²", "d.o.f.", "BIC above best", "evidence"),
        rows,
    )


def _without(model: Fit, common: Sequence[str]) -> str:
    return ", ".join(term for term in model.found if term not in common) or "none"
