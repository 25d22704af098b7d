"""Each derivation against formulas written down by hand, and what each refuses."""

import numpy as np
import pytest
import sympy as sp

from ratelaw import (
    DataError,
    Direct,
    MassAction,
    ModelError,
    Network,
    PartialEquilibrium,
    QuasiSteadyState,
    TotalQuasiSteadyState,
    reduce,
    simulate,
    zoo,
)
from ratelaw.network.expression import parse_expression
from ratelaw.reduce.splitting import pivots_of

ENZYME = Network.parse(
    """
    S + E <--> C,  kf, kr
    C --> E + P,   kcat
    kf = 2
    kr = 1
    kcat = 3
    S(0) = 10
    E(0) = 0.1
    """
)
GENE = ("G", "GP", "GP2")


def same(expression, text):
    return sp.simplify(expression - parse_expression(text)) == 0


def law(reduced, reaction):
    (found,) = [r.law.expression for r in reduced.network.reactions if str(r) == reaction]
    return found


def courses(full, reduced, times):
    """Full and lifted averages, shape (time, species)."""
    small = reduced.lift(simulate(reduced.network, MassAction(), times))
    return simulate(full, MassAction(), times)["average"].values, small["average"].values


def test_michaelis_menten():
    small = reduce(ENZYME, QuasiSteadyState("C"))
    assert small.fast == ("E", "C")
    assert small.combinations == {"E_total": {"E": 1, "C": 1}}
    assert same(law(small, "S => P"), "kcat*E_total*S/(S + (kr + kcat)/kf)")
    assert same(small.expressions["C"], "E_total*S/(S + (kr + kcat)/kf)")


def test_total_michaelis_menten():
    """Borghans, de Boer and Segel 1996, Eq. (16)."""
    small = reduce(ENZYME, TotalQuasiSteadyState("C"))
    assert small.network.species == ("S_total", "P")
    km = "(kr + kcat)/kf"
    expected = (
        f"kcat*(E_total + S_total + {km} "
        f"- sqrt((E_total + S_total + {km})^2 - 4*E_total*S_total))/2"
    )
    values = small.network.values | {sp.Symbol("S_total", real=True): sp.Rational(7, 3)}
    found = law(small, "S_total => P").subs(values)
    assert abs((found - parse_expression(expected).subs(values)).evalf(20)) < 1e-12


def test_gene_as_published():
    """Yang 2020, Eqs. (17)-(18)."""
    small = reduce(zoo.gene_autoregulation(), QuasiSteadyState(GENE))
    omega = "(km1*km2/(k1*k2) + km2/k2*P + P^2)"
    assert same(small.expressions["G"], f"G_total*km1*km2/(k1*k2)/{omega}")
    assert same(small.expressions["GP"], f"G_total*km2/k2*P/{omega}")
    assert same(small.expressions["GP2"], f"G_total*P^2/{omega}")
    assert {str(r) for r in small.network.reactions} == {"0 => M", "M --> M + P", "M --> 0"}
    assert same(law(small, "0 => M"), f"k0*G_total*(km1*km2/(k1*k2) + km2/k2*P)/{omega}")
    assert small.network.parameters["G_total"] == pytest.approx(0.03)


def test_gene_in_total_form_has_the_binding_factor():
    """dP/dt = ks M / (1 + d(bound P)/dP), with bound P = GP + 2 GP2 at equilibrium."""
    small = reduce(zoo.gene_autoregulation(), TotalQuasiSteadyState(GENE))
    protein = sp.Symbol("P", real=True)
    bound = small.expressions["GP"] + 2 * small.expressions["GP2"]
    expected = parse_expression("ks*M") / (1 + sp.diff(bound, protein))
    assert sp.simplify(law(small, "0 => P") - expected) == 0


def test_the_total_form_is_at_least_five_times_closer_in_bound_protein():
    gene = zoo.gene_autoregulation()
    times = np.linspace(5, 1000, 200)
    errors = {}
    for method in (QuasiSteadyState(GENE), TotalQuasiSteadyState(GENE)):
        full, small = courses(gene, reduce(gene, method), times)
        error = np.abs(small - full).max(axis=0) / np.ptp(full, axis=0)
        errors[type(method)] = dict(zip(gene.species, error, strict=True))
    classical, total = errors[QuasiSteadyState], errors[TotalQuasiSteadyState]
    assert max(classical["P"], classical["M"]) < 0.01
    assert total["P"] < classical["P"] / 5


def test_partial_equilibrium_ignores_what_the_product_takes():
    """Michaelis and Menten 1913: the dissociation constant kr/kf in place of (kr + kcat)/kf."""
    small = reduce(ENZYME, PartialEquilibrium("S + E <--> C"))
    values = small.network.values | {sp.Symbol("S_total", real=True): sp.Rational(7, 3)}
    b = "(E_total + S_total + kr/kf)"
    expected = parse_expression(f"kcat*({b} - sqrt({b}^2 - 4*E_total*S_total))/2").subs(values)
    assert abs((law(small, "S_total => P").subs(values) - expected).evalf(20)) < 1e-12


def test_one_direction_of_an_equilibrium_brings_the_other():
    both, one = (reduce(ENZYME, PartialEquilibrium(t)) for t in ("C <--> S + E", "S + E --> C"))
    assert both.network == one.network


def test_two_totals_that_begin_with_the_same_species_have_two_names():
    """A is part of a total that is kept for ever, and of one that is slow."""
    network = Network.parse(
        """
        A + B <--> C, 100, 100
        C <--> D, 100, 100
        B --> 0, 1
        A(0) = 1
        B(0) = 2
        """
    )
    small = reduce(network, PartialEquilibrium(["A + B <--> C", "C <--> D"]))
    assert small.combinations["A_total"] == {"A": 1, "C": 1, "D": 1}
    assert small.combinations["B_total"] == {"B": 1, "C": 1, "D": 1}


def test_a_cubic_keeps_its_fast_species_as_a_variable_that_follows():
    """Slow Y drives fast X with X + X^3/6 = Y: no closed form that is worth it."""
    network = Network.parse(
        """
        0 => X, 1000*Y
        X => 0, 1000*(X + X^3/6)
        Y --> 0, 0.1
        Y(0) = 5
        """
    )
    small = reduce(network, QuasiSteadyState("X"))
    full, lifted = courses(network, small, np.linspace(0.1, 30, 50))
    x, y = lifted[:, small.full.species.index("X")], lifted[:, small.full.species.index("Y")]
    assert np.abs(x + x**3 / 6 - y).max() < 1e-6
    assert np.abs(lifted - full).max() < 2e-3


def test_concentrations_of_the_reduction_do_not_depend_on_the_volume():
    gene = zoo.gene_autoregulation()
    counts = {name: 1000 * n for name, n in gene.initial.items()}
    times = np.linspace(0, 500, 20)
    small, large = (
        simulate(reduce(n, QuasiSteadyState(GENE)).network, MassAction(), times)["average"].values
        for n in (gene, gene.replace(initial=counts, volume=1000.0))
    )
    assert np.allclose(large, 1000 * small, rtol=1e-6)


def test_gillespie_runs_on_the_reduced_propensities():
    """The mean of M obeys dM/dt = k - kdm M where nothing represses: Poisson about the ODE."""
    network = Network.parse(
        """
        G <--> H,    500, 500
        G --> G + M, 40
        M --> 0,     1
        G(0) = 1
        """
    )
    small = reduce(network, QuasiSteadyState(["G", "H"])).network
    trajectories = 4000
    cells = simulate(small, Direct(), [8.0], trajectories=trajectories, seed=5)
    mean = 20 * (1 - np.exp(-8.0))
    # M is Poisson: |z| > 4 has probability 6e-5 a line
    assert abs(cells["average"].item() - mean) < 4 * np.sqrt(mean / trajectories)
    spread = mean * np.sqrt((2 + 1 / mean) / trajectories)
    assert abs(cells["covariance"].item() - mean) < 4 * spread


def test_opposite_reactions_leave_what_they_do_not_undo():
    reversible = Network.parse(
        """
        S + E <--> C, k1, km1
        C <--> E + P, k2, km2
        k1 = 1
        km1 = 1
        k2 = 1
        km2 = 1
        S(0) = 10
        E(0) = 1
        """
    )
    small = reduce(reversible, QuasiSteadyState("C"))
    assert same(law(small, "S => P"), "E_total*k1*k2*S/(k1*S + km2*P + km1 + k2)")
    assert same(law(small, "P => S"), "E_total*km1*km2*P/(k1*S + km2*P + km1 + k2)")


def test_a_catalyst_that_never_changes_stays_slow():
    """E is conserved alone; that ties it to nothing."""
    network = Network.parse("A + E --> X + E, 100\nX --> P, 1000\nA(0) = 1\nE(0) = 2")
    small = reduce(network, QuasiSteadyState("X"))
    assert small.fast == ("X",)
    assert same(small.expressions["X"], "A*E/10")


def test_a_species_in_excess_can_be_kept_slow():
    inhibited = Network.parse(
        """
        S + E <--> C, kf, kr
        C --> E + P,  kcat
        E + I <--> D, ki, kmi
        kf = 1
        kr = 1
        kcat = 1
        ki = 1
        kmi = 1
        S(0) = 100
        E(0) = 1
        I(0) = 50
        """
    )
    small = reduce(inhibited, QuasiSteadyState(["C", "D"], slow="I"))
    assert same(law(small, "S => P"), "kcat*E_total*S/(S + (kr + kcat)/kf*(1 + I*ki/kmi))")


def test_another_initial_state_has_its_own_totals():
    small = reduce(ENZYME, TotalQuasiSteadyState("C")).starting({"E": 2, "S": 4, "C": 1})
    assert small.network.parameters["E_total"] == 3
    assert dict(small.network.initial) == {"S_total": 5, "P": 0}


def test_lifting_gives_back_conserved_totals():
    small = reduce(ENZYME, TotalQuasiSteadyState("C"))
    _, lifted = courses(ENZYME, small, np.linspace(0, 20, 30))
    s, e, c, p = lifted.T
    assert np.allclose(e + c, 0.1)
    assert np.allclose(s + c + p, 10)


@pytest.mark.parametrize(
    ("text", "method", "found"),
    [
        ("A --> B, 1\nB --> 0, 1", QuasiSteadyState("C"), "C named; the network's species are A"),
        ("A --> B, 1\nB --> 0, 1", QuasiSteadyState([]), "no fast species named"),
        ("A <--> B, 1, 1\nA(0)=1", QuasiSteadyState("B"), "every species would be fast"),
        ("A --> A + X, 1\nA --> 0, 1\nA(0)=1", QuasiSteadyState("X"), "no steady state"),
        ("A + X --> B + X, 1\nX --> X + B, 1\nX(0)=1\nA(0)=1", QuasiSteadyState("X"), "unique"),
        ("S + E <--> C, 1, 1\nC --> E + P, 1\nS(0)=1", QuasiSteadyState("C"), "total of E, C is 0"),
        ("A + X --> 2 X, 1\nX --> 0, 1\nA(0)=5\nX(0)=1", QuasiSteadyState("X"), "stable"),
        ("A --> B, 1\nB --> A, 1\nA(0)=1", PartialEquilibrium("A <--> B"), "nothing slow is left"),
        ("A --> B, 1\nB --> 0, 1\nA(0)=1", PartialEquilibrium("A --> B"), "has no reverse"),
        ("A --> B, 1\nB --> 0, 1\nA(0)=1", PartialEquilibrium("A <--> C"), "no reaction 'A --> C'"),
    ],
)
def test_refusals(text, method, found):
    with pytest.raises(ModelError, match=found):
        reduce(Network.parse(text), method)


def test_two_stable_states_of_the_fast_species_are_refused():
    """Schloegl's cubic beside a slow species: the fast state depends on its past."""
    network = Network.parse(f"{zoo.schlogl()}\nY --> 0, 1e-6\nY(0) = 10")
    with pytest.raises(ModelError, match="2 non-negative and stable steady states"):
        reduce(network, QuasiSteadyState("X"))


def test_data_for_a_derivation_are_refused():
    with pytest.raises(DataError, match="leave out the data"):
        reduce(ENZYME, QuasiSteadyState("C"), simulate(ENZYME, MassAction(), [0, 1]))


def test_results_of_another_network_cannot_be_lifted():
    small = reduce(ENZYME, TotalQuasiSteadyState("C"))
    with pytest.raises(DataError, match="no averages of S_total"):
        small.lift(simulate(ENZYME, MassAction(), [0, 1]))


def test_a_constant_that_is_only_in_the_fast_equation_is_kept():
    """3 A <--> D is fast and A is made by f alone, which no rate of the reduction holds."""
    text = "0 --> A, {0}\nA --> 0, 0.1\n3 A <--> D, 10, 100\nD --> 0, 0.05\nA(0) = 3"
    named = reduce(Network.parse(text.format("f") + "\nf = 1"), QuasiSteadyState("A"))
    number = reduce(Network.parse(text.format("1")), QuasiSteadyState("A"))
    assert named.network.initial == pytest.approx(number.network.initial)
    twice = reduce(Network.parse(text.format("2")), QuasiSteadyState("A"))
    other = named.with_parameters({"f": 2})
    assert other.network.initial == pytest.approx(twice.network.initial)


@pytest.mark.parametrize("pair", ["X + A", "A + X"])
def test_totals_are_named_in_whatever_order_a_complex_is_written(pair):
    text = f"C <--> {pair}, 1, 100\n0 --> C, 1\nX --> 0, 0.1\nA --> 0, 0.1\nC(0) = 2"
    small = reduce(Network.parse(text), TotalQuasiSteadyState("A"))
    assert set(small.network.species) <= {"C_total", "X_total", "A_total"}
    assert len(small.network.species) == 2


@pytest.mark.parametrize(("unit", "time"), [(1, 1), (1e-9, 1), (1e-9, 1e-12), (1e9, 1)])
def test_the_initial_state_does_not_depend_on_the_units(unit, time):
    """The start of A is the root of 500 x^3 + 100 x = 2000, in whatever units."""
    network = Network.parse(
        "D --> D + A, a\nA --> 0, b\n3 A --> 0, k\nD --> 0, d",
        {"a": 1000 * time, "b": 100 * time, "d": 0.05 * time, "k": 1000 * time / unit**2},
        {"D": 2 * unit},
    )
    (root,) = (x.real for x in np.roots([500, 0, 100, -2000]) if abs(x.imag) < 1e-9)
    small = reduce(network, QuasiSteadyState("A"))
    assert small.network.initial["A"] / unit == pytest.approx(root, rel=1e-6)


def test_a_reaction_that_is_written_twice_happens_twice():
    text = "S + E <--> C, 1, 10\nC --> P + E, 5\n{}\nS(0) = 100\nE(0) = 1"
    twice, once = (
        reduce(Network.parse(text.format(loss)), QuasiSteadyState("C")).network
        for loss in ("P --> 0, 0.1\nP --> 0, 0.1", "P --> 0, 0.2")
    )
    courses = [simulate(network, MassAction(), [0, 50])["average"] for network in (twice, once)]
    np.testing.assert_allclose(*courses, rtol=1e-9)


def test_whole_counts_stay_whole():
    """7/0.3*0.3 is 7.000000000000001."""
    text = "S + E <--> C, 1, 10\nC --> P + E, 5\nS(0) = 7\nE(0) = 1\nvolume = 0.3"
    network = Network.parse(text)
    assert 7 / network.volume * network.volume != 7
    small = reduce(network, QuasiSteadyState("C")).network
    assert simulate(small, Direct(), [0, 1], trajectories=10, seed=1)["average"][0, 0] == 7


def test_a_reduction_may_begin_with_nothing():
    text = "3 X <--> D, 10, 100\n0 --> X, 1\nX --> 0, 0.1\nD --> 0, 0.05"
    small = reduce(Network.parse(text), PartialEquilibrium("3 X <--> D"))
    assert max(small.network.initial.values()) < 1e-12


def test_totals_that_the_slow_species_do_not_determine_are_refused():
    network = Network.parse("A --> B, 1\nB --> C, 1\nC --> A, 1")
    rows = np.array([[1, 1, 0], [2, 2, 0]])
    with pytest.raises(ModelError, match="do not determine the slow totals"):
        pivots_of(network, rows, np.array([True, True, False]))
