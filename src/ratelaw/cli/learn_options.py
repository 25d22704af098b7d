"""The options of `ratelaw learn`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ratelaw.cli.learn_data import NOISES
from ratelaw.cli.learn_library import LIBRARIES
from ratelaw.cli.options import positive
from ratelaw.learn import AbsoluteLoss, AICc, CrossValidation, ExtendedBIC, SquaredLoss
from ratelaw.learn.equations import losses
from ratelaw.learn.equations.criteria import ModelCriterion

LOSSES: dict[str, Callable[[], losses.Loss]] = {"squared": SquaredLoss, "absolute": AbsoluteLoss}
BIC, MIXED = "bic", "mixed"
"""What is taken if nothing is said."""
CRITERIA: dict[str, Callable[[], ModelCriterion]] = {
    BIC: ExtendedBIC,
    "aicc": AICc,
    "cross-validation": CrossValidation,
}

Data = Annotated[
    list[Path], typer.Argument(help="Tables (.csv, .parquet) or results (.nc, .zarr).")
]
LibraryName = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help=f"{', '.join(LIBRARIES)}. If left out: conversions of order 1 where the species of a "
        "table sum to the same at all times, else polynomials of degree 2.",
    ),
]
Degree = Annotated[
    int | None,
    typer.Option(parser=positive, metavar="N", help="polynomial, rational: of the polynomials."),
]
Constant = Annotated[
    bool | None, typer.Option("--constant", help="polynomial: with the constant 1.")
]
Denominator = Annotated[
    int | None, typer.Option(parser=positive, metavar="N", help="rational: degree of what divides.")
]
Order = Annotated[
    int | None, typer.Option(parser=positive, metavar="N", help="mass-action: most that react.")
]
Products = Annotated[
    int | None, typer.Option(parser=positive, metavar="N", help="mass-action: most that are made.")
]
Element = Annotated[
    list[str] | None,
    typer.Option(metavar="C=A:5,B:10", help="mass-action: what reactions keep; repeatable."),
]
Sources = Annotated[
    bool | None, typer.Option("--sources", help="mass-action: molecules may come from nothing.")
]
Candidates = Annotated[
    str | None, typer.Option(metavar="FILE", help="reactions: a network or a zoo name.")
]
Orders = Annotated[str | None, typer.Option(metavar="N,N", help="hill: the orders; 1.")]
Temperature = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="In kelvin: adds activation energies.")
]
Species = Annotated[
    str | None,
    typer.Option(metavar="A,B", help="Of the equations; without a column they are unobserved."),
]
Inputs = Annotated[
    str | None, typer.Option(metavar="X,Y", help="Columns that were set, not measured.")
]
Observable = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN=A+B", help="What a column measures; repeatable."),
]
Initial = Annotated[
    list[str] | None, typer.Option(metavar="A=0", help="A start that is known; repeatable.")
]
StartTime = Annotated[
    float | None,
    typer.Option(metavar="T", help="When courses start, if before the first row of a table."),
]
ExactStart = Annotated[
    bool | None,
    typer.Option(
        "--exact-start/--fitted-start",
        help="Whether first values are exact; if left out: where a species is exactly 0 there.",
    ),
]
Noise = Annotated[
    str | None, typer.Option(metavar="NAME", help=f"{', '.join(NOISES)}; {MIXED} if left out.")
]
CommonNoise = Annotated[
    bool | None, typer.Option("--common-noise", help="The same for all species.")
]
Loss = Annotated[
    str, typer.Option(metavar="NAME", help=f"{', '.join(LOSSES)}; absolute minds outliers little.")
]
Criterion = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help=f"Ranks the models: {', '.join(CRITERIA)}; {BIC} if left out."
    ),
]
