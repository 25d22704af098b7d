"""One symbolic source, lowered to NumPy, to JAX, and to the source text of compiled kernels.

The names a user chose never reach generated code: every symbol is replaced by a generated name.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.pycode import PythonCodePrinter

from ratelaw.errors import ModelError
from ratelaw.network.expression import quote
from ratelaw.network.time_dependence import Steps, inputs_of

Symbols = Sequence[sp.Symbol]

KEPT = 128
"""Functions that are kept: data sets that begin in many states share their network."""


def to_numpy(expressions: Sequence[sp.Expr], *arguments: Symbols) -> Callable[..., np.ndarray]:
    """A NumPy function of one array per group of symbols.

    Parameters
    ----------
    expressions
        E expressions in the symbols of `arguments`.
    arguments
        Groups of symbols; each becomes an array whose first axis has one entry a symbol and whose
        further axes broadcast.

    Returns
    -------
    A function of ``len(arguments)`` arrays that returns an array of shape (E, ...).

    Raises
    ------
    ModelError
        If an expression divides by 0 whatever its symbols are.

    Examples
    --------
    >>> x, y = sp.symbols("x y")
    >>> to_numpy([x + y, sp.S(2)], (x, y))(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[4., 6.],
           [2., 2.]])
    """
    for expression in expressions:
        if expression.has(sp.zoo, sp.nan):
            raise ModelError(f"division by 0 in {quote(str(expression))}, with these parameters")
    function = lower(expressions, *arguments)

    def evaluate(*values: np.ndarray) -> np.ndarray:
        shapes = {np.shape(value)[1:] for value in values}
        shape = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
        result = np.empty((len(expressions), *shape))
        for row, value in enumerate(function(*values)):
            result[row] = value
        return result

    return evaluate


def lower(expressions: Sequence[sp.Expr], *arguments: Symbols) -> Callable[..., Sequence[Any]]:
    """The same as a list of values, one an expression, each of its own shape."""
    return _lowered(tuple(expressions), tuple(map(tuple, arguments)))


@lru_cache(maxsize=KEPT)
def _lowered(
    expressions: tuple[sp.Expr, ...], arguments: tuple[tuple[sp.Symbol, ...], ...]
) -> Callable[..., Sequence[Any]]:
    return sp.lambdify(
        arguments, list(expressions), modules=["scipy", "numpy"], cse=_common, dummify=True
    )


def to_jax(expressions: Sequence[sp.Expr], *arguments: Symbols) -> Callable[..., Any]:
    """A JAX function of one vector per group of symbols; returns a float64 vector, shape (E,).

    JAX is set to 64 bits here, once, for the whole process.
    """
    import jax

    jax.config.update("jax_enable_x64", True)  # noqa: FBT003
    function = sp.lambdify(arguments, list(expressions), modules="jax", cse=_common, dummify=True)

    def evaluate(*values: Any) -> Any:  # noqa: ANN401
        return jax.numpy.stack(
            [jax.numpy.asarray(value, dtype=float) for value in function(*values)]
        )

    return evaluate


def to_source(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> str:
    """Python source of an expression for a compiled kernel, with the given names.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> to_source(x * (x - 1) / 2, {x: "n0"})
    '(0.5)*n0*(n0 - 1.0)'
    """
    plain = {name: sp.Symbol(text, real=True) for name, text in names.items()}
    known = expression.xreplace(plain).replace(sp.factorial, lambda n: sp.gamma(n + 1))
    return _KernelPrinter().doprint(known)


def _common(expressions: Sequence[sp.Expr]) -> tuple[list[tuple[sp.Symbol, sp.Expr]], Any]:
    """Inputs, each computed once, then all that occurs more than once, and what is left.

    SymPy would move a function of pieces into the pieces, where 1/0 may not be wanted.
    """
    names = {part: sp.Dummy() for part in inputs_of(expressions)}
    common, rest = sp.cse([expression.xreplace(names) for expression in expressions], list=False)
    return [*((name, part.rewrite(sp.Piecewise)) for part, name in names.items()), *common], rest


class _KernelPrinter(PythonCodePrinter):
    """Python source with float literals, `select` for pieces, products for small powers."""

    def __init__(self) -> None:
        super().__init__({"fully_qualified_modules": True})

    def _print_Integer(self, expr: sp.Integer) -> str:  # noqa: N802
        return f"{int(expr)}.0"

    def _print_Rational(self, expr: sp.Rational) -> str:  # noqa: N802
        return repr(float(expr))

    def _print_Float(self, expr: sp.Float) -> str:  # noqa: N802
        return repr(float(expr))

    def _print_floor(self, expr: sp.floor) -> str:
        """As a float: Numba's `math.floor` is an integer, of whose type `select` would be."""
        return f"float(math.floor({self._print(expr.args[0])}))"

    def _print_ceiling(self, expr: sp.ceiling) -> str:
        return f"float(math.ceil({self._print(expr.args[0])}))"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:  # noqa: N802
        *pieces, last = expr.args
        source = f"({self._print(last.expr)})"
        for value, condition in reversed(pieces):
            source = f"select({self._print(condition)}, {self._print(value)}, {source})"
        return source

    def _print_Steps(self, expr: Steps) -> str:  # noqa: N802
        """Halved again and again: a chain of many calls would nest too deeply to be read."""
        time, values, jumps = expr.args[0], expr.args[1::2], expr.args[2::2]

        def between(first: int, last: int) -> str:
            if first == last:
                return f"{self._print(values[first])}"
            middle = (first + last) // 2
            early, late = between(first, middle), between(middle + 1, last)
            return f"select({self._print(time)} < {self._print(jumps[middle])}, {early}, {late})"

        return between(0, len(jumps))

    def _print_And(self, expr: sp.And) -> str:  # noqa: N802
        return "(" + " & ".join(f"({self._print(part)})" for part in expr.args) + ")"

    def _print_Or(self, expr: sp.Or) -> str:  # noqa: N802
        return "(" + " | ".join(f"({self._print(part)})" for part in expr.args) + ")"

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:  # noqa: FBT001, FBT002, N802
        base, exponent = expr.args
        if exponent.is_Integer and 1 < abs(exponent) <= 4:  # noqa: PLR2004
            product = "*".join([f"({self._print(base)})"] * int(abs(exponent)))
            return f"({product})" if exponent > 0 else f"(1.0/({product}))"
        return super()._print_Pow(expr, rational=rational)
