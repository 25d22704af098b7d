import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn.rates.moments.moment_coefficients import coefficient_matrix
from ratelaw.learn.rates.moments.snapshot_moments import snapshot_moments
from ratelaw.learn.rates.rate_problem import pose

TIMES = np.linspace(0, 20, 21)
SIX = rl.Network.parse(
    """
    A --> 2 A,   1
    A --> 2 B,   1
    A --> 0,     1
    A --> B,     1
    A --> A + B, 1
    B --> 0,     1
    """
)
TRUTH = np.array([0.0836 * 1.1, 0.0764 * 1.1, 0.0, 0.0, 0.84 * 1.1, 0.31])


def poisson_cells(count):
    """Snapshots of immigration and death, which are Poisson."""
    times = np.repeat([1.0, 3.0], count)
    counts = np.random.default_rng(1).poisson(20 * (1 - np.exp(-0.5 * times)))
    return rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})


@pytest.fixture(scope="module")
def data(noisy_moments):
    return noisy_moments(rl.zoo.spcm(), TIMES, noise=1e-4, seed=1)


def test_coefficient_matrix_is_yang_2020_eq_14(data):
    # The paper's unknowns are (r1 lam, r2 lam, k1, k2, lam, gamma); ours are the rates of SIX, and
    # (1 - r1 - r2) lam = lam - r1 lam - r2 lam.
    labels, V = coefficient_matrix(pose(SIX, [data]))
    to_ours = np.eye(6)
    to_ours[4, :2] = -1
    rows = {(v, str(term)): row @ to_ours for (v, term), row in zip(labels, V, strict=True)}
    expected = {
        (0, "<A>"): [1, -1, -1, -1, 0, 0],
        (1, "<A>"): [-1, 1, 0, 1, 1, 0],
        (1, "<B>"): [0, 0, 0, 0, 0, -1],
        (2, "<A>"): [1, 1, 1, 1, 0, 0],
        (2, "Var(A)"): [2, -2, -2, -2, 0, 0],
        (4, "<A>"): [-1, 3, 0, 1, 1, 0],
        (4, "<B>"): [0, 0, 0, 0, 0, 1],
        (3, "<A>"): [0, -2, 0, -1, 0, 0],
        (3, "Var(A)"): [-1, 1, 0, 1, 1, 0],
        (3, "Cov(A,B)"): [1, -1, -1, -1, 0, -1],
        (4, "Var(B)"): [0, 0, 0, 0, 0, -2],
        (4, "Cov(A,B)"): [-2, 2, 0, 2, 2, 0],
    }
    assert set(rows) == set(expected)
    for key, row in expected.items():
        np.testing.assert_array_equal(rows[key], row, err_msg=str(key))
    assert np.linalg.matrix_rank(V) == 6


@pytest.mark.parametrize("method", [rl.JointMoments(), rl.learn.MomentCoefficients()], ids=repr)
def test_rates_are_right_within_their_errors(data, method):
    rates = rl.fit_rates(SIX, data, method).all_free
    z = (rates.constants - TRUTH) / rates.standard_errors
    # Six z-scores: beyond 4.4 one run in 15,000; the seed is fixed.
    assert np.abs(z).max() < 4.4


def test_absent_reactions_are_found_and_the_rest_sharpened(data):
    rates = rl.fit_rates(SIX, data)
    np.testing.assert_array_equal(rates.present, TRUTH > 0)
    there = rates.present
    assert (rates.standard_errors[there] <= rates.all_free.standard_errors[there]).all()
    assert {str(r) for r in rates.to_network().reactions} == {
        str(r) for r in rl.zoo.spcm().reactions
    }
    assert rates.to_network().initial == {"A": 10.0, "B": 0.0}


def test_derived_quantities_carry_the_delta_method(data):
    rates = rl.fit_rates(SIX, data)
    derived = rates.derive({"sum": "k1 + k2", "ratio": "k1/k6"})
    value, error = derived["sum"]
    assert value == rates.constants[0] + rates.constants[1]
    assert error == pytest.approx(np.sqrt(rates.covariance[:2, :2].sum()))
    with pytest.raises(rl.DataError, match="k9"):
        rates.derive({"x": "k9"})


def test_species_in_another_order_give_the_same_rates(data):
    swapped = rl.Network.parse("B --> 0, 1\nA --> 2 A, 1\nA --> 2 B, 1\nA --> A + B, 1")
    rates = rl.fit_rates(swapped, data)
    expected = rl.fit_rates(rl.zoo.spcm(), data)
    np.testing.assert_allclose(rates.constants, expected.constants[[3, 0, 1, 2]], rtol=1e-5)


def test_undetermined_combinations_are_named(data):
    too_many = rl.Network.parse(str(SIX) + "\nA --> 3 A, 1\nA --> 2 A + B, 1\nA --> A + 2 B, 1")
    for method in (rl.JointMoments(), rl.learn.MomentCoefficients()):
        with pytest.raises(rl.DataError, match=r"determine \d of 9 rates.*'A --> 3 A'"):
            rl.fit_rates(too_many, data, method)


def test_bad_candidates_are_named(data):
    with pytest.raises(rl.DataError, match="'B --> 0' is there twice"):
        rl.fit_rates(rl.Network.parse(str(SIX) + "\nB --> 0, 2"), data)
    with pytest.raises(rl.UnsupportedError, match="'B => 0' is not mass action"):
        rl.fit_rates(rl.Network.parse("A --> B, 1\nB => 0, B/(1 + B)"), data)
    with pytest.raises(rl.DataError, match="the data hold A, B, the candidates A, C"):
        rl.fit_rates(rl.Network.parse("A --> C, 1"), data)


def test_data_without_moments_are_refused():
    limit = rl.simulate(rl.zoo.spcm(), rl.MassAction(), TIMES)
    with pytest.raises(rl.DataError, match="'covariance'"):
        rl.fit_rates(SIX, limit)


def test_too_few_trajectories_are_refused(data):
    with pytest.raises(rl.DataError, match="50 trajectories cannot weigh"):
        rl.fit_rates(SIX, data.assign_attrs(trajectories=50))


@pytest.fixture(scope="module")
def dimers():
    text = "0 --> A, 10\n2 A --> 0, 0.1"
    cells = rl.simulate(rl.Network.parse(text), rl.Direct(), range(5), trajectories=1000, seed=1)
    return text, cells


@pytest.mark.parametrize("volume", [1e-2, 1e3, 1e5])
def test_rates_in_other_units_are_the_same_rates(dimers, volume):
    # Propensities k1 V and k2 n (n - 1) / V: the same cells in another volume scale the constants.
    text, cells = dimers
    rates = rl.fit_rates(rl.Network.parse(f"{text}\nvolume = {volume}"), cells)
    in_numbers = np.array([volume, 1 / volume])
    z = (rates.constants * in_numbers - [10, 0.1]) / (rates.standard_errors * in_numbers)
    # Two z-scores: beyond 4.2 one run in 15,000; the seed is fixed.
    assert np.abs(z).max() < 4.2
    same = rl.fit_rates(rl.Network.parse(text), cells)
    np.testing.assert_allclose(rates.constants * in_numbers, same.constants, rtol=1e-6)


def test_too_few_times_for_the_coefficients_are_told():
    # Of <A>: k2 V and -k1; of Var(A): k2 V, k1 and -2 k1. One average and one variance to fit.
    cells = rl.simulate(rl.zoo.birth_death(), rl.Direct(), [0, 1], trajectories=99, seed=1)
    few = "2 independent values cannot determine 5 unknowns, 5 coefficients and 0 starting values"
    with pytest.raises(rl.DataError, match=few):
        rl.fit_rates(rl.zoo.birth_death(), cells, rl.learn.MomentCoefficients())


def test_third_moments_are_put_into_the_order_of_the_candidates():
    record = [rl.RecordMoments(3)]
    run = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 2, 5], trajectories=99, seed=1, record=record)
    turned = rl.Network.parse("B --> 0, 1\nA --> 2 A, 1\nA --> 2 B, 1\nA --> A + B, 1")
    problem = pose(turned, [run])
    assert [str(m) for m in problem.equations.moments][5:] == [
        "Mu(B,B,B)",
        "Mu(B,B,A)",
        "Mu(B,A,A)",
        "Mu(A,A,A)",
    ]
    third = run["central_moments"].sel(central_moment=["B,B,B", "A,B,B", "A,A,B", "A,A,A"])
    np.testing.assert_array_equal(problem.observations[0].values[:, 5:], third)


def test_rates_follow_from_moments_up_to_order_three():
    network, cells = rl.zoo.birth_death(), poisson_cells(1000)
    rates = [rl.fit_rates(network, snapshot_moments(cells, order)) for order in (2, 3)]
    for fit in rates:
        # Two z-scores: beyond 4.2 one run in 15,000; the seed is fixed.
        assert np.abs((fit.constants - [10, 0.5]) / fit.standard_errors).max() < 4.2
    assert rates[1].degrees_of_freedom == rates[0].degrees_of_freedom + 2
