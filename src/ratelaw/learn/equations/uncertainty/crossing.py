"""Where a profile has risen to some height: its root is nearly linear in the value that is held."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

Fitted = TypeVar("Fitted")


@dataclass(frozen=True)
class Place(Generic[Fitted]):
    """An unknown held at a value, the root of the rise of the misfit, and all else, fitted."""

    value: float
    root: float
    fitted: Fitted


def secant(
    below: Place[Fitted], above: Place[Fitted], height: float, least_share: float = 0.0
) -> float:
    """The value where the line through two places has the height, no nearer to either than a share.

    Examples
    --------
    >>> secant(Place(1.0, 0.0, None), Place(3.0, 4.0, None), height=2.0)
    2.0
    """
    share = (height - below.root) / (above.root - below.root)
    share = np.clip(share, least_share, 1 - least_share)
    return float(below.value + share * (above.value - below.value))


def crossing(
    held: Callable[[Fitted, float], Place[Fitted]],
    below: Place[Fitted],
    above: Place[Fitted],
    height: float,
    *,
    secants: int,
    close: float,
    least_share: float = 0.0,
) -> float:
    """The value where the root of the rise has the height, between a place below it and one above.

    Parameters
    ----------
    held
        From what was fitted near by and a value: the place there.
    secants
        Most fits.
    close
        Of the height: the error of a root that is no more worth another.
    least_share
        Of the way between the places, which a secant goes at least, and leaves.
    """
    for _ in range(secants):
        value = secant(below, above, height, least_share)
        found = held(below.fitted, value)
        if abs(found.root - height) < close * height:
            return value
        below, above = (found, above) if found.root < height else (below, found)
    return secant(below, above, height)
