"""The options of `ratelaw rates`."""

from pathlib import Path
from typing import Annotated

import typer

from ratelaw.cli.options import whole
from ratelaw.cli.rate_data import ESTIMATORS

Data = Annotated[
    list[Path],
    typer.Argument(
        help="Tables of counts, a row a cell, or of moments with standard errors (.csv, "
        ".parquet); results of simulate (.nc, .zarr)."
    ),
]
Candidates = Annotated[
    str | None,
    typer.Option(help="Candidate reactions: a file or a zoo name."),
]
Discovers = Annotated[
    bool,
    typer.Option("--discover", help="List every network that explains the data."),
]
Order = Annotated[
    int | None,
    typer.Option(parser=whole, metavar="N", help="Most molecules consumed; 1 if left out."),
]
Products = Annotated[
    int | None,
    typer.Option(parser=whole, metavar="N", help="Most molecules produced; 2 if left out."),
]
Species = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="Columns of a table of counts to use; all if left out."),
]
Unseen = Annotated[
    str | None,
    typer.Option(metavar="CONDITION", help="Cells that are not seen, 'A + B == 0'."),
]
Capture = Annotated[
    float | None, typer.Option(help="Probability to count a molecule; 1 if left out.")
]
Noise = Annotated[
    float | None, typer.Option(help="Standard deviation of a normal error of each count.")
]
Method = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=" or ".join(ESTIMATORS) + "; what suits the data."),
]
Profiles = Annotated[
    bool, typer.Option("--profiles", help="Also intervals by the profile of the deviance.")
]
