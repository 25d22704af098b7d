"""Files that are either whole or not there, and the folder of those that can be made again."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from ratelaw.errors import DataError


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """A path to write to, which takes its final name once the block is done.

    A block that fails leaves what was there before; of two at once, the later one stays.

    Raises
    ------
    DataError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(f"{folder}/text") as path:
    ...         _ = path.write_text("done")
    ...     Path(f"{folder}/text").read_text()
    'done'
    """
    target = Path(path)
    partial = target.with_name(f"{target.name}.{uuid4().hex}.partial")
    try:
        yield partial
        partial.replace(target)
    except OSError as error:
        raise DataError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def cache_folder(name: str) -> Path | None:
    """A folder of this name in the user's cache, or None where nothing can be written there.

    It stands under ``$XDG_CACHE_HOME/ratelaw``, or ``~/.cache/ratelaw``, and is safe to delete.
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "ratelaw" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None
