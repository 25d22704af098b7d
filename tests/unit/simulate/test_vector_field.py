import numpy as np
import pytest
from scipy.integrate import BDF
from scipy.sparse import eye_array
from scipy.stats import poisson

import ratelaw as rl
from ratelaw.network.expression import parse_expression, symbol
from ratelaw.network.structure import conservation_laws
from ratelaw.simulate import integrate, stiff
from ratelaw.simulate.vector_field import network_field, rates_field


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
    """S0 -> S1 -> ... -> S0: each molecule steps on at rate 1, round and round."""
    lines = [f"S{i} --> S{(i + 1) % species}, 1" for i in range(species)]
    return rl.Network.parse("\n".join(lines), initial={"S0": 1})


@pytest.mark.parametrize("species", [5, stiff.MOST_FOR_LSODA + 20])
def test_a_ring_is_a_poisson_walk(species):
    # by time t a molecule has made a Poisson number of steps, of average t
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


@pytest.mark.parametrize("most", [0, 10])
def test_an_infinite_slope_at_the_start_is_passed(most, monkeypatch):
    # B' = 1 - B - sqrt(B)/2 from 0; with s = sqrt(B): 2 s s' = -(s - p)(s + q)
    monkeypatch.setattr(stiff, "MOST_FOR_LSODA", most)
    network = rl.Network.parse("0 --> B, 1\nB --> 0, 1\nB => 0, 0.5*sqrt(B)")
    s = np.sqrt(rl.simulate(network, rl.MassAction(), [0.0, 0.3, 2.0])["average"].values.ravel())
    p, q = (np.sqrt(17) - 1) / 4, (np.sqrt(17) + 1) / 4
    elapsed = -2 * (p * np.log(1 - s / p) + q * np.log(1 + s / q)) / (p + q)
    np.testing.assert_allclose(elapsed, [0.0, 0.3, 2.0], rtol=1e-6)


@pytest.mark.usefixtures("by_bdf")
def test_bdf_says_where_a_blow_up_ends_it():
    # da/dt = a^2/2 from 1 ends at t = 2
    network = rl.Network.parse("2 A --> 3 A, 1", initial={"A": 1})
    with pytest.raises(rl.SolverError, match="ended at time 2: the solution grows"):
        rl.simulate(network, rl.MassAction(), [0.0, 1.0, 3.0])


def test_the_ordering_of_sparse_matrices_is_ours():
    """The factors of a matrix of reactions have far fewer entries than by SciPy's ordering."""
    generator = np.random.default_rng(1)
    pairs = [generator.choice(300, 2, replace=False) for _ in range(450)]
    field = network_field(rl.Network.parse("\n".join(f"S{a} <--> S{b}, 1, 2" for a, b in pairs)))
    state = np.ones(len(field.equations.names))
    matrix = eye_array(state.size, format="csc") - 0.1 * field.sparse_jacobian(0.0, state)
    ours, scipys = (
        method(field, 0.0, state, 1.0, jac=field.sparse_jacobian).lu(matrix).nnz
        for method in (stiff.SparseBDF, BDF)
    )
    assert ours < 0.6 * scipys


def test_without_a_formula_for_a_slope_it_is_refused():
    field = network_field(rl.Network.parse("A => 0, floor(A)", initial={"A": 3}))
    assert not field.equations.has_slopes
    with pytest.raises(rl.UnsupportedError, match="no derivative"):
        integrate.integrate(field, np.ones(1), np.ones(1), rtol=1e-6, atol=1e-6)


def test_a_runaway_of_many_names_the_first():
    names = [f"S{i}" for i in range(30)]
    with pytest.raises(rl.SolverError, match=r"S19 = 1 and 10 more: the solution grows"):
        integrate.refuse_runaway(1.0, integrate.MAX_EVALUATIONS + 1, names, *np.ones((2, 30)))


@pytest.mark.parametrize("more", ["", "A + A --> B, 1e-3"])
def test_growth_is_not_taken_for_a_root_of_what_is_negative(more):
    network = rl.Network.parse(f"A --> 2 A, 1\nB --> 2 B, 50\n{more}\nA(0) = 1\nB(0) = 1")
    with pytest.raises(rl.SolverError, match="grows without bound"):
        rl.simulate(network, rl.MassAction(), [0, 1000])


def test_an_infinite_slope_is_named_where_a_finite_one_is_needed():
    field = network_field(rl.Network.parse("A => B, sqrt(A)\nA(0) = 4"))
    assert field.finite_jacobian(np.array([4.0, 0.0])).tolist() == [[-0.25, 0], [0.25, 0]]
    with pytest.raises(rl.SolverError, match="change of 'A' has the slope -inf by 'A' at A = 0"):
        field.finite_jacobian(np.zeros(2))
