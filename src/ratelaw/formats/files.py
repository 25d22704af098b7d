"""Text files that are either whole or not there, and JSON that any reader takes."""

import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ratelaw.atomic import whole_file
from ratelaw.errors import DataError


def check_writable(path: Path, *, make_folder: bool = False) -> None:
    """Refuse a file that could not be written, before long work is done for it.

    Parameters
    ----------
    path
        The file.
    make_folder
        Whether to make its folder, where only that is missing.

    Raises
    ------
    DataError
        If the folder is missing or does not allow writing, or the path is a folder.
    """
    if path.is_dir():
        raise DataError(f"cannot write {path}: it is a folder")
    try:
        if make_folder:
            path.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror}") from None


def write_text(path: Path, text: str) -> None:
    """Write a text file; a failed write leaves what was there before.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write numbers at full precision as strict JSON: NaN and infinities become null."""
    write_text(path, json.dumps(plain(content), indent=1, allow_nan=False) + "\n")


def plain(content: Any) -> Any:  # noqa: ANN401
    """Arrays as lists, NaN and infinities as None, everything else as it is.

    Examples
    --------
    >>> plain({"errors": np.array([0.5, np.nan])})
    {'errors': [0.5, None]}
    """
    if isinstance(content, Mapping):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, np.ndarray | np.generic):
        return plain(content.tolist())
    if isinstance(content, list | tuple):
        return [plain(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content
