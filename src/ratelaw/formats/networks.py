"""Networks in files: the ending of the name says which format."""

from pathlib import Path

from ratelaw.arguments import expect_path
from ratelaw.atomic import check_writable
from ratelaw.errors import DataError
from ratelaw.extras import require
from ratelaw.formats.files import parse_file, write_text
from ratelaw.network import Network
from ratelaw.suffixes import ANTIMONY, JSON, PETAB, RESULTS, SBML, TABLES, TEXT, suffix_of

NETWORKS = (*SBML, *ANTIMONY, TEXT)


def read_network(path: str | Path) -> Network:
    """Read a network from a file: SBML or Antimony by its ending, otherwise a network's text.

    Parameters
    ----------
    path
        ``.xml`` or ``.sbml`` is SBML, Level 2 or 3; ``.ant`` or ``.antimony`` is Antimony; anything
        else is text as `Network.parse` reads, unless the ending is one of data or of PEtab.

    Returns
    -------
    The network; that of SBML and of Antimony counts species in amounts.

    Raises
    ------
    DataError
        If the file cannot be read, or its ending is one of data or of a PEtab problem.
    ModelError
        If what it says is no network.
    UnsupportedError
        If it uses what is not supported; the element is named.
    MissingPackageError
        If the library that the format needs is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "decay.txt").write_text("A --> 0, 1")
    ...     read_network(Path(folder, "decay.txt"))
    <Network: 1 species, 1 reactions, volume 1>
    """
    path = expect_path(path)
    ending = suffix_of(path)
    _refuse_others(path, ending)
    if ending in SBML:
        require("libsbml", f"to read {path}", extra="sbml")
        from ratelaw.formats.sbml import read_sbml

        return read_sbml(path).network
    if ending in ANTIMONY:
        require("antimony", f"to read {path}", extra="antimony")
        from ratelaw.formats.antimony import read_antimony

        return read_antimony(path)
    return parse_file(path, "a network", Network.parse)


def _refuse_others(path: Path, ending: str) -> None:
    if ending in PETAB:
        raise DataError(f"{path} is a PEtab problem: `ratelaw info` reads it")
    if ending in {*TABLES, *RESULTS, JSON}:
        raise DataError(f"{path} is data, not a network: networks are {', '.join(NETWORKS)}")


def write_network(network: Network, path: str | Path) -> None:
    """Write a network to a file: SBML or Antimony by its ending, otherwise its text.

    Parameters
    ----------
    network
        Any network.
    path
        ``.xml`` or ``.sbml`` is SBML, Level 3 Version 2; ``.ant`` or ``.antimony`` is Antimony;
        ``.txt`` is text as `Network.parse` reads.

    Returns
    -------
    Nothing; the file is written whole or not at all, and `read_network` gives an equal network: in
    Antimony with numbers of 15 digits.

    Raises
    ------
    DataError
        If the name has another ending, or the file cannot be written.
    UnsupportedError
        If the format has no words for a rate or a name.
    MissingPackageError
        If the library that the format needs is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from ratelaw.network import zoo
    >>> with TemporaryDirectory() as folder:
    ...     write_network(zoo.spcm(), Path(folder, "spcm.txt"))
    ...     read_network(Path(folder, "spcm.txt")) == zoo.spcm()
    True
    """
    path = expect_path(path)
    check_network_path(path)
    if suffix_of(path) in SBML:
        from ratelaw.formats.sbml import write_sbml

        write_sbml(network, path)
    elif suffix_of(path) in ANTIMONY:
        from ratelaw.formats.antimony import write_antimony

        write_antimony(network, path)
    else:
        write_text(path, f"{network}\n")


def check_network_path(path: Path) -> None:
    """Refuse a file to which no network could be written, before long work is done for it.

    Raises
    ------
    DataError
        If the name has no ending of a network, or the file cannot be written.
    MissingPackageError
        If the library that the format needs is not installed.
    """
    if suffix_of(path) not in NETWORKS:
        raise DataError(f"{path}: networks are written as {', '.join(NETWORKS)}")
    if suffix_of(path) in SBML:
        require("libsbml", f"to write {path}", extra="sbml")
    if suffix_of(path) in ANTIMONY:
        require("antimony", f"to write {path}", extra="antimony")
    check_writable(path)
