"""The zoo's reductions against the textbooks' formulas, where they hold and where they must not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest
import sympy as sp
from scipy.special import lambertw

from ratelaw import (
    MassAction,
    Network,
    PartialEquilibrium,
    QuasiSteadyState,
    TotalQuasiSteadyState,
    certify,
    reduce,
    simulate,
    zoo,
)
from ratelaw.network.expression import parse_expression
from ratelaw.reduce.method import Derivation


@dataclass(frozen=True)
class Textbook:
    """What is printed about one reduction.

    `totals` names sums of species and `where` abbreviates. `bound` gives fast species as functions
    of slow variables, totals and parameters, and `rates` the change of slow variables. The
    reduction holds while `small`, in terms of the initial state, is small: it is with the values
    `inside` and it is not with those of `failing`. It is judged at `times`, or until all is still.
    """

    network: str
    method: Derivation
    source: str
    bound: Mapping[str, str]
    rates: Mapping[str, str]
    small: str
    failing: Mapping[str, float]
    totals: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    inside: Mapping[str, float] = field(default_factory=dict)
    times: tuple[float, ...] | None = None

    def __str__(self) -> str:
        return f"{self.network}-{type(self.method).__name__}"


KM = {"Km": "(kr + kcat)/kf"}
ENZYME = {"E_T": "E + C"}
SUBSTRATE = ENZYME | {"S_T": "S + C"}
SWITCH = {"E_T": "E + WE", "F_T": "F + WpF"}
SWITCH_K = {"K1": "(km1 + kcat1)/k1", "K2": "(km2 + kcat2)/k2"}
CASCADE = {"K_T": "K + XK", "F_T": "F + XpF", "H_T": "H + YpH"}
CASCADE_K = {f"K{i}": f"(km{i} + kcat{i})/k{i}" for i in (1, 2, 3, 4)}
HILL = {
    "D": "kd*X^2/(2*kmd)",
    "T": "kt/(2*kmt)*(kd*X^2/(2*kmd))^2",
    "B": "G_T*X^4/(K4 + X^4)",
}
K4 = {"K4": "8*kmd^2*kmt*kmb/(kd^2*kt*kb)"}
GENE = ("G", "GP", "GP2")
GENE_K = {"K2": "km2/k2", "K3": "km1*km2/(k1*k2)", "Omega": "K3 + K2*P + P^2"}
GENE_BOUND = {"G": "G_T*K3/Omega", "GP": "G_T*K2*P/Omega", "GP2": "G_T*P^2/Omega"}
PAPER = tuple(range(0, 1001, 5))
SLOW_ENZYME = {"kf": 1, "kr": 0.01, "kcat": 1, "S": 0.1, "E": 1}


def quadratic(substrate, enzyme, constant):
    """The complex of S_T and E_T, half of b - sqrt(b^2 - 4 S_T E_T) with b = S_T + E_T + K."""
    b = f"({substrate} + {enzyme} + {constant})"
    return f"({b} - sqrt({b}^2 - 4*{substrate}*{enzyme}))/2"


TEXTBOOKS = [
    Textbook(
        network="michaelis_menten",
        method=QuasiSteadyState("C"),
        source="Briggs and Haldane 1925; validity: Segel and Slemrod 1989",
        totals=ENZYME,
        where=KM,
        bound={"C": "E_T*S/(Km + S)", "E": "E_T*Km/(Km + S)"},
        rates={"S": "-kcat*E_T*S/(Km + S)", "P": "kcat*E_T*S/(Km + S)"},
        small="E/(S + Km)",
        failing={"E": 30},
    ),
    Textbook(
        network="michaelis_menten",
        method=TotalQuasiSteadyState("C"),
        source="Borghans, de Boer and Segel 1996; validity: Tzafriri 2003",
        totals=SUBSTRATE,
        where=KM,
        bound={"C": quadratic("S_T", "E_T", "Km")},
        rates={"S_T": "-kcat*C", "P": "kcat*C"},
        small="kcat/kf*E/(E + S + Km)^2",
        failing=SLOW_ENZYME,
    ),
    Textbook(
        network="michaelis_menten",
        method=PartialEquilibrium("S + E <--> C"),
        source="Michaelis and Menten 1913",
        totals=SUBSTRATE,
        bound={"C": quadratic("S_T", "E_T", "kr/kf")},
        rates={"S_T": "-kcat*C", "P": "kcat*C"},
        small="kcat/kr",
        failing={"kr": 1, "kcat": 100},
    ),
    Textbook(
        network="reversible_enzyme",
        method=QuasiSteadyState("C"),
        source="Haldane 1930",
        totals=ENZYME,
        where=KM | {"Kp": "(kr + kcat)/kback"},
        bound={"C": "E_T*(S/Km + P/Kp)/(1 + S/Km + P/Kp)"},
        rates={"P": "E_T*(kcat*S/Km - kr*P/Kp)/(1 + S/Km + P/Kp)"},
        small="E/(S + Km)",
        failing={"E": 20},
    ),
    Textbook(
        network="reversible_enzyme",
        method=TotalQuasiSteadyState("C"),
        source="Tzafriri and Edelman 2004; here with P free",
        totals=SUBSTRATE,
        where=KM | {"Kp": "(kr + kcat)/kback", "b": "E_T + S_T + Km*(1 + P/Kp)"},
        bound={"C": "(b - sqrt(b^2 - 4*E_T*(S_T + Km*P/Kp)))/2"},
        rates={"P": "kcat*C - kback*P*(E_T - C)"},
        small="kcat/kf*E/(E + S + Km)^2",
        failing=SLOW_ENZYME | {"kback": 0.01},
    ),
    Textbook(
        network="competitive_inhibition",
        method=QuasiSteadyState(("C", "D")),
        source="Cornish-Bowden 2012; slow binding: Morrison and Walsh 1988",
        totals={"E_T": "E + C + D"},
        where=KM | {"Ki": "kmi/ki", "Kapp": "Km*(1 + I/Ki)"},
        bound={"C": "E_T*S/(Kapp + S)", "D": "E_T*(Km*I/Ki)/(Kapp + S)"},
        rates={"P": "kcat*E_T*S/(Kapp + S)", "I": "-g*I"},
        small="max(E/(S + Kapp), g/kmi)",
        failing={"ki": 0.02, "kmi": 0.01},
    ),
    Textbook(
        network="cooperative_binding",
        method=QuasiSteadyState(("D", "T", "B")),
        source="Hill 1910",
        totals={"G_T": "G + B"},
        where=K4,
        bound=HILL,
        rates={"M": "ks*G_T*X^4/(K4 + X^4) - km*M", "X": "-g*X"},
        small="2*kd*X/kmd",
        failing={"kd": 1000, "kb": 400},
    ),
    Textbook(
        network="cooperative_binding",
        method=PartialEquilibrium(("2 X <--> D", "2 D <--> T", "T + G <--> B")),
        source="Hill 1910; d(X + 2 D + 4 T + 4 B)/dt = -g X",
        totals={"G_T": "G + B"},
        where=K4,
        bound=HILL,
        rates={"X": "-g*X/(1 + 4*D/X + 16*T/X + 16*G_T*K4*X^3/(K4 + X^4)^2)"},
        small="g/kmb",
        failing={"kmb": 0.01, "kb": 4e4},
    ),
    Textbook(
        network="goldbeter_koshland",
        method=QuasiSteadyState(("WE", "WpF")),
        source="Goldbeter and Koshland 1981",
        totals=SWITCH,
        where=SWITCH_K,
        bound={"WE": "E_T*W/(K1 + W)", "WpF": "F_T*Wp/(K2 + Wp)"},
        rates={"Wp": "kcat1*E_T*W/(K1 + W) - kcat2*F_T*Wp/(K2 + Wp)"},
        small="max(E, F)/(W + min(K1, K2))",
        failing={"E": 1.2, "F": 1},
    ),
    Textbook(
        network="goldbeter_koshland",
        method=TotalQuasiSteadyState(("WE", "WpF")),
        source="Ciliberto, Capuani and Tyson 2007",
        totals=SWITCH | {"W_T": "W + WE", "Wp_T": "Wp + WpF"},
        where=SWITCH_K,
        bound={"WE": quadratic("W_T", "E_T", "K1"), "WpF": quadratic("Wp_T", "F_T", "K2")},
        rates={
            "Wp_T": "kcat1*WE - kcat2*WpF",
        },
        small="kcat1/k1*E/(E + W + K1)^2",
        failing={"k1": 1, "km1": 0.01, "k2": 1, "km2": 0.01, "E": 1, "F": 1, "W": 0.1},
    ),
    Textbook(
        network="phosphorylation_cascade",
        method=QuasiSteadyState(("XK", "XpF", "YXp", "YpH")),
        source="Heinrich et al. 2002; where the target binds too much: Ventura et al. 2008",
        totals=CASCADE,
        where=CASCADE_K,
        bound={"XK": "K_T*X/(K1 + X)", "XpF": "F_T*Xp/(K2 + Xp)", "YXp": "Y*Xp/K3"},
        rates={
            "Xp": "kcat1*K_T*X/(K1 + X) - kcat2*F_T*Xp/(K2 + Xp)",
            "Yp": "kcat3*Xp*Y/K3 - kcat4*H_T*Yp/(K4 + Yp)",
        },
        small="max(K/(X + K1), Y/K3)",
        failing={"k3": 1e4},
    ),
    Textbook(
        network="lindemann_hinshelwood",
        method=QuasiSteadyState("Ax"),
        source="Lindemann 1922; his rate of collisions is k1/2",
        bound={"Ax": "(k1/2)*A^2/(km1*A + k2)"},
        rates={
            "A": "-k2*(k1/2)*A^2/(km1*A + k2)",
            "P": "k2*(k1/2)*A^2/(km1*A + k2)",
        },
        small="k1*A/(km1*A + k2)",
        failing={"k1": 5000},
    ),
    Textbook(
        network="lindemann_hinshelwood",
        method=PartialEquilibrium("A + A <--> Ax + A"),
        source="Lindemann 1922, the limit of high pressure",
        totals={"A_T": "A + Ax"},
        where={"Keq": "k1/(2*km1)"},
        bound={"Ax": "A_T*Keq/(1 + Keq)"},
        rates={"P": "k2*A_T*Keq/(1 + Keq)"},
        inside={"k2": 1},
        small="k2/(km1*A)",
        failing={"k2": 1e4},
    ),
    Textbook(
        network="robertson",
        method=QuasiSteadyState("B"),
        source="Robertson 1966; Hairer and Wanner 1996; their k2 is k2/2",
        bound={"B": "(sqrt((k3*C)^2 + 4*(k2/2)*k1*A) - k3*C)/(2*(k2/2))"},
        rates={"A": "-k1*A + k3*C*B", "C": "(k2/2)*B^2"},
        small="sqrt(2*k1/(k2*A))",
        failing={"k2": 0.04, "k3": 0.01},
    ),
    Textbook(
        network="gene_autoregulation",
        method=QuasiSteadyState(GENE),
        source="Yang 2020, Eqs. (17)-(18)",
        totals={"G_T": "G + GP + GP2"},
        where=GENE_K,
        bound=GENE_BOUND,
        rates={"P": "ks*M", "M": "k0*G_T*(K3 + K2*P)/Omega - kdm*M"},
        small="(G + GP + GP2)*k1/km1",
        failing={"G": 1},
        times=PAPER,
    ),
    Textbook(
        network="gene_autoregulation",
        method=TotalQuasiSteadyState(GENE),
        source="Yang 2020, Eqs. (17)-(18), and d(P + GP + 2 GP2)/dt = ks M",
        totals={"G_T": "G + GP + GP2"},
        where=GENE_K,
        bound=GENE_BOUND,
        rates={"P": "ks*M/(1 + G_T*(K2*K3 + 4*K3*P + K2*P^2)/Omega^2)"},
        inside={"k1": 30, "km1": 24, "k2": 90, "km2": 60},
        times=PAPER,
        small="ks*M*k1/km1^2",
        failing={"k1": 0.03, "km1": 0.024, "k2": 0.09, "km2": 0.06},
    ),
]


def network_with(name: str, changes: Mapping[str, float]) -> Network:
    """A network of the zoo with other parameters or copy numbers."""
    network = zoo.load(name)
    counts = {key: value for key, value in changes.items() if key in network.species}
    return network.replace(
        parameters={key: value for key, value in changes.items() if key not in counts},
        initial=counts,
    )


def read(text: str, abbreviations: Mapping[str, str]) -> sp.Expr:
    """A printed formula with its abbreviations written out, to the last."""
    written = {
        parse_expression(name): parse_expression(abbreviations[name]) for name in abbreviations
    }
    expression = parse_expression(text)
    for _ in written:
        expression = expression.subs(written)
    return expression


def positive(expression: sp.Expr) -> sp.Expr:
    return expression.xreplace(
        {s: sp.Symbol(s.name, positive=True) for s in expression.free_symbols}
    )


def check_same(found: sp.Expr, expected: sp.Expr) -> None:
    """Equal by algebra, and by numbers at five points; all symbols are positive."""
    difference = positive(found - expected)
    assert sp.simplify(difference) == 0, (found, expected)
    symbols = sorted(difference.free_symbols, key=str)
    for point in np.random.default_rng(1).uniform(0.1, 2, (5, len(symbols))):
        values = dict(zip(symbols, map(sp.Rational, point), strict=True))
        assert abs(difference.subs(values).evalf(30)) < 1e-20


@pytest.fixture(params=TEXTBOOKS, ids=str)
def textbook(request):
    return request.param


def test_the_formulas_are_those_of_the_textbook(textbook):
    small = reduced(zoo.load(textbook.network), textbook.method)
    sums = {
        sp.Add(*(n * parse_expression(s) for s, n in parts.items())): name
        for name, parts in small.combinations.items()
    }
    named = {total: sums[parse_expression(text)] for total, text in textbook.totals.items()}
    for species, text in textbook.bound.items():
        check_same(small.expressions[species], read(text, textbook.where | named))
    rates = dict(zip(small.network.species, small.network.rate_equations, strict=True))
    for variable, text in textbook.rates.items():
        expected = read(text, textbook.where | textbook.bound | named)
        check_same(rates[named.get(variable, variable)], expected)


def smallness(textbook, network):
    state = dict(zip(network.symbols, network.initial_counts, strict=True))
    return float(read(textbook.small, textbook.where).subs(network.values | state))


reduced = cache(reduce)


def certificate(textbook, network):
    return certify(reduced(network, textbook.method), textbook.times, initial=[{}])


def test_where_it_is_valid_it_holds(textbook):
    network = network_with(textbook.network, textbook.inside)
    assert smallness(textbook, network) < 0.05
    found = certificate(textbook, network)
    assert found.holds, str(found)


def test_where_it_is_not_valid_the_certificate_says_so(textbook):
    network = network_with(textbook.network, textbook.failing)
    assert smallness(textbook, network) > 0.2
    found = certificate(textbook, network)
    assert not found.holds, str(found)
    assert len(found.failures) == 1


def test_every_reducible_network_is_here():
    others = {"spcm", "birth_death", "dimerisation", "schlogl", "lotka_volterra"}
    assert {book.network for book in TEXTBOOKS} == set(zoo.names()) - others


def test_substrate_of_michaelis_and_menten_by_lambert():
    """S(t) = Km W(S0/Km exp((S0 - V t)/Km)) (Schnell and Mendoza 1997)."""
    small = reduce(zoo.michaelis_menten(), QuasiSteadyState("C")).network
    times = np.linspace(0, 1000, 21)
    start, km, speed = 2.0, 1.01, 0.01
    expected = km * lambertw(start / km * np.exp((start - speed * times) / km)).real
    found = simulate(small, MassAction(), times)["average"].sel(species="S")
    assert np.allclose(found, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("ratio", [0.8, 0.95, 1.05, 1.2])
def test_the_switch_of_goldbeter_and_koshland(ratio):
    """At rest W* = 2 r J/(b + sqrt(b^2 - 4 (1 - r) r J)) W_T, r = v1/v2, b = 1 - r + J + r J.

    Goldbeter and Koshland 1981; J = K/W_T for both enzymes.
    """
    small = reduce(zoo.goldbeter_koshland(), QuasiSteadyState(("WE", "WpF")))
    steady = simulate(small.starting({"E": 0.001 * ratio}).network, MassAction(), [0, 1e6])
    j = 0.101
    b = 1 - ratio + j + ratio * j
    expected = 2 * ratio * j / (b + np.sqrt(b**2 - 4 * (1 - ratio) * ratio * j))
    found = float(steady["average"].sel(species="Wp")[-1])
    assert found == pytest.approx(expected, rel=1e-6)


def test_robertson_reduced_against_published_values():
    """At t = 40 (Hairer and Wanner 1996, Section IV.10); B is no longer a variable."""
    small = reduce(zoo.robertson(), QuasiSteadyState("B"))
    found = small.lift(simulate(small.network, MassAction(), [0, 40]))["average"].values[-1]
    assert np.allclose(found, [0.71582706, 9.1855348e-06, 0.28416375], rtol=1e-4)
