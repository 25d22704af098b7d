"""Networks in files: the ending of the name says which format."""

from pathlib import Path

from ratelaw.errors import DataError
from ratelaw.extras import require
from ratelaw.formats.files import read_text, write_text
from ratelaw.network import Network

SBML = (".xml", ".sbml")
TEXT = ".txt"


def read_network(path: str | Path) -> Network:
    """Read a network from a file: SBML by its ending, otherwise a network's text.

    Parameters
    ----------
    path
        ``.xml`` or ``.sbml`` is SBML, Level 2 or 3; anything else is text as `Network.parse` reads.

    Returns
    -------
    The network; that of SBML counts species in amounts.

    Raises
    ------
    DataError
        If the file cannot be read.
    ModelError
        If what it says is no network.
    UnsupportedError
        If it uses what is not supported; the element is named.
    MissingPackageError
        If SBML is to be read and libsbml is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "decay.txt").write_text("A --> 0, 1")
    ...     read_network(Path(folder, "decay.txt"))
    <Network: 1 species, 1 reactions, volume 1>
    """
    path = Path(path)
    if path.suffix in SBML:
        require("libsbml", f"to read {path}", extra="sbml")
        from ratelaw.formats.sbml import read_sbml

        return read_sbml(path).network
    return Network.parse(read_text(path, "a network"))


def write_network(network: Network, path: str | Path) -> None:
    """Write a network to a file: SBML by its ending, otherwise its text.

    Parameters
    ----------
    network
        Any network.
    path
        ``.xml`` or ``.sbml`` is SBML, Level 3 Version 2; ``.txt`` is text as `Network.parse` reads.

    Returns
    -------
    Nothing; the file is written whole or not at all, and `read_network` gives an equal network.

    Raises
    ------
    DataError
        If the name has another ending, or the file cannot be written.
    UnsupportedError
        If SBML has no words for a rate.
    MissingPackageError
        If SBML is to be written and libsbml is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from ratelaw.network import zoo
    >>> with TemporaryDirectory() as folder:
    ...     write_network(zoo.spcm(), Path(folder, "spcm.txt"))
    ...     read_network(Path(folder, "spcm.txt")) == zoo.spcm()
    True
    """
    path = Path(path)
    if path.suffix not in {*SBML, TEXT}:
        raise DataError(f"{path}: networks are written as {', '.join([*SBML, TEXT])}")
    if path.suffix in SBML:
        require("libsbml", f"to write {path}", extra="sbml")
        from ratelaw.formats.sbml import write_sbml

        write_sbml(network, path)
    else:
        write_text(path, f"{network}\n")
