"""Factors that are no species, compiled from their expressions."""

from functools import lru_cache
from typing import Any

import sympy as sp

from ratelaw.learn.equations.courses.products import no_auxiliary
from ratelaw.network.lowering import to_source
from ratelaw.simulate.ssa.kernel import load

Symbols = tuple[sp.Symbol, ...]

HEAD = """import math
from numba import njit
from ratelaw.learn.equations.courses.products import AUXILIARY, select

@njit([AUXILIARY], cache=True, error_model="numpy")
def auxiliary(state, shape, inputs, values, by_state, by_shape):
"""


@lru_cache(maxsize=64)
def compile_auxiliary(
    factors: tuple[sp.Expr, ...], state: Symbols, shape: Symbols, inputs: Symbols
) -> Any:  # noqa: ANN401
    """The compiled factors (A,) with their derivatives to the state (A, V) and shape (A, P)."""
    if not factors:
        return no_auxiliary
    names = {s: f"state[{i}]" for i, s in enumerate(state)}
    names |= {s: f"shape[{i}]" for i, s in enumerate(shape)}
    names |= {s: f"inputs[{i}]" for i, s in enumerate(inputs)}
    lines = []
    for a, factor in enumerate(factors):
        lines.append(f"values[{a}] = {to_source(factor, names)}")
        for target, symbols in (("by_state", state), ("by_shape", shape)):
            lines += [
                f"{target}[{a}, {i}] = {to_source(factor.diff(s), names)}"
                for i, s in enumerate(symbols)
            ]
    return load(HEAD + "".join(f"    {line}\n" for line in lines)).auxiliary
