"""Candidate terms as one right-hand side: lowered to products that one compiled solver serves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import sympy as sp

from ratelaw.learn.equations.libraries.term import Shape, Term
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy


@dataclass(frozen=True)
class Field:
    r"""Terms over species, with inputs and shape parameters.

    .. math:: \dot y_v = \sum_c u_{vc}\, \theta_c\, h_c(x, \phi)\, \prod_d f_{i(c, d)}(y; \phi, x)

    Every rate is taken apart into powers of species, what depends on inputs and shape parameters
    alone (h), and other factors (g).

    Attributes
    ----------
    species, inputs
        Names.
    terms
        C terms.
    """

    species: tuple[str, ...]
    inputs: tuple[str, ...]
    terms: tuple[Term, ...]

    def subset(self, active: np.ndarray) -> "Field":
        """The field of some of the terms."""
        return Field(
            self.species, self.inputs, tuple(self.terms[c] for c in np.flatnonzero(active))
        )

    def at(self, shape: Mapping[sp.Symbol, float]) -> "Field":
        """The field with some shape parameters as numbers."""
        if not shape:
            return self
        terms = []
        for term in self.terms:
            known = {s.symbol: sp.Float(shape[s.symbol]) for s in term.shapes if s.symbol in shape}
            left = tuple(s for s in term.shapes if s.symbol not in known)
            terms.append(replace(term, rate=term.rate.xreplace(known), shapes=left))
        return Field(self.species, self.inputs, tuple(terms))

    @cached_property
    def single(self) -> tuple["Field", np.ndarray]:
        """F terms that change one species each, and how much of them is in every term, (F, C).

        Reactions of the same reactants are sums of few such terms. Where they are no fewer than the
        terms themselves, these are returned.
        """
        parts = {(t.rate, name): t.shapes for t in self.terms for name in t.changes}
        if len(parts) >= len(self.terms):
            return self, np.eye(len(self.terms))
        places = {part: f for f, part in enumerate(parts)}
        mixing = np.zeros((len(parts), len(self.terms)))
        for c, term in enumerate(self.terms):
            for name, change in term.changes.items():
                mixing[places[term.rate, name], c] = change
        terms = [Term(rate, {name: 1.0}, shapes=shapes) for (rate, name), shapes in parts.items()]
        return Field(self.species, self.inputs, tuple(terms)), mixing

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape parameters of all terms, each once."""
        return tuple(dict.fromkeys(shape for term in self.terms for shape in term.shapes))

    def first_shape(self, sizes: np.ndarray) -> np.ndarray:
        """Where the shape parameters begin, shape (P,), for species of these sizes (V,)."""
        size = dict(zip(self.species, sizes.tolist(), strict=True))
        units = [prod(size[name] ** power for name, power in s.unit) for s in self.shapes]
        return np.array(
            [shape.start * unit for shape, unit in zip(self.shapes, units, strict=True)]
        )

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Symbols of the shape parameters."""
        return tuple(shape.symbol for shape in self.shapes)

    @cached_property
    def changes(self) -> np.ndarray:
        """u, shape (V, C)."""
        matrix = np.zeros((len(self.species), len(self.terms)))
        for c, term in enumerate(self.terms):
            for name, change in term.changes.items():
                matrix[self.species.index(name), c] = change
        return matrix

    @cached_property
    def positive(self) -> np.ndarray:
        """Whose coefficient must be >= 0, shape (C,)."""
        return np.array([term.positive for term in self.terms], dtype=bool)

    @cached_property
    def molecules(self) -> np.ndarray:
        """How many factors the rate of each term has, and how many molecules it changes, (C,)."""
        factors = [len(split.powers) + len(split.auxiliaries) for split in self._split]
        return np.array(factors) + np.abs(self.changes).sum(axis=0)

    @cached_property
    def _split(self) -> tuple["_Factors", ...]:
        return tuple(_taken_apart(term.rate, self.species) for term in self.terms)

    @cached_property
    def auxiliaries(self) -> tuple[sp.Expr, ...]:
        """The factors g that are no species."""
        return tuple(dict.fromkeys(g for split in self._split for g in split.auxiliaries))

    @cached_property
    def _prefactors(self) -> Any:  # noqa: ANN401
        """Prefactors h and their derivatives to the shape parameters, of these and the inputs."""
        parts = [split.prefactor for split in self._split]
        slopes = [part.diff(p) for part in parts for p in self.parameters]
        return to_numpy([*parts, *slopes], self.parameters, tuple(map(symbol, self.inputs)))

    def prefactors(self, shape: np.ndarray, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Prefactors h (E, C) and their derivatives to shape (E, C, P), from inputs (E, U)."""
        count, parameters = len(self.terms), len(shape)
        if all(split.prefactor.is_number for split in self._split):
            values = np.array([float(split.prefactor) for split in self._split])
            return np.tile(values, (len(inputs), 1)), np.zeros((len(inputs), count, parameters))
        spread = np.tile(shape[:, None], (1, len(inputs)))
        flat = self._prefactors(spread, inputs.T)
        return flat[:count].T, flat[count:].T.reshape(len(inputs), count, parameters)

    @cached_property
    def products(self) -> Any:  # noqa: ANN401
        """The products for the compiled solver."""
        from ratelaw.learn.equations.courses.products import Products

        places: dict[sp.Expr, int] = {symbol(name): i + 1 for i, name in enumerate(self.species)}
        places |= {g: i + 1 + len(self.species) for i, g in enumerate(self.auxiliaries)}
        chosen = [[places[f] for f in (*split.powers, *split.auxiliaries)] for split in self._split]
        degree = max([1, *map(len, chosen)])
        factors = np.array(
            [[*row, *[0] * (degree - len(row))] for row in chosen], dtype=np.int64
        ).reshape(len(chosen), degree)
        columns = [np.flatnonzero(column) for column in self.changes.T]
        return Products(
            factors,
            np.cumsum([0, *map(len, columns)]).astype(np.int64),
            np.concatenate([np.empty(0, dtype=np.int64), *columns]),
            np.concatenate(
                [np.empty(0), *(self.changes[rows, c] for c, rows in enumerate(columns))]
            ),
            len(self.auxiliaries),
        )

    @cached_property
    def rates(self) -> Any:  # noqa: ANN401
        """The rates of the terms without their prefactors, a function of y, shape and inputs."""
        bare = [sp.Mul(*split.powers, *split.auxiliaries) for split in self._split]
        return to_numpy(
            bare, tuple(map(symbol, self.species)), self.parameters, tuple(map(symbol, self.inputs))
        )


@dataclass(frozen=True)
class _Factors:
    """A rate taken apart: species (as often as they occur), other factors, and the rest."""

    powers: tuple[sp.Symbol, ...]
    auxiliaries: tuple[sp.Expr, ...]
    prefactor: sp.Expr


def _taken_apart(rate: sp.Expr, species: Sequence[str]) -> _Factors:
    known = {symbol(name) for name in species}
    powers: list[sp.Symbol] = []
    auxiliaries: list[sp.Expr] = []
    prefactor: sp.Expr = sp.S.One
    for factor in sp.Mul.make_args(rate):
        base, exponent = factor.as_base_exp()
        if not factor.free_symbols & known:
            prefactor *= factor
        elif base in known and exponent.is_Integer and 0 < exponent <= MOST_POWERS:
            powers += [base] * int(exponent)
        else:
            auxiliaries.append(factor)
    return _Factors(tuple(powers), tuple(auxiliaries), prefactor)


MOST_POWERS = 8
"""A higher power of a species is one factor, not many."""
