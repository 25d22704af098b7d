"""Endings of file names: they say what is in a file."""

from pathlib import Path

SBML = (".xml", ".sbml")
ANTIMONY = (".ant", ".antimony")
TEXT = ".txt"
PETAB = (".yaml", ".yml")
CSV, PARQUET = ".csv", ".parquet"
TABLES = (CSV, PARQUET)
NETCDF, ZARR = ".nc", ".zarr"
RESULTS = (NETCDF, ZARR)
JSON = ".json"
PAGES = (".html", ".htm")


def suffix_of(path: str | Path) -> str:
    """The ending of a name, in small letters.

    Examples
    --------
    >>> suffix_of("results/Decay.XML")
    '.xml'
    """
    return Path(path).suffix.lower()
