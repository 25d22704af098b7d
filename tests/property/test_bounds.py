"""Bounds over windows of time: no value may ever lie above its bound."""

import ast

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ratelaw as rl
from ratelaw.network.bounds import bound_source
from ratelaw.network.expression import parse_expression, symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME, jumps_of

NAMES = ("x", "y", "b0")
FUNCTIONS = [
    "sin", "cos", "tan", "tanh", "abs", "exp", "log", "sinh", "cosh", "asin", "acos", "atan",
    "asinh", "acosh", "atanh",
]  # fmt: skip
WITHIN = 1 + 1e-12
SMALLEST = 1e-290
"""Below it, floats lose digits."""

expressions = st.recursive(
    st.one_of(
        st.just("time"),
        st.sampled_from(["time", *NAMES, "steps(x, 2, y, 4.5, 3)", "steps(0, 7, 1)"]),
        st.floats(0.001, 1000).map(repr),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from([-3, -2, -1, 2, 3, 5, "1/2", "-1/2", "1/3"])).map(
            lambda t: f"({t[0]})^({t[1]})"
        ),
        st.tuples(inner, inner).map(lambda t: f"({t[0]})^({t[1]})"),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
    ),
    max_leaves=8,
)
points = st.tuples(*[st.one_of(st.floats(-10, 10), st.integers(-3, 3).map(float))] * 3)
starts = st.one_of(st.just(0.0), st.floats(0, 20))
widths = st.one_of(st.floats(0, 10), st.sampled_from([1e-9, 1e-3, 1e3, 1e6]))


class Mathematics:
    """The functions of `math` as compiled code has them: without exceptions."""

    sin, cos, tanh, exp, log, sqrt = np.sin, np.cos, np.tanh, np.exp, np.log, np.sqrt
    tan, sinh, cosh, asinh, acosh = np.tan, np.sinh, np.cosh, np.asinh, np.acosh
    asin, acos, atan, atanh = np.asin, np.acos, np.atan, np.atanh
    e, pi, nan, inf = np.e, np.pi, np.nan, np.inf


class Floats(ast.NodeTransformer):
    """Numbers as compiled code has them: Python's own raise where a float overflows."""

    def visit_Constant(self, node):
        return ast.parse(f"np.float64({node.value!r})", mode="eval").body


def bound_of(expression, point, start, end):
    """The bound as a kernel computes it."""
    names = {symbol(name): f"p{i}" for i, name in enumerate(NAMES)}
    lines, bound = bound_source(expression, names, ("t0", "t1"), "b")
    values = dict(zip(names.values(), map(np.float64, point), strict=True))
    scope = {"math": Mathematics, "np": np, "select": lambda yes, a, b: a if yes else b}
    scope |= values | {"t0": np.float64(start), "t1": np.float64(end)}
    module = ast.fix_missing_locations(Floats().visit(ast.parse("\n".join(lines))))
    with np.errstate(all="ignore"):
        exec(compile(module, "bound", "exec"), scope)  # noqa: S102
    return scope[bound]


def values_of(expression, point, times):
    function = to_numpy([expression], tuple(map(symbol, NAMES)), (TIME,))
    columns = np.broadcast_to(np.array(point)[:, None], (len(point), times.size))
    with np.errstate(all="ignore"):
        return function(columns, times[None])[0]


@settings(max_examples=600)
@given(expressions, points, starts, widths)
def test_no_value_in_the_window_is_above_its_bound(text, point, start, width):
    try:
        expression = parse_expression(text)
    except rl.ModelError:
        assume(False)  # noqa: FBT003
    changes = [t for t in jumps_of([expression]) if start < t < start + width]
    end = min([*changes, start + width])
    times = np.linspace(start, end, 301)[: -1 if changes else None]
    values = values_of(expression, point, times)
    values = values[np.isfinite(values)]
    bound = bound_of(expression, point, start, end)
    assert not np.isnan(bound)
    assert (values <= bound * (WITHIN if bound > 0 else 1 / WITHIN) + SMALLEST).all()
