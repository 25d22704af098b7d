import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import LSODA

import ratelaw as rl
from ratelaw.network.expression import parse_expression, symbol
from ratelaw.network.structure import conservation_laws
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate import integrate, stiff
from ratelaw.simulate.vector_field import network_field, rates_field

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
    return rl.Network.parse(
        "\n".join([*lines, "k = 0.7", "K = 3", "n = 2.5", "T' = 0"]),
        initial=dict.fromkeys(SPECIES, 1),
    )


def symbolic(network, expressions, state, time):
    """By SymPy alone."""
    point = dict(zip(network.symbols, map(sp.Float, state), strict=True))
    values = {name: sp.Float(value) for name, value in network.values.items()}
    return np.array([
        float(e.xreplace(values).xreplace({TIME: sp.Float(time)}).xreplace(point).doit())
        for e in expressions
    ])  # fmt: skip


@given(networks(), st.integers(0, 2**32 - 1), st.sampled_from([0.5, 4.0]))
def test_rates_and_jacobian_are_those_of_sympy(network, seed, time):
    state = np.random.default_rng(seed).uniform(0.1, 5, len(network.species))
    field = network_field(network).from_time(time)
    equations = network.rate_equations
    np.testing.assert_allclose(
        field(time, state), symbolic(network, equations, state, time), rtol=1e-10, atol=1e-10
    )
    exact = [symbolic(network, [e.diff(s) for s in network.symbols], state, time) for e in equations]
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


def test_a_power_has_its_slope_at_zero():
    # of k (A/K)^n with n = 3 and 1: 0 and k/K, where c x^c/x has no value
    network = rl.Network.parse("A => B, k*(A/K)^n\nk = 3\nK = 2\nn = 3", initial={"A": 0})
    assert network_field(network).jacobian(0.0, np.zeros(2)).tolist() == [[0, 0], [0, 0]]
    first_order = network_field(network.replace(parameters={"n": 1}))
    assert first_order.jacobian(0.0, np.zeros(2)).tolist() == [[-1.5, 0], [1.5, 0]]


def test_expressions_share_their_terms():
    x, y = symbol("x"), symbol("y")
    rates = [parse_expression("-0.5*x*y + 2"), parse_expression("0.25*x*y - y^2*sin(time)")]
    field = rates_field(rates, [x, y])
    assert field.equations.changes.shape == (2, 3)
    expected = [-0.5 * 6 + 2, 0.25 * 6 - 9 * np.sin(1.5)]
    np.testing.assert_allclose(field(1.5, np.array([2.0, 3.0])), expected)


def test_equal_networks_share_their_equations():
    """With other parameters and initial counts, too: nothing is lowered again."""
    first, second = rl.zoo.gene_autoregulation(), rl.zoo.gene_autoregulation()
    changed = second.replace(parameters=dict.fromkeys(second.parameters, 2.0))
    assert first is not second
    assert network_field(changed).equations is network_field(first).equations
    state = np.arange(1.0, 1 + len(first.species))
    assert (network_field(changed)(0.0, state) != network_field(first)(0.0, state)).any()


@pytest.fixture
def by_bdf(monkeypatch):
    monkeypatch.setattr(stiff, "MOST_FOR_LSODA", 0)


def ring(species):
    """S1 -> S2 -> ... -> S1, a molecule all around: a circulant matrix, with a known exponential."""
    lines = [f"S{i} --> S{(i + 1) % species}, 1" for i in range(species)]
    return rl.Network.parse("\n".join(lines), initial={"S0": 1})


@pytest.mark.parametrize("species", [5, stiff.MOST_FOR_LSODA + 20])
def test_a_ring_is_a_poisson_walk(species):
    # by time t a molecule has made a Poisson number of steps, of average t
    from scipy.stats import poisson

    times = np.array([0.0, 0.5, 3.0])
    found = rl.simulate(ring(species), rl.MassAction(rtol=1e-9, atol=1e-13), times)["average"]
    steps = np.arange(60 * species).reshape(60, species)
    exact = [poisson.pmf(steps, t).sum(axis=0) for t in times]
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-8)


@pytest.mark.usefixtures("by_bdf")
@pytest.mark.parametrize("name", ["robertson", "gene_autoregulation", "phosphorylation_cascade"])
def test_both_integrators_agree(name, monkeypatch):
    network, times = rl.zoo.load(name), np.linspace(0, 20, 6)
    tight = rl.MassAction(rtol=1e-10, atol=1e-13)
    sparse = rl.simulate(network, tight, times)["average"]
    monkeypatch.setattr(stiff, "MOST_FOR_LSODA", 100)
    dense = rl.simulate(network, tight, times)["average"]
    assert (np.abs(sparse - dense) <= 1e-7 * np.abs(dense).max()).all()
    assert (sparse != dense).any()
    totals = sparse.values @ conservation_laws(network).T
    np.testing.assert_allclose(totals, np.broadcast_to(totals[0], totals.shape), rtol=1e-11)


@pytest.mark.usefixtures("by_bdf")
def test_events_are_met_by_bdf():
    # A = exp(-t) until ln 2, then 1 again
    network = rl.Network.parse("A --> 0, 1\nwhen A < 0.5: A = 1", initial={"A": 1})
    found = rl.simulate(network, rl.MassAction(), [0.5, 1.0])["average"].values.ravel()
    np.testing.assert_allclose(found, np.exp([-0.5, np.log(2) - 1]), rtol=1e-6)


def test_the_ordering_of_sparse_matrices_is_ours():
    """Two factors of a matrix of reactions have far fewer entries than by SciPy's own ordering."""
    from scipy.integrate import BDF

    generator = np.random.default_rng(1)
    pairs = [generator.choice(300, 2, replace=False) for _ in range(450)]
    text = "\n".join(f"S{a} <--> S{b}, 1, 2" for a, b in pairs)
    field = network_field(rl.Network.parse(text))
    size = len(field.equations.names)
    entries = [
        kind(field, 0.0, np.ones(size), 1.0, jac=field.sparse_jacobian).lu(
            (field.sparse_jacobian(0.0, np.ones(size)) * 0.1).tocsc() - sp_eye(size)
        ).nnz
        for kind in (stiff.SparseBDF, BDF)
    ]
    assert entries[0] < 0.6 * entries[1]


def sp_eye(size):
    from scipy.sparse import eye_array

    return eye_array(size, format="csc")


def test_without_a_slope_differences_are_taken():
    field = network_field(rl.Network.parse("A => 0, floor(A)", initial={"A": 3}))
    assert stiff.stiff_method(field) == (LSODA, None)
    with pytest.raises(rl.UnsupportedError, match="no derivative"):
        integrate.integrate(field, np.ones(1), np.ones(1), rtol=1e-6, atol=1e-6)


def test_a_runaway_of_many_names_the_first():
    network = rl.Network.parse("\n".join(f"2 S{i} --> 3 S{i}, 1" for i in range(30)))
    network = network.replace(initial={f"S{i}": 1 for i in range(30)})
    with pytest.raises(rl.SolverError, match=r"S19 = \S+ and 10 more: the solution grows"):
        integrate.refuse_runaway(1.0, integrate.MAX_EVALUATIONS + 1, network.species, np.ones(30))
