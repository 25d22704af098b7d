"""Many expressions as few forms: those that differ only in names and numbers are one formula.

``k1*A*B`` and ``k2*C*D`` are both ``c0*x0*x1``: x0, x1, ... stand for variables, c0, c1, ... for
what is free of them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import sympy as sp

from ratelaw.errors import ModelError
from ratelaw.network.expression import quote, symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME, Steps


class Formula:
    """Rewrites one expression with numbered variables and coefficients.

    Attributes
    ----------
    variables
        Names of x0, x1, ... in the expression.
    coefficients
        What c0, c1, ... are in it.

    Examples
    --------
    >>> law = Formula({"A", "B"})
    >>> law.of(symbol("k") * symbol("B")), law.variables, law.coefficients
    (c0*x0, ['B'], [k])
    """

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self.variables: list[str] = []
        self.coefficients: list[sp.Expr] = []

    def of(self, law: sp.Basic) -> sp.Basic:
        """The expression with x0, x1, ... for variables and c0, c1, ... for what is free of them.

        An input, ``steps(...)``, is a coefficient.
        """
        if law.is_Symbol and law.name in self._known:
            if law.name not in self.variables:
                self.variables.append(law.name)
            return symbol(f"x{self.variables.index(law.name)}")
        if isinstance(law, sp.Expr) and self._is_free(law):
            return law if law.is_Integer else self._coefficient(law)
        if not isinstance(law, sp.Add | sp.Mul):
            return law.func(*map(self.of, law.args)) if law.args else law
        free = law.func(*(part for part in law.args if self._is_free(part)))
        rest = [self.of(part) for part in law.args if not self._is_free(part)]
        plain = free in {law.identity, sp.S.NegativeOne}
        return law.func(free if plain else self._coefficient(free), *rest)

    def _is_free(self, law: sp.Basic) -> bool:
        if law.is_Atom:
            return not (law.is_Symbol and law.name in self._known)
        return isinstance(law, Steps) or all(map(self._is_free, law.args))

    def _coefficient(self, value: sp.Expr) -> sp.Symbol:
        self.coefficients.append(value)
        return symbol(f"c{len(self.coefficients) - 1}")


@dataclass
class Coefficients:
    """Many numbers of which each is a factor times a parameter, or a formula of parameters."""

    parameters: Sequence[sp.Symbol]
    factors: list[float] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    compound: dict[sp.Expr, int] = field(default_factory=dict)

    def add(self, expression: sp.Expr, factor: float = 1.0) -> None:
        """One more coefficient."""
        number, rest = expression.as_coeff_Mul()
        if rest is sp.S.One:
            source = 0
        elif rest in self._sources:
            source = self._sources[rest]
        else:
            source = 1 + len(self._sources) + self.compound.setdefault(rest, len(self.compound))
        self.factors.append(factor * float(number))
        self.sources.append(source)

    def evaluate(self, parameters: np.ndarray, time: float = 0.0) -> np.ndarray:
        """All of them, given the values of the parameters in order, and inputs at a time.

        Raises
        ------
        ModelError
            If one is not finite.
        """
        values = np.asarray(parameters, dtype=float)[: len(self._sources)]
        with np.errstate(all="ignore"):
            compound = self._function(values, np.array([time]))
        for expression in np.array(list(self.compound), dtype=object)[~np.isfinite(compound)]:
            raise ModelError(f"{quote(str(expression))} is not finite, with these parameters")
        return self._factors * np.concatenate([[1.0], values, compound])[self._places]

    @cached_property
    def _sources(self) -> dict[sp.Symbol, int]:
        return {name: 1 + k for k, name in enumerate(self.parameters)}

    @cached_property
    def _factors(self) -> np.ndarray:
        return np.array(self.factors)

    @cached_property
    def _places(self) -> np.ndarray:
        return np.array(self.sources, dtype=np.intp)

    @cached_property
    def _function(self) -> Callable[..., np.ndarray]:
        return to_numpy(list(self.compound), tuple(self._sources), (TIME,))


@dataclass(frozen=True, eq=False)
class Form:
    """A formula, and the expressions that have it.

    Attributes
    ----------
    formula
        In x0, x1, ... and c0, c1, ...
    members
        Which of the expressions, shape (M,).
    variables, coefficients
        For each x and each c, where those of the members are, shapes (X, M) and (C, M).
    """

    formula: sp.Expr
    members: np.ndarray
    variables: np.ndarray
    coefficients: np.ndarray

    @property
    def arguments(self) -> list[sp.Symbol]:
        """x0, x1, ..."""
        return [symbol(f"x{k}") for k in range(len(self.variables))]

    @property
    def constants(self) -> list[sp.Symbol]:
        """c0, c1, ..."""
        return [symbol(f"c{k}") for k in range(len(self.coefficients))]

    @property
    def slopes(self) -> list[sp.Expr]:
        """The derivatives of the formula by x0, x1, ...

        That of ``x^c`` is ``c x^(c - 1)``, which has a value at 0; SymPy would write ``c x^c/x``.
        """
        formula = self.formula.replace(sp.Pow, _power)
        return [formula.diff(x).replace(_Power, sp.Pow) for x in self.arguments]

    def numbered(self, number: int) -> dict[sp.Symbol, sp.Symbol]:
        """New names for its symbols, which no other form has."""
        return {s: symbol(f"{s.name}_{number}") for s in [*self.arguments, *self.constants]}


def forms_of(
    expressions: Sequence[sp.Expr], places: Mapping[str, int], coefficients: Coefficients
) -> list[Form]:
    """The forms of expressions in variables with these places; their coefficients are added."""
    found: dict[sp.Expr, list[tuple[int, list[int], list[int]]]] = {}
    for member, expression in enumerate(expressions):
        law = Formula(places)
        formula = law.of(expression)
        first = len(coefficients.sources)
        for value in law.coefficients:
            coefficients.add(value)
        variables = [places[name] for name in law.variables]
        numbers = list(range(first, len(coefficients.sources)))
        found.setdefault(formula, []).append((member, variables, numbers))
    return [
        Form(formula, *(np.array(part, dtype=np.intp).T for part in zip(*rows, strict=True)))
        for formula, rows in found.items()
    ]


class _Power(sp.Function):
    """A power that is differentiated without a division by its base."""

    is_real = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        base, exponent = self.args
        return exponent * _Power(base, exponent - 1) if argindex == 1 else self * sp.log(base)


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    return base**exponent if exponent.is_Integer else _Power(base, exponent)
