"""PEtab: a YAML file and its tables to a parameter estimation problem."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ratelaw.arguments import expect_path
from ratelaw.errors import DataError, UnsupportedError
from ratelaw.extras import require
from ratelaw.formats.files import read_text
from ratelaw.formats.petab.petab_library import refusals
from ratelaw.formats.petab.problem import EstimationProblem


def read_petab(path: str | Path) -> EstimationProblem:
    """Read a parameter estimation problem in PEtab, version 1 or 2, with a model in SBML.

    Parameters
    ----------
    path
        The YAML file; models and tables are where it says, on this disk.

    Returns
    -------
    The problem; its tables agree with the model and with each other.

    Raises
    ------
    DataError
        If a file cannot be read, or a table contradicts the model or another one; with the table,
        the row, and what was found.
    ModelError
        If the model is not valid SBML.
    UnsupportedError
        For several problems or models, other languages than SBML, mapping tables, extensions, and
        experiments that are an equilibration alone.
    MissingPackageError
        If petab or libsbml is not installed.

    Notes
    -----
    Schmiester et al. 2021 (PEtab: interoperable specification of parameter estimation problems).
    """
    path = expect_path(path)
    for package in ("petab", "libsbml"):
        require(package, f"to read {path}", extra="petab")
    from ratelaw.formats.petab.version1 import read_version1
    from ratelaw.formats.petab.version2 import read_version2

    config = _config(path)
    for name in _texts(config):
        if "://" in name:
            raise DataError(f"{path}: {name}: only files on this disk are read")
    version = str(config.get("format_version", "")).split(".", maxsplit=1)[0]
    readers = {"1": read_version1, "2": read_version2}
    if version not in readers:
        raise UnsupportedError(f"{path}: format_version {version!r}: versions 1 and 2 are read")
    return readers[version](path, config)


def _config(path: Path) -> dict[str, Any]:
    import yaml

    text = read_text(path, "a problem")
    with refusals(str(path)):
        config = yaml.safe_load(text)
    if not isinstance(config, dict):
        raise DataError(f"{path}: expected the fields of a PEtab problem, such as format_version")
    return config


def _texts(content: object) -> Iterator[str]:
    """All texts within."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for part in content.values():
            yield from _texts(part)
    elif isinstance(content, list):
        for part in content:
            yield from _texts(part)
