"""A page of estimated rates: the data, the rates, how well they fit, what is not determined."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ratelaw.learn import Discovery, ObservedPaths, Profiles, Rates, Snapshots, identifiability
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.network import Network
from ratelaw.report.blocks import Block, Cell, Highlights, Listing, Page, Section, Table, Text
from ratelaw.report.formulas import arrow
from ratelaw.report.frame import record_section
from ratelaw.report.numbers import Number
from ratelaw.report.rate_figures import course_figure, frequency_figure, profile_figure
from ratelaw.report.rate_numbers import Frequencies, courses, frequencies

ABSENT = "absent"
NORMAL = 1.959964
"""Standard errors of a 95 % interval."""
MOST_MODELS = 20
MOST_SETS = 4
"""Data sets with figures of their own."""


@dataclass(frozen=True, eq=False)
class RateReport:
    """Data, and the rates that were estimated from them.

    Attributes
    ----------
    lines
        What was read, a line a file.
    sets
        Data as `fit_rates` takes them.
    method
        That estimated.
    rates
        The rates; of a discovery the best.
    found
        The discovery, or the rates once more.
    profiles
        Of the rates, if they were asked for.
    """

    lines: Sequence[str]
    sets: Sequence[Any]
    method: CriterionMethod
    rates: Rates
    found: Rates | Discovery
    profiles: Profiles | None = None

    @cached_property
    def network(self) -> Network:
        """The estimated one."""
        return self.rates.to_network()


def rate_page(report: RateReport, command: str) -> Page:
    """The page, made by `command`."""
    count = int(report.rates.present.sum())
    discovered = isinstance(report.found, Discovery)
    return Page(
        title="Reactions and rates from data",
        summary=(
            f"{len(report.rates.candidates.reactions)} candidate reactions were held against the "
            f"data; {count} of them are present in the {'best ' if discovered else ''}network. "
            "Rates come with their standard errors, and what the data do not determine is named."
        ),
        highlights=_highlights(report),
        sections=(
            Section("The data", tuple(Text(line) for line in report.lines)),
            *([_networks_section(report.found)] if isinstance(report.found, Discovery) else []),
            Section(
                "The rates",
                (
                    Text(_quality(report.rates)),
                    _rate_table(report.rates),
                    *(_profile_blocks(report.profiles) if report.profiles else ()),
                ),
            ),
            _fit_section(report),
            _identifiability_section(report),
            record_section(
                command,
                Listing(str(report.network), "The estimated network."),
                remark=f"Method: {report.method}.",
            ),
        ),
    )


def _highlights(report: RateReport) -> Highlights:
    items: list[tuple[Cell, str]] = [
        (Number(int(report.rates.present.sum())), "reactions are present"),
    ]
    if isinstance(report.found, Discovery):
        items.append(
            (Number(len(report.found.networks)), "networks that the data cannot tell apart")
        )
        best = Number(100 * float(report.found.weights[0]), digits=3, unit="%")
        items.append((best, "of their weight is that of the best"))
    worst = np.nanmax(report.rates.standard_errors / report.rates.constants)
    items.append(
        (Number(100 * float(worst), digits=2, unit="%"), "largest relative standard error")
    )
    if report.rates.fit_probability is not None:
        chance = Number(report.rates.fit_probability, digits=2)
        items.append((chance, "probability of a worse fit if the network is right"))
    return Highlights(tuple(items))


def _quality(rates: Rates) -> str:
    if rates.log_likelihood is not None:
        return (
            f"The log-likelihood of the data is {rates.log_likelihood:.2f}. Standard errors follow "
            "from the information in the data, given which reactions are present."
        )
    text = (
        f"The distance of the moments from those of the network is chi-square "
        f"{rates.chi_square:.1f} on {rates.degrees_of_freedom} degrees of freedom"
    )
    if rates.fit_probability is None:
        return f"{text}."
    return (
        f"{text}; by Hansen's J test a right network is farther away with probability "
        f"{rates.fit_probability:.2g}."
    )


def _rate_table(rates: Rates) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for j, reaction in enumerate(rates.candidates.reactions):
        value, error = float(rates.constants[j]), float(rates.standard_errors[j])
        low, high = max(value - NORMAL * error, 0.0), value + NORMAL * error
        estimate = Number(value, error), f"{low:.4g} to {high:.4g}"
        rows.append(
            (arrow(reaction), f"k{j + 1}", *(estimate if rates.present[j] else (ABSENT, "")))
        )
    return Table(
        "Rate constants with standard errors and 95 % intervals, per unit of time (and volume for "
        "reactions of two molecules).",
        ("reaction", "constant", "rate", "95 % interval"),
        tuple(rows),
    )


def _profile_blocks(profiles: Profiles) -> tuple[Block, ...]:
    rows = tuple(
        (
            arrow(p.reaction),
            Number(p.lower),
            Number(p.upper) if np.isfinite(p.upper) else "no end",
            p.verdict,
        )
        for p in profiles
    )
    table = Table(
        f"{profiles[0].level:.0%} intervals by the profile of the deviance, which follow it where "
        "it is no parabola. A rate whose interval has no end is not identifiable in practice.",
        ("reaction", "from", "to", "the data say"),
        rows,
    )
    return table, profile_figure(profiles)


def _networks_section(found: Discovery) -> Section:
    shown = found.networks[:MOST_MODELS]
    rest = f"; the first {MOST_MODELS} are shown" if len(found.networks) > MOST_MODELS else ""
    rows = tuple(
        (
            Number(100 * float(weight), digits=2, unit="%"),
            Number(float(bic - found.bic[0]), digits=2),
            "; ".join(
                arrow(reaction)
                for reaction, there in zip(rates.candidates.reactions, rates.present, strict=True)
                if there
            ),
        )
        for weight, bic, rates in zip(found.weights, found.bic, shown, strict=False)
    )
    order = np.argsort(-found.support, kind="stable")
    support = tuple(
        (arrow(found.candidates.reactions[j]), Number(100 * float(found.support[j]), unit="%"))
        for j in order
        if found.support[j] > 0
    )
    complete = "" if found.complete else " There may be more: the search ended at its limit."
    return Section(
        "Networks that explain the data",
        (
            Table(
                f"Networks that the data cannot tell apart ({len(found.networks)}): within 10 of "
                "the best Bayesian information criterion (BIC), with weights proportional to "
                f"exp(-BIC/2){rest}.{complete}",
                ("weight", "BIC above best", "reactions"),
                rows,
            ),
            Table(
                "Weight of the networks that hold each reaction; all others are in none.",
                ("reaction", "weight"),
                support,
            ),
        ),
    )


def _fit_section(report: RateReport) -> Section:
    blocks: list[Block] = []
    for place, data in enumerate(report.sets[:MOST_SETS]):
        named = "" if len(report.sets) == 1 else f"Data set {place + 1}: "
        if isinstance(data, Snapshots):
            found = frequencies(report.network, data)
            begin = ", ".join(f"{name} = {count:g}" for name, count in data.initial.items())
            named = f"Data set {place + 1}, from {begin}: " if named else ""
            blocks += [frequency_figure(found, named), _distance_table(found, named)]
        elif not isinstance(data, ObservedPaths) and (drawn := courses(report.network, data)):
            blocks.append(course_figure(drawn, named))
    if blocks and len(report.sets) > MOST_SETS:
        blocks.append(Text(f"The first {MOST_SETS} of {len(report.sets)} data sets are shown."))
    nothing = Text("Drawn are counts of cells, and moments that begin in a known state at time 0.")
    return Section("Data and prediction", tuple(blocks) or (nothing,))


def _distance_table(found: Sequence[Frequencies], named: str) -> Table:
    return Table(
        f"{named}Total variation distance (0: equal, 1: disjoint) of the cells from the network. "
        "Sampling alone: the mean distance of as many cells drawn from the network itself, and how "
        "many of such draws are at least as far as the data.",
        ("distribution", "cells", "distance", "sampling alone", "at least as far"),
        tuple(
            (
                f"{part.species} at time {part.time:g}",
                Number(part.cells),
                Number(part.distance, digits=3),
                Number(float(part.of_sampling.mean()), digits=3),
                Number(100 * float((part.of_sampling >= part.distance).mean()), digits=3, unit="%"),
            )
            for part in found
        ),
    )


def _identifiability_section(report: RateReport) -> Section:
    times = sorted({float(t) for data in report.sets for t in _times(data) if t > 0})
    answer = identifiability(report.network, times, initial=_starts(report))
    lacking = [level for level in answer.levels if level.rank < len(report.network.reactions)]
    trades = [
        f"The {level.name} do not show changes of the rates by {'; '.join(level.trades)}."
        for level in lacking
    ]
    named = ", ".join(
        f"k{j} is the constant of {arrow(reaction)}"
        for j, reaction in enumerate(report.network.reactions, start=1)
    )
    text = (
        "Which combinations of the rates of this network such data determine, without noise and "
        "with every molecule of every cell counted, at the times that were measured."
    )
    told = [level.name for level in answer.levels if level not in lacking][:1]
    enough = f"All rates are determined by the {told[0]}" if told else "Not all are determined"
    verdict = " ".join([f"{enough}.", *trades, *([f"Here {named}."] if trades else [])])
    return Section(
        "What is not determined", (Text(text), Text(verdict), Listing(str(answer), "In numbers."))
    )


def _times(data: Any) -> np.ndarray:  # noqa: ANN401
    if isinstance(data, Snapshots):
        return data.times
    return data.ends if isinstance(data, ObservedPaths) else data["time"].values


def _starts(report: RateReport) -> list[dict[str, float]]:
    starts = [data.initial for data in report.sets if isinstance(data, Snapshots)]
    return [dict(start) for start in starts] or [dict(report.network.initial)]
