"""The estimates of a PEtab problem, as a page."""

import numpy as np

from ratelaw.learn import PetabFit
from ratelaw.learn.petab.petab_fit import EstimatedParameter
from ratelaw.report.blocks import Block, Cell, Highlights, Listing, Page, Section, Table, Text
from ratelaw.report.frame import record_section, remarks_section
from ratelaw.report.numbers import Number, interval
from ratelaw.report.petab_figures import measured_figure, waterfall


def petab_page(fit: PetabFit, command: str) -> Page:
    """The report of an estimation, made by `command`."""
    problem = fit.problem
    count = len({row.experiment for row in problem.measurements})
    where = "1 experiment" if count == 1 else f"{count} experiments"
    observables = ", ".join(dict.fromkeys(row.observable for row in problem.measurements))
    return Page(
        title="Parameters of a model, estimated",
        summary=(
            f"From {len(problem.measurements)} measurements of {observables} in {where} ratelaw "
            f"estimated {len(fit.parameters)} parameters by maximum likelihood, from "
            f"{len(fit.starts)} random starts."
        ),
        highlights=_highlights(fit),
        sections=(
            remarks_section(fit.remarks, "nothing about the starts stands out"),
            Section("The parameters", (_table(fit), *_loose(fit), *_undetermined(fit))),
            Section("Data against model", _courses(fit)),
            Section("Where the starts led", (waterfall(fit),)),
            record_section(command, Listing(str(fit), "What it printed.")),
        ),
    )


def _highlights(fit: PetabFit) -> Highlights:
    return Highlights(
        (
            (Number(fit.objective, digits=6), "negative log-likelihood at the estimates"),
            (Number(fit.reached), f"of {len(fit.starts)} starts led to it"),
            (
                Number(len(fit.not_identifiable)),
                f"of {len(fit.parameters)} parameters are not identifiable",
            ),
        )
    )


def _table(fit: PetabFit) -> Table:
    return Table(
        "Estimates with intervals of 95 %, by curvature or, where that leaves the bounds, by "
        "profile. The interval ends at a bound where the data set no end.",
        ("parameter", "estimate", "95 % interval", "identifiable", "scale", "bounds"),
        tuple(_row(parameter) for parameter in fit.parameters),
    )


def _row(parameter: EstimatedParameter) -> tuple[Cell, ...]:
    return (
        parameter.name,
        Number(parameter.value, digits=5),
        interval(*parameter.interval),
        "yes" if all(parameter.ends) else "no",
        parameter.scale.value,
        interval(*parameter.bounds),
    )


def _loose(fit: PetabFit) -> tuple[Block, ...]:
    """What there is to say of parameters at a bound, and of those without an end."""
    said = [p for p in fit.parameters if p.at_bound or not all(p.ends)]
    return tuple(Text(f"{p.name} is {p.verdict}.") for p in said)


def _undetermined(fit: PetabFit) -> tuple[Block, ...]:
    if not fit.undetermined:
        return ()
    listed = "\n".join(fit.undetermined)
    return (
        Listing(listed, "Directions, on the scales, along which the data say next to nothing."),
    )


def _courses(fit: PetabFit) -> tuple[Block, ...]:
    if not any(np.isfinite(row.time) for row in fit.problem.measurements):
        return (Text("All measurements are of steady states, so that there is no course to draw."),)
    return (measured_figure(fit.problem),)
