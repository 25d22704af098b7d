"""Measured data everyone knows, as tables beside this file; each call reads a fresh dataset."""

from importlib import resources
from typing import TYPE_CHECKING

from ratelaw.errors import DataError
from ratelaw.formats.tables import read_table
from ratelaw.network import Network

if TYPE_CHECKING:
    import xarray as xr


def pinene() -> "xr.Dataset":
    """Thermal isomerisation of alpha-pinene, per cent of what was there; the start is exact.

    Fuguitt and Hawkins 1947; Box et al. 1973: pyronene was computed, not measured, so that the
    errors of the five species are not independent.

    >>> pinene()["average"].sel(time=1230, species="dipentene").item()
    7.3
    """
    return load("pinene")


def pinene_mechanism() -> Network:
    """The five isomerisations of Box et al. 1973, with their rates per minute.

    >>> len(pinene_mechanism().reactions)
    5
    """
    return _mechanism("pinene")


def pyridine() -> "xr.Dataset":
    """Denitrogenation of pyridine, six species, relative concentrations; pentane was not measured.

    Bock 1981. `PYRIDINE_ELEMENTS` holds the atoms of each species.

    >>> pyridine().sizes["time"]
    12
    """
    return load("pyridine")


PYRIDINE_ELEMENTS = {
    "C": {
        "pyridine": 5,
        "piperidine": 5,
        "pentylamine": 5,
        "N_pentylpiperidine": 10,
        "dipentylamine": 10,
        "pentane": 5,
    },
    "N": {
        "pyridine": 1,
        "piperidine": 1,
        "pentylamine": 1,
        "N_pentylpiperidine": 1,
        "dipentylamine": 1,
        "ammonia": 1,
    },
}
"""Carbon and nitrogen atoms in a molecule of each species of `pyridine`."""


def lynx_hare() -> "xr.Dataset":
    """Pelts of hare and lynx at Hudson Bay, thousands, in the years since 1900.

    Of the years 1900 to 1920; as in posteriordb, ``hudson_lynx_hare``.

    >>> lynx_hare()["average"].sel(time=3).values
    array([77.4, 35.2])
    """
    return load("lynx_hare")


def crauste() -> "xr.Dataset":
    """CD8 T cells of four types on days after an infection: averages and standard deviations.

    Crauste et al. 2017. Types were counted on different days: what is missing is NaN.

    >>> crauste()["standard_error"].sel(time=8, species="Memory").item()
    80.0
    """
    return load("crauste")


def crauste_mechanism() -> Network:
    """The twelve reactions of Crauste et al. 2017, with pathogens; all constants are 1.

    >>> crauste_mechanism().initial["Naive"]
    8090.0
    """
    return _mechanism("crauste")


SERIES = ("crauste", "lynx_hare", "pinene", "pyridine")
"""Names that `load` takes; the other files beside this one are no time series."""


def load(name: str) -> "xr.Dataset":
    """The table of this name.

    Raises
    ------
    DataError
        If there is none.

    Examples
    --------
    >>> load("pinene").equals(pinene())
    True
    """
    if name not in SERIES:
        raise DataError(f"no example {name!r}: there are {', '.join(SERIES)}")
    with resources.as_file(resources.files(__name__).joinpath(f"{name}.csv")) as path:
        (table,) = read_table(path, allow_missing=True)
    return table.assign_attrs(source=f"{name}.csv")


def _mechanism(name: str) -> Network:
    source = resources.files(__name__).joinpath(f"{name}_mechanism.txt")
    return Network.parse(source.read_text(encoding="utf-8"))
