"""The first example as a page: what is shown, in which order, and in which words."""

from collections.abc import Mapping

import numpy as np

from ratelaw.learn import Fit, Rates
from ratelaw.paper.published import SPCM_MEANS, SPCM_RATES
from ratelaw.paper.record import record_section
from ratelaw.paper.spcm import Reproduction, table_one
from ratelaw.paper.spcm_figures import (
    joint_figure,
    marginal_figure,
    moment_figure,
    path_figure,
    weeks,
)
from ratelaw.paper.spcm_numbers import truth
from ratelaw.report import (
    Formulas,
    Highlights,
    Number,
    Page,
    Section,
    Table,
    Text,
)
from ratelaw.report.blocks import Cell
from ratelaw.report.formulas import arrow, equation
from ratelaw.report.numbers import compared

NAMES = {"r1": "r₁", "r2": "r₂", "lam": "λ", "gamma": "γ", "k1": "k₁", "k2": "k₂"}  # noqa: RUF001
ABSENT = "absent"
MOST_MODELS = 10


def page(run: Reproduction, command: str) -> Page:
    """The report of one run, made by `command`."""
    return Page(
        title="From stochastic trajectories to reactions and rates",
        summary=(
            f"From the moments of {run.trajectories:,} simulated cell clones ratelaw learned the "
            "equations of the means, listed the reactions that could make them, and measured every "
            "rate with its uncertainty. The network it found was then solved with the master "
            "equation and held against the distributions of the trajectories."
        ),
        highlights=_highlights(run),
        sections=(
            _model_section(run),
            _means_section(run),
            _candidates_section(run),
            Section("The rates", (Text(_RATES_TEXT), table_one_block(run))),
            Section("Paths and moments", (path_figure(run), moment_figure(run))),
            _distributions_section(run),
            record_section(
                dict(run.seconds),
                command,
                str(run.truth),
                f"Seed {run.seed}; the same seed gives the same trajectories on any number of "
                "threads.",
            ),
        ),
    )


def table_one_block(run: Reproduction) -> Table:
    """Table I of the paper beside what this run found."""
    exact = truth(run)
    columns: list[Mapping[str, tuple[float, float | None]]] = [
        {name: (value, None) for name, value in SPCM_RATES.items()},
        table_one(run.papers_way),
        table_one(run.joint.all_free),
        table_one(run.joint),
    ]
    rows = tuple(
        (NAMES[name], Number(exact[name]), *(_estimate(c[name], exact[name]) for c in columns))
        for name in SPCM_RATES
    )
    return Table(
        "Table I. Rates with standard errors and distance from the truth; λ, γ, k₁, k₂ per week.",  # noqa: RUF001
        ("rate", "truth", "paper", "paper's way, here", "joint fit, all six", "joint fit"),
        rows,
    )


_RATES_TEXT = (
    "The paper's way learns the coefficients of the moment equations as if they were unrelated, "
    "then solves V u = b for the rates. The joint fit puts every rate through the moment equations "
    "at once, weighted by the inverse of the full sampling covariance of means, variances and "
    "covariance over all times; the last column follows the removal of reactions that the data do "
    "not demand."
)


def _estimate(found: tuple[float, float | None], exact: float) -> Cell:
    value, error = found
    if value == 0 and error == 0:
        return ABSENT
    return compared(value, error, exact)


def _highlights(run: Reproduction) -> Highlights:
    exact = truth(run)

    def worst(found: Mapping[str, float]) -> Number:
        off = max(abs(value / exact[name] - 1) for name, value in found.items() if exact[name])
        return Number(100 * off, digits=2, unit="%")

    joint = {name: value for name, (value, _) in table_one(run.joint).items()}
    return Highlights(
        (
            (worst(joint), "largest error of a rate here, by the joint fit"),
            (
                worst(SPCM_RATES),
                "largest error of a rate in the paper, from 1,000,000 trajectories",
            ),
            (
                Number(int(run.fit.active.sum())),
                f"of {run.fit.active.size} terms survive in the equations of the means",
            ),
            (
                Number(sum(run.seconds.values()), digits=2, unit="s"),
                "from the first trajectory to the last distribution",
            ),
        )
    )


def _model_section(run: Reproduction) -> Section:
    values = run.truth.values
    rows = tuple(
        (arrow(reaction), Number(float(reaction.law.expression.subs(values))))
        for reaction in run.truth.reactions
    )
    start = ", ".join(f"{count:g} {name}" for name, count in run.truth.initial.items())
    return Section(
        "The model behind the data",
        (
            Text(
                "A clone of epidermal cells: progenitors A divide, post-mitotic cells B leave the "
                f"basal layer. Each trajectory starts from {start} and runs for 20 weeks. "
                "The learner sees moments at 21 times, never this table."
            ),
            Table(
                "The true reactions, constants per week.",
                ("reaction", "constant"),
                rows,
            ),
        ),
    )


def _means_section(run: Reproduction) -> Section:
    paper = ", ".join(
        f"{Number(value, digits=5)} {term} in d{e}/dt" for (e, term), value in SPCM_MEANS.items()
    )
    return Section(
        "The equations of the means",
        (
            Formulas(
                tuple(equation(name, _terms(run.fit, e)) for e, name in enumerate(run.fit.species)),
                "Learned from a library of A, B, A², AB and B² in each equation, time in weeks. In "
                "parentheses: the standard error of the last digits. The paper has "
                f"{paper}.",
            ),
            _rivals_table(run.fit),
        ),
    )


def _rivals_table(fit: Fit) -> Table:
    count, shown = len(fit.alternatives), fit.alternatives[:MOST_MODELS]
    more = f"; the first {MOST_MODELS} are shown, the JSON holds all" if count > MOST_MODELS else ""
    return Table(
        f"Models that the data cannot tell apart ({count}): within 10 of the best Bayesian "
        f"information criterion (BIC) among those searched{more}.",
        (
            *(f"terms of d⟨{name}⟩/dt" for name in fit.species),
            *("χ²", "d.o.f.", "p", "BIC above best"),
        ),
        tuple(_model_row(model, fit) for model in shown),
    )


def _terms(fit: Fit, row: int) -> list[tuple[Number, object]]:
    return [
        (Number(fit.coefficients[row, t], fit.standard_errors[row, t]), fit.library[t])
        for t in np.flatnonzero(fit.active[row])
    ]


def _model_row(fit: Fit, best: Fit) -> tuple[Cell, ...]:
    terms = np.array([term.replace("^2", "²").replace("*", "") for term in fit.terms])
    return (
        *(", ".join(terms[kept]) or "none" for kept in fit.active),
        Number(fit.chi_square),
        Number(fit.degrees_of_freedom),
        Number(fit.p_value, digits=2),
        Number(fit.bic - best.bic, digits=2),
    )


def _candidates_section(run: Reproduction) -> Section:
    complete = run.complete
    rows = tuple(
        (
            arrow(reaction),
            _constant(complete.all_free, j),
            _constant(complete, j) if complete.present[j] else ABSENT,
        )
        for j, reaction in enumerate(complete.candidates.reactions)
    )
    return Section(
        "The reactions that could make them",
        (
            Text(
                f"{len(rows)} reactions that consume what one of the surviving terms says, and "
                "produce two molecules at most, are compatible with the learned means. The means "
                "alone cannot tell them apart; the second moments can, and those "
                "the data do not demand are removed."
            ),
            Table(
                f"All {len(rows)} candidates, constants per week with standard errors; "
                f"χ² = {complete.chi_square:.1f} on {complete.degrees_of_freedom} degrees of "
                "freedom after the removal. The paper starts from six of them.",
                ("reaction", "all free", "what is present"),
                rows,
            ),
        ),
    )


def _constant(rates: Rates, j: int) -> Number:
    return Number(rates.constants[j], rates.standard_errors[j])


def _distributions_section(run: Reproduction) -> Section:
    rows = tuple(
        (weeks(snapshot), Number(float(distance)), Number(float(expected)))
        for snapshot, distance, expected in zip(
            run.cells["snapshot"].values,
            run.distances.values,
            run.sampling_distances,
            strict=True,
        )
    )
    return Section(
        "Back to the master equation",
        (
            joint_figure(run),
            Table(
                "Total variation distance (0: equal, 1: disjoint) between the trajectories and the "
                "learned network. Sampling alone: the mean distance of as many draws from the "
                "learned distribution itself. The finite state projection lost "
                f"{Number(run.exact.attrs['probability_lost'], digits=1)} of the probability.",
                ("after", "distance", "sampling alone"),
                rows,
            ),
            marginal_figure(run),
        ),
    )
