"""Values that a user gives by name: numbers, of names that are there."""

from collections.abc import Collection, Iterable, Mapping

from ratelaw.arguments import expect
from ratelaw.errors import ModelError
from ratelaw.network.notation import suggest


def numbers(argument: str, given: Mapping[str, float] | None, such_as: str) -> dict[str, float]:
    """A mapping, or None, as names and floats.

    Raises
    ------
    DataError
        If it is no mapping.
    ModelError
        If a value is no number.

    Examples
    --------
    >>> numbers("initial", {"A": "ten"}, "{'A': 10}")
    Traceback (most recent call last):
    ratelaw.errors.ModelError: initial: 'A' is 'ten', not a number
    """
    expect(argument, given or {}, Mapping, f"a dictionary such as {such_as}")
    found = {}
    for name, value in (given or {}).items():
        try:
            found[name] = float(value)
        except (TypeError, ValueError):
            raise ModelError(f"{argument}: {name!r} is {value!r}, not a number") from None
    return found


def require_known(kind: str, given: Iterable[str], known: Collection[str]) -> None:
    """Refuse names that a network does not have.

    Raises
    ------
    ModelError
        Naming the first, and the nearest that is there.

    Examples
    --------
    >>> require_known("species", ["a"], ["A"])
    Traceback (most recent call last):
    ratelaw.errors.ModelError: the network has no species 'a'; known are A
    """
    for name in given:
        if name not in known:
            raise ModelError(f"the network has no {kind} {name!r}{suggest(name, known)}")
