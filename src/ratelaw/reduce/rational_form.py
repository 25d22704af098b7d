"""Ratios of polynomials with one shared denominator, for several fast species at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import sympy as sp

from ratelaw.network.expression import symbol


@dataclass(frozen=True)
class RationalForm:
    r"""Which coefficients the ratios have; which one is 1.

    .. math:: H_f(z) = \frac{\Omega_f(z)}{\Omega(z)}
        = \frac{\sum_l \alpha_{fl} m_l(z)}{\sum_l \beta_l m_l(z)}

    Only the ratios of the coefficients mean anything: the last active monomial of the denominator
    has coefficient 1.

    Attributes
    ----------
    fast, slow
        Names of the F species that are ratios, and of those that they depend on.
    powers
        Exponents of the L monomials, shape (L, slow), by total degree.
    active
        Shape (F + 1, L): the numerators' rows, then the denominator's.
    """

    fast: tuple[str, ...]
    slow: tuple[str, ...]
    powers: np.ndarray
    active: np.ndarray

    @classmethod
    def complete(cls, fast: Sequence[str], slow: Sequence[str], degree: int) -> "RationalForm":
        """All monomials up to a total degree, in every polynomial.

        Examples
        --------
        >>> RationalForm.complete(["GP"], ["P"], 2).powers.ravel()
        array([0, 1, 2])
        """
        exponents = product(range(degree + 1), repeat=len(slow))
        powers = sorted((e for e in exponents if sum(e) <= degree), key=lambda e: (sum(e), e))
        table = np.array(powers, dtype=int).reshape(len(powers), len(slow))
        return cls(
            tuple(fast), tuple(slow), table, np.ones((len(fast) + 1, len(powers)), dtype=bool)
        )

    @property
    def unit(self) -> int:
        """The monomial whose coefficient in the denominator is 1."""
        return int(np.flatnonzero(self.active[-1])[-1])

    @property
    def free(self) -> list[tuple[int, int]]:
        """(row, monomial) of the coefficients to find."""
        last = (len(self.fast), self.unit)
        return [(i, j) for i, j in np.argwhere(self.active).tolist() if (i, j) != last]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the free coefficients: alpha11 is of the first numerator's first monomial."""
        mark = "_" if max(self.active.shape) > 9 else ""  # noqa: PLR2004
        return tuple(
            f"beta{j + 1}" if i == len(self.fast) else f"alpha{i + 1}{mark}{j + 1}"
            for i, j in self.free
        )

    @property
    def monomials(self) -> list[sp.Expr]:
        """As expressions in the slow species."""
        return [
            sp.prod(symbol(name) ** int(power) for name, power in zip(self.slow, row, strict=True))
            for row in self.powers
        ]

    @property
    def ratios(self) -> dict[str, sp.Expr]:
        """H of every fast species, with the coefficients as symbols."""
        table = sp.zeros(*self.active.shape)
        for (i, j), name in zip(self.free, self.names, strict=True):
            table[i, j] = symbol(name)
        table[len(self.fast), self.unit] = 1
        *numerators, denominator = table * sp.Matrix(self.monomials)
        return {name: top / denominator for name, top in zip(self.fast, numerators, strict=True)}

    def basis(self, slow: np.ndarray) -> np.ndarray:
        """Values of the monomials at states (T, slow), shape (T, L)."""
        return np.prod(slow[:, None, :] ** self.powers, axis=2)

    def table(self, coefficients: np.ndarray) -> np.ndarray:
        """The free coefficients in place, shape (F + 1, L)."""
        full = np.zeros(self.active.shape)
        full[tuple(np.array(self.free, dtype=int).reshape(-1, 2).T)] = coefficients
        full[-1, self.unit] = 1.0
        return full
