"""What the petab library says of formulas and tables, of either version."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sympy as sp

from ratelaw.errors import DataError, RatelawError
from ratelaw.formats.files import one_line


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """Whatever the petab library says against a problem becomes one line.

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
    except KeyError as error:
        raise DataError(f"{what}: {error} is missing") from None
    except Exception as error:  # noqa: BLE001 -- of pandas, pydantic, ANTLR, YAML, whatever it calls
        raise DataError(f"{what}: {one_line(str(error)) or type(error).__name__}") from None


def formula(text: Any, place: str) -> sp.Expr:  # noqa: ANN401
    """A formula in PEtab's notation.

    Raises
    ------
    DataError
        Saying where, if it is none or has no finite value.
    """
    from petab.v1.math import sympify_petab

    with refusals(f"{place}: cannot read {text!r}"):
        found = text if isinstance(text, sp.Basic) else sympify_petab(text)
    if not isinstance(found, sp.Expr) or found.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I):
        raise DataError(f"{place}: {text!r} has no finite value")
    return found
