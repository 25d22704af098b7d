"""No rate exceeds its bound, anywhere in the window."""

import math

import numpy as np
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from ratelaw.network.bounds import bound_source
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME

K = sp.Symbol("k", real=True)
NAMES = {K: "p0"}
LEAVES = st.one_of(
    st.just(TIME), st.just(K), st.integers(-3, 3).map(sp.Integer), st.floats(-2, 2).map(sp.Float)
)
UNARY = [
    sp.exp, sp.sin, sp.cos, sp.tanh, sp.Abs, sp.floor, sp.ceiling,
    sp.tan, sp.sinh, sp.cosh, sp.asin, sp.acos, sp.atan, sp.asinh, sp.acosh, sp.atanh,
    lambda x: x**2, lambda x: x**3, lambda x: 1 / (2 + x),
    lambda x: sp.sqrt(x**2 + 1), lambda x: (x**2 + 1) ** sp.Float(-1.5), lambda x: sp.log(x**2 + 1),
    lambda x: sp.Piecewise((x, K > 0), (1 - x, True)),
]  # fmt: skip
BINARY = [lambda x, y: x + y, lambda x, y: x * y, sp.Max, sp.Min]


def grow(children):
    unary = st.tuples(st.sampled_from(UNARY), children).map(lambda pair: pair[0](pair[1]))
    pairs = st.tuples(st.sampled_from(BINARY), children, children)
    grown = unary | pairs.map(lambda triple: triple[0](*triple[1:]))
    return grown.filter(lambda expression: not expression.has(sp.zoo, sp.nan, sp.oo, sp.I))


def evaluated(lines, bound, **values):
    scope = {
        "np": np, "math": math, "abs": abs,
        "select": lambda condition, yes, no: yes if condition else no,
    } | values  # fmt: skip
    try:
        for line in lines:
            exec(line, scope)  # noqa: S102
    except (OverflowError, ZeroDivisionError, ValueError):  # where a kernel goes on with inf or nan
        return math.inf
    return scope[bound]


@given(
    expression=st.recursive(LEAVES, grow, max_leaves=6),
    start=st.floats(-3, 3),
    length=st.floats(1e-3, 20),
    k=st.floats(-2, 2),
)
def test_no_value_in_the_window_exceeds_the_bound(expression, start, length, k):
    lines, bound = bound_source(expression, NAMES, ("t0", "t1"), "d")
    most = evaluated(lines, bound, t0=start, t1=start + length, p0=k)
    times = np.linspace(start, start + length, 501)
    with np.errstate(all="ignore"):
        values = to_numpy([expression], (TIME,), (K,))(times[None], np.full((1, 1), k))
    finite = values[np.isfinite(values)]
    slack = 1e-12 * np.abs(finite).max(initial=0.0) + 1e-300
    assert (finite <= most + slack).all()


def test_bounds_are_tight_where_the_rate_is_monotone():
    cases = [sp.exp(-TIME), 3 + sp.sin(TIME), 1 / (1 + TIME), K * TIME**2]
    cases += [sp.tan(TIME), sp.sinh(TIME), sp.cosh(-TIME), sp.asin(TIME), sp.acos(TIME)]
    cases += [sp.atan(TIME), sp.asinh(TIME), sp.acosh(1 + TIME), sp.atanh(TIME)]
    for expression in cases:
        lines, bound = bound_source(expression, NAMES, ("t0", "t1"), "d")
        values = [float(expression.subs({TIME: t, K: 2})) for t in (0.25, 0.5)]
        most = evaluated(lines, bound, t0=0.25, t1=0.5, p0=2.0)
        assert max(values) <= most <= max(values) * (1 + 1e-9)


def test_a_window_with_a_pole_of_the_tangent_has_no_bound():
    lines, bound = bound_source(sp.tan(TIME), NAMES, ("t0", "t1"), "d")
    assert evaluated(lines, bound, t0=1.5, t1=1.6, p0=0.0) == math.inf
    assert evaluated(lines, bound, t0=1.6, t1=4.7, p0=0.0) >= math.tan(4.7)
