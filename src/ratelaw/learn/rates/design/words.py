"""Directions and combinations of rate constants k1, k2, ... in words."""

import numpy as np

NEGLIGIBLE = 0.005
"""Of the largest weight: what is not told."""
NEARLY = 1e-3
LARGEST_DENOMINATOR = 12


def roughness(rows: np.ndarray, relative: np.ndarray | None = None) -> tuple[float, int]:
    """How far directions are from ones of whole numbers above 0, and how large these are.

    Parameters
    ----------
    rows
        The directions.
    relative
        The same with weights that have no unit: what is large there is told, however small.

    Examples
    --------
    >>> roughness(np.array([[1.0, -0.5]])), roughness(np.array([[1.0, -0.43]]))
    ((0.0, 2), (0.57, 1))
    """
    others = rows if relative is None else relative
    found = np.abs([_whole(row, other) for row, other in zip(rows, others, strict=True)])
    away = np.where(found > 0, np.abs(found - np.maximum(np.rint(found), 1.0)), 0.0)
    return round(float(away.sum()), 2), round(float(found.max()))


def sum_in_words(row: np.ndarray, relative: np.ndarray | None = None) -> str:
    """A weighted sum; `relative` is as that of `roughness`.

    Examples
    --------
    >>> sum_in_words(np.array([-0.5, -0.5, 1.0]))
    'k1 + k2 - 2 k3'
    """
    parts = [
        f"{'+' if w > 0 else '-'} {f'{size} ' if (size := _number(w)) else ''}k{j}"
        for j, w in _weights(row, relative)
    ]
    return " ".join(parts).removeprefix("+ ")


def factors_in_words(row: np.ndarray) -> str:
    """By what powers of a factor s the constants change together.

    Examples
    --------
    >>> factors_in_words(np.array([1.0, 0.0, -2.0]))
    'k1 x s, k3 / s^2'
    """
    return ", ".join(f"k{j} {'x' if w > 0 else '/'} s{_power(w)}" for j, w in _weights(row))


def product_in_words(row: np.ndarray) -> str:
    """A product of powers.

    Examples
    --------
    >>> product_in_words(np.array([1.0, 1.0, -2.0]))
    'k1*k2/k3^2'
    """
    over = [f"k{j}{_power(w)}" for j, w in _weights(row) if w > 0]
    under = [f"k{j}{_power(w)}" for j, w in _weights(row) if w < 0]
    return "*".join(over or ["1"]) + "".join(f"/{name}" for name in under)


def _whole(row: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """The row in whole numbers if small ones are near, with its first weight above 0.

    It is 0 where nothing is told.
    """
    told = np.where(_matters(row) | _matters(relative), row, 0.0)
    for factor in range(1, LARGEST_DENOMINATOR + 1):
        scaled = told * factor
        if (np.abs(scaled - np.rint(scaled)) <= NEARLY * np.minimum(np.abs(scaled), 1.0)).all():
            break
    else:
        scaled = told
    return scaled * np.sign(scaled[np.flatnonzero(scaled)[0]])


def _matters(row: np.ndarray) -> np.ndarray:
    return np.abs(row) > NEGLIGIBLE * np.abs(row).max()


def _weights(row: np.ndarray, relative: np.ndarray | None = None) -> list[tuple[int, float]]:
    whole = _whole(row, row if relative is None else relative)
    return [(j, w) for j, w in enumerate(whole.tolist(), start=1) if w]


def _number(weight: float) -> str:
    """Its size; nothing for 1."""
    size = f"{abs(weight):.3g}"
    return "" if size == "1" else size


def _power(weight: float) -> str:
    size = _number(weight)
    return f"^{size}" if size else ""
