"""Random rate laws: dy/dt and its Jacobian against SymPy, and what is conserved."""

import numpy as np
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import ratelaw as rl
from ratelaw.network.structure import conservation_laws
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate.vector_field import network_field

SPECIES = ("A", "B", "C", "D", "E")
LAWS = (
    "{k}*{x}/(K + {x})",
    "{k}*{x}^n/(K^n + {x}^n)",
    "{k}*{x}*{y} + 0.3*{x}",
    "{k}*{x}*exp(-{y}/K)*(1 + sin(time))",
    "{k}*sqrt({x}*{y})",
    "steps({k}, 2, 5)*{x}",
)
some = st.sampled_from(SPECIES)
numbers = st.floats(0.01, 100)


@st.composite
def networks(draw):
    lines = []
    for _ in range(draw(st.integers(1, 12))):
        left = " + ".join(draw(st.lists(some, max_size=3))) or "0"
        right = " + ".join(draw(st.lists(some, max_size=3))) or "0"
        k = draw(st.sampled_from(["k", "2*k", "k^2", f"{draw(numbers)!r}"]))
        if draw(st.booleans()):
            lines.append(f"{left} --> {right}, {k}")
        else:
            law = draw(st.sampled_from(LAWS)).format(k=k, x=draw(some), y=draw(some))
            lines.append(f"{left} => {right}, {law}")
    if draw(st.booleans()):
        lines.append("A' = k*(B - A) - A*C")
    starts = [f"{name}(0) = 1" for name in SPECIES]
    return rl.Network.parse("\n".join([*lines, *starts, "k = 0.7", "K = 3", "n = 2.5", "T' = 0"]))


def symbolic(network, expressions, state, time):
    """By SymPy alone."""
    point = dict(zip(network.symbols, map(sp.Float, state), strict=True))
    values = {name: sp.Float(value) for name, value in network.values.items()}
    return np.array([
        float(e.xreplace(values).xreplace({TIME: sp.Float(time)}).xreplace(point).doit())
        for e in expressions
    ])  # fmt: skip


@settings(max_examples=40)
@given(networks(), st.integers(0, 2**32 - 1), st.sampled_from([0.5, 4.0]))
def test_rates_and_jacobian_are_those_of_sympy(network, seed, time):
    state = np.random.default_rng(seed).uniform(0.1, 5, len(network.species))
    field = network_field(network).from_time(time)
    equations = network.rate_equations
    np.testing.assert_allclose(
        field(time, state), symbolic(network, equations, state, time), rtol=1e-10, atol=1e-10
    )
    exact = [
        symbolic(network, [e.diff(s) for s in network.symbols], state, time) for e in equations
    ]
    np.testing.assert_allclose(field.jacobian(time, state), exact, rtol=1e-10, atol=1e-10)
    sparse = field.sparse_jacobian(time, state)
    assert sparse.has_canonical_format
    np.testing.assert_array_equal(sparse.toarray(), field.jacobian(time, state))


@given(networks(), st.integers(0, 2**32 - 1))
def test_the_jacobian_keeps_conserved_totals(network, seed):
    """L J = 0 where L U = 0: whatever the rates are."""
    state = np.random.default_rng(seed).uniform(0.1, 5, len(network.species))
    jacobian = network_field(network).jacobian(0.5, state)
    change = conservation_laws(network) @ jacobian
    np.testing.assert_allclose(change, 0, atol=1e-12 * np.abs(jacobian).max(initial=1))
