"""What was learned from measured courses, as a page."""

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn import Experiments, Fit, prediction_bands, profile_coefficients
from ratelaw.learn.equations.path import sparsity_path
from ratelaw.learn.equations.refit import Refit, refit
from ratelaw.report.blocks import (
    Block,
    Formulas,
    Highlights,
    Listing,
    Page,
    Section,
    Text,
)
from ratelaw.report.fit_figures import MOST_COURSES, course_figure, path_figure, residual_figure
from ratelaw.report.fit_tables import alternatives_table, coefficient_table
from ratelaw.report.formulas import rate_equation
from ratelaw.report.frame import as_sentence, record_section, remarks_section
from ratelaw.report.numbers import Number

LONG = 60
"""Terms beyond which neither profiles nor the path to fewer are computed."""


def fit_page(fit: Fit, data: Experiments, command: str) -> Page:
    """The report of a fit to experiments, made by `command`."""
    again = refit(fit, data)
    count = len(data.experiments)
    series = "1 time series" if count == 1 else f"{count} time series"
    return Page(
        title="Rate equations from measured concentrations",
        summary=(
            f"From {data.values} values in {series} of {', '.join(data.species)} ratelaw searched "
            f"{len(fit.columns)} candidate terms for those that the data demand, with the solver "
            "in the loop: nothing was differentiated."
        ),
        highlights=_highlights(fit, again),
        sections=(
            remarks_section(fit.remarks, "nothing in the data stands out"),
            _equations(fit, data),
            Section("Data against model", _courses(fit, data)),
            Section("What is missed", (residual_figure(data, again.missed),)),
            _rivals(fit, data),
            record_section(command, Listing(str(fit), "What it printed.")),
        ),
    )


def _highlights(fit: Fit, again: Refit) -> Highlights:
    values = np.concatenate([part.values for part in again.data.experiments])
    largest = np.nanmax(_misfits(again)) if np.isfinite(values).any() else 0.0
    return Highlights(
        (
            (Number(int(fit.selected.sum())), f"of {len(fit.columns)} candidate terms are needed"),
            (
                Number(100 * float(largest), digits=2, unit="%"),
                "of a range: the largest distance between a value and the course",
            ),
            (
                Number(len(fit.alternatives)),
                "models that the data cannot tell apart, this included",
            ),
            (
                Number(fit.degrees_of_freedom),
                "values more than unknowns, from which the noise follows",
            )
            if fit.noise_is_estimated
            else (Number(fit.p_value, digits=2), "probability of a worse χ², were the model right"),
        )
    )


def _misfits(again: Refit) -> np.ndarray:
    """Distances of values from courses, as shares of each observable's range."""
    values = np.concatenate([part.values for part in again.data.experiments])
    span = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    missed = np.abs(np.concatenate(again.solution.predicted) - values)
    return missed / np.where(span > 0, span, 1.0)


def _equations(fit: Fit, data: Experiments) -> Section:
    formulas = tuple(
        rate_equation(
            name,
            [
                (Number(fit.coefficients[v, t], fit.standard_errors[v, t]), fit.library[t])
                for t in np.flatnonzero(fit.active[v])
            ],
        )
        for v, name in enumerate(fit.species)
    )
    blocks: list[Block] = [
        Formulas(formulas, "The learned equations; in parentheses the error of the last digits.")
    ]
    if 0 < int(fit.selected.sum()) <= LONG:
        blocks.append(coefficient_table(fit, profile_coefficients(fit, data)))
    blocks += [
        Listing(str(fit.to_network()), "As a network, which ratelaw reads and simulates."),
        Listing(fit.latex, "As LaTeX."),
    ]
    return Section("The equations", tuple(blocks))


def _courses(fit: Fit, data: Experiments) -> tuple[Block, ...]:
    try:
        bands = prediction_bands(fit, data)
    except SolverError as error:
        return (Text(as_sentence(str(error))),)
    return (course_figure(data, bands[:MOST_COURSES]),)


def _rivals(fit: Fit, data: Experiments) -> Section:
    blocks: list[Block] = [alternatives_table(fit)]
    if 0 < int(fit.selected.sum()) <= LONG:
        others = [(int(m.selected.sum()), m.bic) for m in fit.alternatives[1:]]
        blocks.append(path_figure(sparsity_path(fit, data), others))
    return Section("What else could be", tuple(blocks))
