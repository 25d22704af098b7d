"""What the tables of both versions have in common."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Any

import sympy as sp

from ratelaw.errors import DataError, RatelawError

SHOWN = 300
"""Characters of the library's messages."""


@contextmanager
def library(what: str) -> Iterator[None]:
    """Whatever the library says against a problem becomes one line.

    Its own use of what pandas will drop is no concern of ours.

    Raises
    ------
    DataError
        Instead of anything that it raises.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    except RatelawError:
        raise
    except Exception as error:  # noqa: BLE001 -- of pandas, pydantic, ANTLR, YAML, whatever it calls
        text = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{what}: {text[:SHOWN]}") from None


def formula(text: Any, place: str) -> sp.Expr:  # noqa: ANN401
    """A formula in PEtab's notation.

    Raises
    ------
    DataError
        Saying where, if it is none or has no finite value.
    """
    from petab.v1.math import sympify_petab

    with library(f"{place}: cannot read {text!r}"):
        found = text if isinstance(text, sp.Basic) else sympify_petab(text)
    if not isinstance(found, sp.Expr) or found.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I):
        raise DataError(f"{place}: {text!r} has no finite value")
    return found


def number(value: Any, place: str) -> float:  # noqa: ANN401
    """A finite number.

    Raises
    ------
    DataError
        Saying where, if it is none.
    """
    with library(f"{place}: {value!r} is not a finite number"):
        found = float(value)
    if not isfinite(found):
        raise DataError(f"{place}: {value!r} is not a finite number")
    return found
