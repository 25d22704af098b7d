"""Text files that are either whole or not there, and JSON that any reader takes."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ratelaw.atomic import whole_file
from ratelaw.errors import DataError, ModelError, UnsupportedError

Parsed = TypeVar("Parsed")

SHOWN = 300
"""Characters of a library's message."""


def read_text(path: Path, what: str) -> str:
    """The text of a file that holds what is named in messages.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"cannot read {what} from {path}: save it as text in UTF-8") from None
    except OSError as error:
        raise DataError(f"cannot read {what} from {path}: {error}") from None


def parse_file(path: Path, what: str, parse: Callable[[str], Parsed]) -> Parsed:
    """What a text file says; refusals begin with its name.

    Raises
    ------
    DataError
        If the file cannot be read.
    DataError, ModelError, UnsupportedError
        Of `parse`.
    """
    text = read_text(path, what)
    with inside(path):
        return parse(text)


@contextmanager
def inside(path: Path) -> Iterator[None]:
    """Refusals of what is in a file begin with its name.

    Raises
    ------
    DataError, ModelError, UnsupportedError
        Of what is done meanwhile.
    """
    try:
        yield
    except (DataError, ModelError, UnsupportedError) as error:
        raise type(error)(f"{path.name}: {error}") from None


def one_line(message: str) -> str:
    r"""What a library says, short enough to be read.

    Examples
    --------
    >>> one_line("unexpected end\n  of file")
    'unexpected end of file'
    """
    line = " ".join(message.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."


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
