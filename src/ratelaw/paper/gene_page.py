"""The second example as a page: what is shown, in which order, and in which words."""

from ratelaw.paper.gene import (
    END,
    EVEN,
    JUDGED_FROM,
    SAME_FROM,
    GeneReduction,
    exact_coefficients,
)
from ratelaw.paper.gene_figures import course_figure, extra_figure, extra_share
from ratelaw.paper.gene_numbers import correlation
from ratelaw.paper.published import GENE_CORRELATIONS, GENE_LEARNED, GENE_QSSA
from ratelaw.paper.record import record_section
from ratelaw.reduce import RationalFit
from ratelaw.report import Highlights, Listing, Number, Page, Section, Table, Text
from ratelaw.report.blocks import Cell
from ratelaw.report.numbers import compared, rounded

NAMES = {"alpha11": "α₁₁", "alpha22": "α₂₂", "alpha33": "α₃₃", "beta1": "β₁", "beta2": "β₂"}
REMOVED = "removed"


def page(run: GeneReduction, command: str) -> Page:
    """The report of one run, made by `command`."""
    return Page(
        title="From a stiff gene network to a small one",
        summary=(
            "A gene that its own protein represses: binding takes seconds, expression minutes. "
            "ratelaw told the fast species from the slow ones, derived the quasi-steady state "
            "symbol by symbol, learned the same reduction from courses alone, and measured how "
            "wrong each is against the full network."
        ),
        highlights=_highlights(run),
        sections=(
            _scales_section(run),
            Section(
                "The reduction, derived", (Text(_DERIVED_TEXT), Listing(str(run.derived), _SMALL))
            ),
            _learned_section(run),
            Section("Full against reduced", (course_figure(run), _certificate_table(run))),
            Section(
                "From other initial states",
                (
                    Text(_STATES_TEXT),
                    Listing(str(run.other_states), "The certificate of the quasi-steady state."),
                ),
            ),
            record_section(
                dict(run.seconds),
                command,
                str(run.truth),
                f"Seed {run.seed} of the noise. Time in seconds, concentrations as in the paper.",
            ),
        ),
    )


_SMALL = (
    "The reduced network, text that `ratelaw simulate` reads; the lines that begin with # say what "
    "replaces the fast species."
)
_DERIVED_TEXT = (
    "With the fast species' rates set to zero and their conserved total found from the "
    "stoichiometry, each is a ratio of polynomials in P (Yang 2020, Eqs. 17-18). P is made as if "
    "nothing of it were bound; the total form, which counts what is bound, is measured below."
)
_STATES_TEXT = (
    "A reduction that holds from one state may fail from another. Half and twice of every species "
    "outside the conserved total; the initial layer ends when the slowest fast mode has decayed to "
    "a hundredth."
)


def table_three_block(run: GeneReduction) -> Table:
    """Table III of the paper beside what this run found."""
    exact = exact_coefficients(run.truth)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            NAMES[name],
            Number(GENE_QSSA[name]),
            Number(GENE_LEARNED[name]),
            Number(exact[name], digits=5),
            _estimate(run.learned, name, exact[name]),
            *(_estimate(fit, name, exact[name]) for fit in run.noisy.values()),
        )
        for name in exact
    )
    noisy = tuple(f"learned, {100 * size:g} % noise" for size in run.noisy)
    return Table(
        "Table III. Coefficients with β₃ = 1, standard errors and distance from the exact "
        "quasi-steady state; the other six of the twelve are "
        + ("removed" if run.learned.names == tuple(exact) else "not all removed")
        + " from noise-free data.",
        ("coefficient", "paper, QSSA", "paper, learned", "exact QSSA", "learned here", *noisy),
        rows,
    )


def worst_error(run: GeneReduction, fit: RationalFit) -> float:
    """The largest relative distance of a coefficient from the exact quasi-steady state."""
    exact = exact_coefficients(run.truth)
    return max(abs(fit.values.get(name, 0.0) / value - 1) for name, value in exact.items())


def _estimate(fit: RationalFit, name: str, exact: float) -> Cell:
    if name not in fit.values:
        return REMOVED
    return compared(fit.values[name], fit.standard_errors[name], exact)


def _highlights(run: GeneReduction) -> Highlights:
    paper = max(
        abs(GENE_LEARNED[name] / value - 1) for name, value in exact_coefficients(run.truth).items()
    )
    classical, total = (
        run.certificates[name].largest["P"] for name in ("quasi-steady state", "total form")
    )
    return Highlights(
        (
            (
                Number(100 * worst_error(run, run.learned), digits=2, unit="%"),
                "largest distance of a learned coefficient from the exact quasi-steady state",
            ),
            (Number(100 * paper, digits=2, unit="%"), "the same in the paper"),
            (
                Number(classical / total, digits=2),
                "times closer is the protein when what is bound counts",
            ),
            (
                Number(run.certificates["quasi-steady state"].speedup, digits=2),
                "times fewer evaluations of the right-hand side",
            ),
        )
    )


def _scales_section(run: GeneReduction) -> Section:
    correlations = tuple(
        (f"{a}, {b}", Number(paper), Number(correlation(run.even_scales, a, b)))
        for (a, b), paper in GENE_CORRELATIONS.items()
    )
    share = run.scales.participation
    modes = tuple(
        (name, Number(float(share[i]), digits=2), "fast" if name in run.scales.fast else "slow")
        for i, name in enumerate(run.scales.species)
        if share is not None
    )
    listed = ", ".join(rounded(rate, 3) for rate in run.scales.rates)
    return Section(
        "Fast and slow",
        (
            Table(
                "Table II. Absolute Pearson correlation between time derivatives. Here: exact "
                f"derivatives every {EVEN[1]:g} s from 0 to {END:g} s; the paper's grid is not "
                "given, so its figures can be compared but not met.",
                ("species", "paper", "here"),
                correlations,
            ),
            Table(
                "Participation of each species in the fast modes of the Jacobian, the median along "
                f"the course. The modes' rates are {listed} per second, with a gap of a factor "
                f"{rounded(run.scales.gap, 3)} between the second and the third; no grid, no "
                "threshold on a correlation.",
                ("species", "participation", ""),
                modes,
            ),
        ),
    )


def _learned_section(run: GeneReduction) -> Section:
    exact = exact_coefficients(run.truth)
    shrinking: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"binding {factor} times as fast",
            *(
                Number(100 * (fit.values.get(name, 0.0) / exact[name] - 1), digits=2)
                for name in exact
            ),
            str(len(fit.names)),
        )
        for factor, fit in run.faster.items()
    )
    lags = ", ".join(
        f"{name} {Number(lag, run.learned.lag_errors[name])} s"
        for name, lag in run.learned.lags.items()
    )
    return Section(
        "The reduction, learned",
        (
            Text(
                "From the courses of all five species: ratios of polynomials of degree two in the "
                "slow species, one shared denominator, no coefficient negative. That M does not "
                "enter was found, not told "
                f"(not needed: {', '.join(run.learned.absent) or 'none'}); so was the transient, "
                f"whose end left out everything before {run.learned.transient:g} s, and which "
                "terms are redundant. The fit goes through the slow equations, in which what "
                "binds P cancels by its stoichiometry; each fast species may lag behind its ratio "
                f"({lags})."
            ),
            table_three_block(run),
            Table(
                "What is left is the quasi-steady state's own error: distance from the exact "
                f"values in per cent, data from {SAME_FROM:g} s on, binding and unbinding up to "
                "a hundred times as fast.",
                ("", *(NAMES[name] for name in exact), "terms kept"),
                shrinking,
            ),
            extra_figure(run),
        ),
    )


def _certificate_table(run: GeneReduction) -> Table:
    columns = list(run.certificates.values())
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{name} ({'fast' if name in run.scales.fast else 'slow'})",
            *(
                Number(
                    100 * certificate.largest[name],
                    None,
                    f"rms {rounded(100 * certificate.rms[name], 2)}",
                    digits=2,
                )
                for certificate in columns
            ),
        )
        for name in run.truth.species
    )
    evaluations: tuple[Cell, ...] = (
        "evaluations of the right-hand side",
        *(
            f"{certificate.trials[0].evaluations[1]} for {certificate.trials[0].evaluations[0]}"
            for certificate in columns
        ),
    )
    return Table(
        f"Largest error from {JUDGED_FROM:g} to {END:g} s in per cent of each species' range, "
        f"from the paper's initial state. The extra terms of Eq. (16) reach "
        f"{Number(100 * extra_share(run), digits=2, unit='%')} of dP/dt.",
        ("", *run.certificates),
        (*rows, evaluations),
    )
