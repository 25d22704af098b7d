"""Antimony by way of SBML: what libAntimony makes of either."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ratelaw.errors import DataError, ModelError, UnsupportedError
from ratelaw.formats.antimony import translate
from ratelaw.formats.files import one_line, parse_file, write_text
from ratelaw.formats.sbml.reader import parse_sbml
from ratelaw.formats.sbml.writer import format_sbml
from ratelaw.network import Network

LONGEST_WAIT = 60.0
"""Seconds for one translation."""

_APART = re.compile(r"```.*?```|//[^\n]*|\#[^\n]*|/\*.*?\*/|\"[^\"\n]*\"", re.DOTALL)
"""Notes, comments and quotations."""
_NUMBER = re.compile(r"(?<![\w.])\d+\.?\d*(?:e[+-]?\d+)?")


def read_antimony(path: str | Path) -> Network:
    """Read a network from an Antimony file.

    The library translates it to SBML, which is read as `read_sbml` reads; of several models in the
    file it takes the main one, with those inside it.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    The network; its numbers have 15 significant digits, libAntimony's own.

    Raises
    ------
    DataError
        If the file cannot be read.
    ModelError
        If it is not Antimony, with the library's message and line.
    UnsupportedError
        If it imports other files, or says what SBML's reader does not support.

    Notes
    -----
    Smith et al. 2009 (Antimony: a modular model definition language).
    """
    return parse_file(Path(path), "a network", parse_antimony)


def parse_antimony(text: str) -> Network:
    """The same from text."""
    if "\0" in text:
        raise ModelError("there is a zero byte in it: Antimony is text")
    if re.search(r"\bimport\b", _APART.sub(" ", text)):
        raise UnsupportedError("it imports another file: put all models into one")
    return parse_sbml(_translated(translate.TO_SBML, text)).network


def write_antimony(network: Network, path: str | Path) -> None:
    """Write a network as Antimony that reads back as the one that SBML would give.

    Parameters
    ----------
    network
        Any network; its numbers are written with 15 significant digits, libAntimony's own.
    path
        The file, written whole or not at all.

    Raises
    ------
    UnsupportedError
        If anything would come back otherwise, such as a name that is a word of Antimony.
    """
    write_text(Path(path), format_antimony(network))


def format_antimony(network: Network) -> str:
    """The same as text."""
    sbml = format_sbml(network)
    text = _translated(translate.TO_ANTIMONY, sbml)
    wanted, found = _lines(parse_sbml(sbml).network), _lines(parse_antimony(text))
    lost, instead = sorted(wanted - found), sorted(found - wanted)
    if lost or instead:
        raise UnsupportedError(
            f"Antimony would turn {'; '.join(lost[:1])!r} into {'; '.join(instead[:1])!r}: "
            f"rename or rewrite it, or write SBML"
        )
    return text


def _lines(network: Network) -> set[str]:
    """The network's text at Antimony's precision."""
    text = _NUMBER.sub(lambda number: f"{float(number[0]):.15g}", str(network))
    return {" ".join(line.split()) for line in text.splitlines()}


def _translated(direction: str, text: str) -> str:
    """By the library, in an empty folder and a process of its own."""
    command = [sys.executable, "-P", translate.__file__, direction]
    with TemporaryDirectory() as folder:
        try:
            done = subprocess.run(  # noqa: S603
                command,
                input=text.encode(),
                capture_output=True,
                cwd=folder,
                timeout=LONGEST_WAIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DataError(
                f"libAntimony took longer than {LONGEST_WAIT:g} s for {len(text):,} characters"
            ) from None
    answer = done.stdout.decode()
    if done.returncode == translate.REFUSED:
        reason = one_line(answer.removeprefix("Error in model string, "))
        raise ModelError(f"not valid Antimony: {reason}")
    if done.returncode:
        raise ModelError(f"libAntimony broke down on it (status {done.returncode}): simplify it")
    return answer
