"""Text files that are either whole or not there, and JSON that any reader takes."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ratelaw.atomic import whole_file
from ratelaw.errors import DataError, ModelError, UnsupportedError

Parsed = TypeVar("Parsed")


def read_text(path: Path, what: str) -> str:
    """The text of a file that holds what is named in messages.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {what} from {path}: {error}") from None


def parse_file(path: Path, what: str, parse: Callable[[str], Parsed]) -> Parsed:
    """What a text file says; refusals begin with its name.

    Raises
    ------
    DataError
        If the file cannot be read.
    ModelError, UnsupportedError
        Of `parse`.
    """
    text = read_text(path, what)
    try:
        return parse(text)
    except (ModelError, UnsupportedError) as error:
        raise type(error)(f"{path.name}: {error}") from None


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
