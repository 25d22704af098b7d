"""Networks and data that are named on the command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ratelaw import formats
from ratelaw.errors import DataError
from ratelaw.formats.tables import read_table
from ratelaw.network import Network, zoo
from ratelaw.network.notation import suggest
from ratelaw.simulate import load
from ratelaw.suffixes import RESULTS, suffix_of

if TYPE_CHECKING:
    import xarray as xr


def read_network(source: str) -> Network:
    """A network from a file, or from the zoo if there is no such file."""
    if Path(source).exists():
        return formats.read_network(source)
    if source in zoo.names():
        return zoo.load(source)
    raise DataError(
        f"no file {source!r}, and no such name in the zoo" + suggest(source, zoo.names())
    )


def read_data(paths: Sequence[Path]) -> "list[xr.Dataset]":
    """All series of some tables and results."""
    sets: list[xr.Dataset] = []
    for path in paths:
        sets += [load(path)] if suffix_of(path) in RESULTS else read_table(path)
        if "average" not in sets[-1]:
            raise DataError(f"{path} holds no averages to learn from")
        if "parameter_set" in sets[-1].dims:
            raise DataError(f"{path} holds a parameter sweep: learn from one parameter set")
    return sets
