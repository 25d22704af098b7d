"""Which libraries computed what a page shows."""

import sys
from importlib.metadata import version

LIBRARIES = ("ratelaw", "numpy", "scipy", "sympy", "numba", "jax", "diffrax", "xarray")


def versions() -> dict[str, str]:
    """Of Python and of the libraries that computed.

    Examples
    --------
    >>> list(versions())[:2]
    ['python', 'ratelaw']
    """
    return {"python": sys.version.split()[0]} | {name: version(name) for name in LIBRARIES}


def print_versions() -> str:
    """The same in one line.

    Examples
    --------
    >>> print_versions().startswith("python 3.")
    True
    """
    return ", ".join(f"{name} {number}" for name, number in versions().items())
