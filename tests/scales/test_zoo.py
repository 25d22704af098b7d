"""Every exact method on every network of the zoo: the whole joint distribution."""

import numpy as np
import pytest
from scipy.stats import chi2

import ratelaw as rl

FEW = {
    "competitive_inhibition": ({"S": 6, "E": 2, "I": 3}, 10, 1),
    "cooperative_binding": ({"X": 6, "G": 2}, 5, 1),
    "gene_autoregulation": ({"G": 1, "P": 5, "GP": 1, "GP2": 0, "M": 2}, 5, 1),
    "goldbeter_koshland": ({"W": 6, "E": 2, "F": 1}, 10, 1),
    "lindemann_hinshelwood": ({"A": 8}, 2, 0.2),
    "lotka_volterra": ({"X": 8, "Y": 5}, 1, 0.05),
    "michaelis_menten": ({"S": 8, "E": 2}, 10, 1),
    "phosphorylation_cascade": ({"X": 3, "K": 1, "F": 1, "Y": 3, "H": 1}, 10, 1),
    "reversible_enzyme": ({"S": 8, "E": 2}, 10, 1),
    "robertson": ({"A": 6}, 1, 5),
}
"""Networks that the zoo has in concentrations: few molecules, a volume, and a time."""


def counted(name):
    network = rl.zoo.load(name)
    if name not in FEW:
        return network, 1.0
    initial, volume, time = FEW[name]
    return network.replace(initial=initial, volume=volume), float(time)


@pytest.mark.parametrize("name", rl.zoo.names())
def test_joint_histograms_are_those_of_the_master_equation(name, exact_method):
    if isinstance(exact_method, rl.FirstReaction) and name in FEW:
        pytest.skip("a compilation each; its law is held on the others")
    network, time = counted(name)
    count = 20_000
    try:
        exact = rl.simulate(network, rl.MasterEquation(max_work=2e9), [time])
    except rl.SolverError as error:
        pytest.skip(f"too stiff for the master equation: {error}")
    cells = rl.simulate(
        network, exact_method, [time], trajectories=count, seed=12, record=[rl.RecordHistogram()]
    )
    expected = dict(
        zip(
            map(tuple, exact["counts"].values.astype(int)),
            exact["probability"].values[0],
            strict=True,
        )
    )
    found = dict(
        zip(map(tuple, cells["counts"].values), cells["probability"].values[0], strict=True)
    )
    states = [state for state, p in expected.items() if p * count > 5]
    wanted = np.array([expected[state] for state in states]) * count
    seen = np.array([found.get(state, 0.0) for state in states]) * count
    wanted, seen = (np.append(x, count - x.sum()) for x in (wanted, seen))
    distance = ((seen - wanted) ** 2 / np.maximum(wanted, 1.0)).sum()
    # One false alarm in 10^6 a case, 60 cases: one run in 16,000; the seed is fixed.
    assert distance < chi2.ppf(1 - 1e-6, max(len(states), 1))
