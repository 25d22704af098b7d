from pathlib import Path

import numpy as np
import pytest

import ratelaw
from ratelaw import Network
from ratelaw.network.lowering import to_numpy


def propensity(text, counts, **options):
    network = Network.parse(text, **options)
    expressions = [p.subs(network.values) for p in network.propensities]
    return to_numpy(expressions, network.symbols)(np.array(counts, dtype=float))[0]


@pytest.mark.parametrize(
    ("text", "counts", "expected"),
    [
        # k V prod V^-nu C(n, nu) with k = 3, V = 2 (Yang 2020, Eq. 5)
        ("0 --> A, 3", [7], 3 * 2),
        ("A --> 0, 3", [7], 3 * 7),
        ("2 A --> 0, 3", [7], 3 / 2 * 21),
        ("3 A --> 0, 3", [7], 3 / 4 * 35),
        ("A + B --> 0, 3", [7, 5], 3 / 2 * 35),
        ("2 A + B --> 0, 3", [7, 5], 3 / 4 * 21 * 5),
        ("2 A --> 0, 3", [1], 0),
    ],
)
def test_mass_action_counts_combinations(text, counts, expected):
    assert propensity(text, counts, volume=2) == pytest.approx(expected)


def test_a_general_law_is_a_flux_of_concentrations():
    # V phi(n/V) with phi = vmax c/(km + c), c = 6/2
    assert propensity("S => P, 5*S/(1 + S)", [6, 0], volume=2) == pytest.approx(2 * 5 * 3 / 4)


def test_a_general_law_stops_where_a_reactant_is_short():
    assert propensity("2 S => P, 5", [1, 0]) == 0
    assert propensity("2 S => P, 5", [2, 0]) == 5


def test_there_is_one_home_of_factorials():
    """Beside them stand only the factorials that SBML's formulas may call."""
    source = Path(ratelaw.__file__).parent
    holders = {p.name for p in source.rglob("*.py") if "factorial(" in p.read_text("utf-8")}
    holders |= {p.name for p in source.rglob("*.py") if "math.factorial" in p.read_text("utf-8")}
    assert holders == {"ratelaws.py", "limits.py"}
