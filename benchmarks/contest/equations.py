"""Right-hand sides in a normal form, so that what is learned can be held against the truth."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Protocol

import numpy as np
from scipy.integrate import solve_ivp

EVALUATIONS = 100_000
"""Of a right-hand side, after which a course counts as one that cannot be computed."""


class Equations(Protocol):
    """dy/dt = f(y)."""

    terms: Mapping[Hashable, float]
    """Coefficient of every term that is there, by equation and form."""

    def __call__(self, t: float, y: np.ndarray) -> np.ndarray: ...

    def jacobian(self, t: float, y: np.ndarray) -> np.ndarray: ...


Model = Callable[[float], Equations]
"""Equations at a temperature in kelvin; most models have the same at all."""


def same(equations: Equations) -> Model:
    """The same equations at every temperature."""
    return lambda _: equations


@dataclass(frozen=True)
class Polynomial:
    """dy/dt = coefficients @ y^exponents; shapes (species, terms) and (terms, species)."""

    exponents: np.ndarray
    coefficients: np.ndarray
    terms: Mapping[Hashable, float] = field(init=False)

    def __post_init__(self) -> None:
        terms = {
            (int(i), tuple(self.exponents[l].tolist())): float(self.coefficients[i, l])
            for i, l in np.argwhere(self.coefficients)
        }
        object.__setattr__(self, "terms", terms)

    def __call__(self, t: float, y: np.ndarray) -> np.ndarray:  # noqa: ARG002
        return self.coefficients @ np.prod(y**self.exponents, axis=1)

    def jacobian(self, t: float, y: np.ndarray) -> np.ndarray:  # noqa: ARG002
        lowered = np.maximum(self.exponents[None] - np.eye(len(y), dtype=int)[:, None], 0)
        slopes = self.exponents.T * np.prod(y**lowered, axis=2)
        return self.coefficients @ slopes.T


@dataclass(frozen=True)
class Rational:
    """dx/dt = sum_p a_p x^p / sum_q b_q x^q, of one species; powers rise from 0.

    A power of x that both sides share is no part of the terms.
    """

    numerator: np.ndarray
    denominator: np.ndarray
    terms: Mapping[Hashable, float] = field(init=False)

    def __post_init__(self) -> None:
        shared = min(
            np.flatnonzero(self.numerator).tolist() + np.flatnonzero(self.denominator).tolist()
        )
        unit = self.denominator[np.flatnonzero(self.denominator)[-1]]
        sides = {"numerator": self.numerator, "denominator": self.denominator}
        terms = {
            (side, int(p - shared)): float(values[p] / unit)
            for side, values in sides.items()
            for p in np.flatnonzero(values)
        }
        object.__setattr__(self, "terms", terms)

    def __call__(self, t: float, y: np.ndarray) -> np.ndarray:  # noqa: ARG002
        return np.polyval(self.numerator[::-1], y) / np.polyval(self.denominator[::-1], y)

    def jacobian(self, t: float, y: np.ndarray) -> np.ndarray:  # noqa: ARG002
        a, b = self.numerator[::-1], self.denominator[::-1]
        over = np.polyval(b, y)
        slope = np.polyval(np.polyder(a), y) - np.polyval(np.polyder(b), y) * self(0.0, y)
        return (slope / over)[:, None]


def monomials(species: int, degree: int, *, constant: bool, squares: bool = True) -> np.ndarray:
    """Exponents of all monomials up to a degree, shape (terms, species), the lower first."""
    rows = [
        np.bincount(factors, minlength=species)
        for d in range(0 if constant else 1, degree + 1)
        for factors in combinations_with_replacement(range(species), d)
        if squares or len(set(factors)) == d
    ]
    return np.array([row if row.size else np.zeros(species, dtype=int) for row in rows], dtype=int)


def polynomial(species: Sequence[str], terms: Mapping[str, Mapping[str, float]]) -> Polynomial:
    """From coefficients by species and monomial: {"x": {"x": 1.0, "x y": -0.1}, ...}."""
    names = list(dict.fromkeys(name for row in terms.values() for name in row))
    exponents = np.array([[name.split().count(s) for s in species] for name in names])
    coefficients = [[terms.get(s, {}).get(name, 0.0) for name in names] for s in species]
    return Polynomial(exponents, np.array(coefficients))


def mass_action(species: Sequence[str], reactions: Iterable[tuple[str, str, float]]) -> Polynomial:
    """Of reactions ("A A", "B", k) with rates k times the product of the reactants."""
    terms: dict[str, dict[str, float]] = {s: {} for s in species}
    for reactants, products, k in reactions:
        name = " ".join(sorted(reactants.split()))
        for s in species:
            change = products.split().count(s) - reactants.split().count(s)
            if change:
                terms[s][name] = terms[s].get(name, 0.0) + change * k
    return polynomial(species, terms)


def course(
    equations: Equations,
    initial: np.ndarray,
    times: np.ndarray,
    *,
    tolerance: float = 1e-8,
    limit: float = np.inf,
) -> np.ndarray:
    """States at the times (the first of them the start), shape (time, species).

    Raises
    ------
    FloatingPointError
        If a state passes the limit or the solver gives up.
    """
    calls = 0

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        if calls > EVALUATIONS or not np.abs(y).max() < limit:
            raise FloatingPointError(f"no course beyond t = {t:g}")
        return equations(t, y)

    with np.errstate(all="ignore"):
        answer = solve_ivp(
            slope,
            (times[0], times[-1]),
            initial,
            method="LSODA",
            t_eval=times,
            jac=equations.jacobian,
            rtol=tolerance,
            atol=1e-4 * tolerance,
        )
    if answer.y.shape[1] < len(times) or not np.isfinite(answer.y).all():
        raise FloatingPointError(answer.message)
    return answer.y.T
