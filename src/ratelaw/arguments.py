"""Arguments of another kind than a function takes: refused, with what to give instead."""

from collections.abc import Iterable

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


def expect_list(name: str, value: object, such_as: str) -> None:
    """Refuse a single thing where several are taken, a text among them.

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
    if isinstance(value, str) or not isinstance(value, Iterable):
        expect(name, value, (), f"a list such as {such_as}")
