"""Files and folders that are either whole or not there, and where those made again are kept."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

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
        If its folder is missing or does not allow writing, or the path is a folder.
    """
    if path.is_dir():
        raise DataError(f"cannot write {path}: it is a folder")
    check_folder(path, make=make_folder)


def check_folder(path: Path, *, make: bool = False) -> None:
    """Refuse a file or folder to be written where its own folder is missing or forbids it."""
    try:
        if make:
            path.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror}") from None


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


@contextmanager
def whole_folder(path: str | Path) -> Iterator[Path]:
    """A folder to make and fill, which takes its final name once the block is done.

    A block that fails leaves what was there before; what was there goes only once the new one is
    complete.

    Raises
    ------
    DataError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_folder(f"{folder}/store") as path:
    ...         path.mkdir()
    ...     Path(f"{folder}/store").is_dir()
    True
    """
    target = Path(path)
    partial = target.with_name(f"{target.name}.{uuid4().hex}.partial")
    former = target.with_name(f"{target.name}.{uuid4().hex}.former")
    try:
        yield partial
        if target.exists():
            target.rename(former)
        partial.rename(target)
    except OSError as error:
        raise DataError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        if former.exists() and not target.exists():
            former.rename(target)
        for rest in (partial, former):
            shutil.rmtree(rest, ignore_errors=True)


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
