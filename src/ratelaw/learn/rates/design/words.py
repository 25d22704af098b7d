"""Directions and combinations of rate constants k1, k2, ... in words."""

import numpy as np

NEGLIGIBLE = 0.005
"""Of the largest weight: what is not told."""
NEARLY = 1e-3
LARGEST_DENOMINATOR = 12


def roughness(rows: np.ndarray) -> tuple[float, int]:
    """How far directions are from ones of whole numbers, and how large these are.

    Examples
    --------
    >>> roughness(np.array([[1.0, -0.5]])), roughness(np.array([[1.0, -0.43]]))
    ((0.0, 2), (0.43, 1))
    """
    found = np.array([_whole(row) for row in rows])
    return round(float(np.abs(found - np.rint(found)).sum()), 2), round(float(np.abs(found).max()))


def sum_in_words(row: np.ndarray) -> str:
    """A weighted sum.

    Examples
    --------
    >>> sum_in_words(np.array([-0.5, -0.5, 1.0]))
    'k1 + k2 - 2 k3'
    """
    parts = [
        f"{'+' if w > 0 else '-'} {f'{size} ' if (size := _number(w)) else ''}k{j}"
        for j, w in _weights(row)
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


def _whole(row: np.ndarray) -> np.ndarray:
    """The row in whole numbers if small ones are near, with its first weight above 0."""
    for factor in range(1, LARGEST_DENOMINATOR + 1):
        scaled = row * factor
        if np.abs(scaled - np.rint(scaled)).max() < NEARLY:
            break
    else:
        scaled = row
    first = scaled[np.flatnonzero(np.abs(scaled) > NEGLIGIBLE)[0]]
    return scaled * np.sign(first)


def _weights(row: np.ndarray) -> list[tuple[int, float]]:
    return [(j, w) for j, w in enumerate(_whole(row), start=1) if abs(w) > NEGLIGIBLE]


def _number(weight: float) -> str:
    """Its size; nothing for 1."""
    size = f"{abs(weight):.3g}"
    return "" if size == "1" else size


def _power(weight: float) -> str:
    size = _number(weight)
    return f"^{size}" if size else ""
