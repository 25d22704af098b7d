"""`ratelaw convert`: networks from one format to another."""

from pathlib import Path
from typing import Annotated

import typer

from ratelaw import formats
from ratelaw.cli.inputs import read_network
from ratelaw.cli.options import NetworkName
from ratelaw.cli.outcome_files import check_files

Target = Annotated[
    Path,
    typer.Argument(help="The file to write: .xml or .sbml is SBML, .ant Antimony, .txt text."),
]


def convert_command(network: NetworkName, target: Target) -> None:
    """Write a network in another format."""
    check_files([target], [network])
    formats.write_network(read_network(network), target)
