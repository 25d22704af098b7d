"""Arguments of another kind than a function takes: refused, with what to give instead."""

from collections.abc import Iterable, Mapping
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError


def expect(name: str, value: object, kind: type | tuple[type, ...], instead: str) -> None:
    """Refuse an argument of another kind.

    Parameters
    ----------
    name
        Of the argument, as the message says it.
    value
        What was given.
    kind
        The types that it may have.
    instead
        What to give.

    Raises
    ------
    DataError
        Saying what was given and what to give; of a class, to write brackets after it.

    Examples
    --------
    >>> expect("text", 3, str, "the reactions as text")
    Traceback (most recent call last):
    ratelaw.errors.DataError: text is 3: give the reactions as text
    """
    if isinstance(value, kind):
        return
    if isinstance(value, type) and issubclass(value, kind):
        raise DataError(f"{name} is the class {value.__name__}: write {value.__name__}(...)")
    plain = value is None or isinstance(value, str | int | float)
    found = repr(value) if plain else f"of type {type(value).__name__}"
    raise DataError(f"{name} is {found}: give {instead}")


def expect_path(value: object) -> Path:
    """The name of a file or folder as a path.

    Raises
    ------
    DataError
        If it is none.

    Examples
    --------
    >>> expect_path(3)
    Traceback (most recent call last):
    ratelaw.errors.DataError: path is 3: give the name of a file such as 'data.csv'
    """
    if not isinstance(value, str | PathLike):
        expect("path", value, Path, "the name of a file such as 'data.csv'")
    return Path(cast("str | PathLike[str]", value))


def expect_number(name: str, value: object, such_as: str) -> None:
    """Refuse what is no number, a number as text among it.

    Raises
    ------
    DataError
        Saying what was given and what to give.

    Examples
    --------
    >>> expect_number("rtol", "1e-8", "1e-8")
    Traceback (most recent call last):
    ratelaw.errors.DataError: rtol is '1e-8': give a number such as 1e-8
    """
    expect(name, value, Real, f"a number such as {such_as}")


def expect_positive(name: str, value: object, such_as: str) -> None:
    """Refuse what is no finite number above 0.

    Raises
    ------
    DataError
        Saying what was given and what to give.

    Examples
    --------
    >>> expect_positive("atol", -1, "1e-8")
    Traceback (most recent call last):
    ratelaw.errors.DataError: atol is -1: give a number > 0 such as 1e-8
    """
    if not (isinstance(value, Real) and 0 < float(value) < float("inf")):
        expect(name, value, (), f"a number > 0 such as {such_as}")


def expect_whole(name: str, value: object, least: int) -> None:
    """Refuse what is no whole number, or one below the least.

    Raises
    ------
    DataError
        Saying what was given and what to give.

    Examples
    --------
    >>> expect_whole("degree", 2.5, 1)
    Traceback (most recent call last):
    ratelaw.errors.DataError: degree is 2.5: give a whole number >= 1
    """
    instead = f"a whole number >= {least}"
    if isinstance(value, bool) or not (isinstance(value, int | np.integer) and value >= least):
        expect(name, value, (), instead)


def expect_fraction(name: str, value: float, such_as: str) -> None:
    """Refuse what is no number between 0 and 1, which themselves are none.

    Raises
    ------
    DataError
        Saying what was given and what to give.

    Examples
    --------
    >>> expect_fraction("level", 95, "0.95")
    Traceback (most recent call last):
    ratelaw.errors.DataError: level is 95: give a number between 0 and 1 such as 0.95
    """
    instead = f"a number between 0 and 1 such as {such_as}"
    expect(name, value, Real, instead)
    if not 0 < value < 1:
        raise DataError(f"{name} is {value!r}: give {instead}")


def expect_list(name: str, value: object, such_as: str) -> None:
    """Refuse a single thing where several are taken, a text among them, and what has keys.

    Raises
    ------
    DataError
        Saying what was given and what to give.

    Examples
    --------
    >>> expect_list("species", "A", "['A', 'B']")
    Traceback (most recent call last):
    ratelaw.errors.DataError: species is 'A': give a list such as ['A', 'B']
    """
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        expect(name, value, (), f"a list such as {such_as}")


def as_numbers(name: str, values: ArrayLike) -> np.ndarray:
    """What is given as an array of numbers.

    Raises
    ------
    DataError
        Naming what is none.

    Examples
    --------
    >>> as_numbers("counts", [["x"]])
    Traceback (most recent call last):
    ratelaw.errors.DataError: counts: could not convert string to float: 'x'; give numbers
    """
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name}: {error}; give numbers") from None


def checked_times(times: ArrayLike) -> np.ndarray:
    """The times, shape (T,), as an array.

    Raises
    ------
    DataError
        If they are no numbers, or do not increase from 0 or later.

    Examples
    --------
    >>> checked_times(range(3))
    array([0., 1., 2.])
    """
    such_as = "a list of at least one time, such as np.linspace(0, 10, 21)"
    try:
        grid = np.asarray(times, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"times are {times!r}: give {such_as}") from None
    if grid.ndim != 1 or grid.size == 0:
        raise DataError(f"times have shape {grid.shape}: give {such_as}")
    if not np.isfinite(grid).all() or grid[0] < 0:
        raise DataError("times must be finite and >= 0")
    for i in np.flatnonzero(np.diff(grid) <= 0)[:1]:
        raise DataError(
            f"times must increase: time {i + 1} is {grid[i]:g}, time {i + 2} is {grid[i + 1]:g}"
        )
    return grid
