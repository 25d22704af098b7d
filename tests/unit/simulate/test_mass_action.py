import numpy as np
import pytest
from scipy.linalg import expm

import ratelaw as rl


def averages(network, times, **options):
    return rl.simulate(network, rl.MassAction(**options), times)["average"].values


def test_linear_network_is_the_matrix_exponential():
    network = rl.zoo.spcm()
    lam, r1, r2, gamma = (network.parameters[name] for name in ("lam", "r1", "r2", "gamma"))
    matrix = np.array([[(r1 - r2) * lam, 0], [(1 - r1 + r2) * lam, -gamma]])
    times = np.linspace(0, 20, 21)
    exact = [expm(matrix * t) @ [10, 0] for t in times]
    np.testing.assert_allclose(averages(network, times), exact, rtol=1e-7, atol=1e-7)


def test_homodimer_loses_two_at_half_the_combinations():
    # dc/dt = -2 k c^2/2 = -k c^2, so c = c0/(1 + k c0 t)
    network = rl.Network.parse("2 A --> B, 0.3", initial={"A": 8}, volume=2)
    times = np.array([0.0, 0.5, 3.0])
    concentration = 4 / (1 + 0.3 * 4 * times)
    np.testing.assert_allclose(averages(network, times)[:, 0], 2 * concentration, rtol=1e-7)


def test_robertson_against_published_values():
    # Hairer and Wanner 1996, Section IV.10; the constant 3e7 acts on B^2, ours on B^2/2
    network = rl.Network.parse(
        "A --> B, 0.04\n2 B --> B + C, 6e7\nB + C --> A + C, 1e4", initial={"A": 1}
    )
    published = [0.7158270687193941, 9.185534764557637e-6, 0.2841637457458413]
    values = averages(network, [40.0, 1e5])
    np.testing.assert_allclose(values[0], published, rtol=1e-6)
    np.testing.assert_allclose(values.sum(axis=1), 1, rtol=1e-10)


def test_general_law_is_the_flux():
    # Michaelis-Menten in closed form: s + km ln s = s0 + km ln s0 - vmax t
    network = rl.Network.parse(
        "S => P, vmax*S/(km + S)\nvmax = 2\nkm = 0.5", initial={"S": 30}, volume=10
    )
    s = averages(network, [0.0, 1.0])[1, 0] / 10
    assert s + 0.5 * np.log(s) == pytest.approx(3 + 0.5 * np.log(3) - 2, abs=1e-7)


def test_tighter_tolerance_is_closer():
    network, times = rl.zoo.lotka_volterra().replace(initial={"X": 1500}), np.array([1.0])
    closest = averages(network, times, rtol=1e-12, atol=1e-14)
    errors = [abs(averages(network, times, rtol=r) - closest).max() for r in (1e-4, 1e-7, 1e-10)]
    assert errors[0] > errors[1] > errors[2]


def test_time_zero_alone_is_the_initial_state():
    assert averages(rl.zoo.spcm(), [0.0]).tolist() == [[10, 0]]


def test_evaluations_are_reported():
    results = rl.simulate(rl.zoo.spcm(), rl.MassAction(), [0, 1])
    assert results.attrs["evaluations"] > 0


def test_blow_up_says_when():
    # da/dt = a^2/2 from 1 ends at t = 2
    network = rl.Network.parse("2 A --> 3 A, 1", initial={"A": 1})
    with pytest.raises(rl.SolverError, match=r"ended at time"):
        averages(network, [0.0, 1.0, 3.0])


def test_an_empty_network_fills():
    """A(t) = k/g (1 - exp(-g t)) from A(0) = 0, where no initial size scales the tolerance."""
    course = rl.simulate(rl.zoo.birth_death(), rl.MassAction(), [0.0, 1.0, 1000.0])
    assert np.allclose(course["average"].values.ravel(), [0, 20 * (1 - np.exp(-0.5)), 20])
    assert course.attrs["evaluations"] < 1000


@pytest.mark.parametrize("law", ["A --> 0, 1", "A => 0, min(A, 3)", "A --> 0, 1\nB' = 1\nB(0) = 5"])
@pytest.mark.parametrize("count", [5, 10.5, 0.1, 1e6 / 3])
def test_the_row_at_time_0_is_the_start_to_the_last_bit(law, count):
    network = rl.Network.parse(law, initial={"A": count})
    volumes = [1.0] if network.rates else [1.0, 3.0, 0.7]
    for volume in volumes:
        results = rl.simulate(network.replace(volume=volume), rl.MassAction(), [0, 1, 2])
        assert results["average"].values[0].tolist() == network.initial_counts.tolist()


def test_the_row_at_time_0_holds_what_an_event_sets_at_the_start():
    network = rl.Network.parse("A --> 0, 1\nA(0) = 5\nwhen A > 3, at start: A = 4")
    assert rl.simulate(network, rl.MassAction(), [0, 1])["average"].values[0].tolist() == [4.0]


def test_a_rate_without_a_value_is_told_from_one_that_grows():
    emptied = rl.Network.parse("A => B, sqrt(A)", initial={"A": 4})
    with pytest.raises(rl.SolverError, match="has no value there, such as a root"):
        rl.simulate(emptied, rl.MassAction(), [0, 10])


@pytest.mark.parametrize("food", [1e7, 1e12])
def test_one_cell_in_plenty_grows_as_the_logistic_curve(food):
    network = rl.Network.parse("C + S --> 2 C, k", parameters={"k": 1 / food})
    network = network.replace(initial={"C": 1, "S": food})
    times, total = np.array([1.0, 5.0, 15.0]), food + 1
    exact = total / (1 + (total - 1) * np.exp(-times * total / food))
    np.testing.assert_allclose(averages(network, times)[:, 0], exact, rtol=1e-6)


def test_one_enzyme_in_plenty_is_bound_as_by_a_constant_rate():
    """C' = (1 - C) - 2 C, where S = 10^9 hardly changes and k S = 1."""
    network = rl.Network.parse(
        "E + S --> C, 1e-9\nC --> E + S, 1\nC --> E + P, 1", initial={"E": 1, "S": 1e9}
    )
    times = np.array([0.1, 1.0, 10.0])
    bound = averages(network, times)[:, network.species.index("C")]
    np.testing.assert_allclose(bound, (1 - np.exp(-3 * times)) / 3, rtol=1e-6)


def test_no_unit_is_preferred():
    """A' = -k A B with B(0) = 2 A(0), in molecules and in moles a litre."""
    times = np.array([0.5, 2.0])
    grown = np.exp(times)
    exact = (2 * (grown - 1) / (2 * grown - 1))[:, None]  # of C/A(0)
    for unit in (1.0, 1e-9, 1e-30):
        network = rl.Network.parse("A + B --> C, k", parameters={"k": 1 / unit})
        network = network.replace(initial={"A": unit, "B": 2 * unit})
        np.testing.assert_allclose(averages(network, times)[:, 2:] / unit, exact, rtol=1e-6)
