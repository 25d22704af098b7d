import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

import ratelaw as rl


def solve(network, times, **options):
    return rl.simulate(network, rl.MasterEquation(**options), times)


def moments_of(results):
    return results["average"].values, results["covariance"].values


def dense_generator(network, states):
    """The generator written out state by state from the reactions, apart from the package's."""
    index = {state: i for i, state in enumerate(states)}
    matrix = np.zeros((len(states), len(states)))
    for reaction, propensity in zip(network.reactions, network.propensities, strict=True):
        for state, i in index.items():
            rate = float(
                propensity.subs(network.values).subs(zip(network.symbols, state, strict=True))
            )
            target = tuple(
                n + reaction.products.get(name, 0) - reaction.reactants.get(name, 0)
                for name, n in zip(network.species, state, strict=True)
            )
            if rate:
                matrix[index[target], i] += rate
                matrix[i, i] -= rate
    return matrix


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-10])
def test_birth_death_is_poisson_within_the_loss(tolerance):
    times = np.array([0.0, 1.0, 4.0, 30.0])
    results = solve(rl.zoo.birth_death(), times, tolerance=tolerance)
    means = 20 * (1 - np.exp(-0.5 * times))
    counts = results["counts"].values[:, 0]
    exact = stats.poisson.pmf(counts, means[:, None])
    found = results["probability"].values
    lost = results.attrs["probability_lost"]
    assert (found <= exact + 1e-13).all()
    assert lost <= tolerance
    distance = abs(found - exact).sum(axis=1) + 1 - exact.sum(axis=1)
    np.testing.assert_allclose(distance[-1], lost, atol=1e-12)
    assert (distance <= tolerance).all()


@pytest.mark.parametrize("scale", [1.0, 1e6], ids=["by series", "by squaring"])
def test_dimerisation_is_the_matrix_exponential(scale):
    network = rl.zoo.dimerisation()
    network = network.replace(
        parameters={name: scale * value for name, value in network.parameters.items()}
    )
    states = [(40 - 2 * b, b) for b in range(21)]
    times = np.array([0.1, 0.7, 3.0])
    results = solve(network, times / scale, tolerance=1e-9)
    order = np.argsort(results["counts"].values[:, 1])
    generator = dense_generator(rl.zoo.dimerisation(), states)
    for found, t in zip(results["probability"].values, times, strict=True):
        np.testing.assert_allclose(found[order], expm(generator * t)[:, 0], atol=1e-9)


def test_stiff_dimerisation_reaches_its_equilibrium():
    # Detailed balance: p(b + 1)/p(b) = kf a(a - 1)/2 / (kr (b + 1)).
    network = rl.zoo.dimerisation().replace(parameters={"kf": 2e8, "kr": 1e9})
    results = solve(network, [1.0])
    weights = [1.0]
    for b in range(20):
        a = 40 - 2 * b
        weights.append(weights[-1] * 2e8 * a * (a - 1) / 2 / (1e9 * (b + 1)))
    order = np.argsort(results["counts"].values[:, 1])
    found = results["probability"].values[0, order]
    np.testing.assert_allclose(found, np.array(weights) / sum(weights), atol=1e-11)


def test_schlogl_agrees_with_the_dense_exponential():
    network = rl.zoo.schlogl().replace(initial={"X": 20}).replace(parameters={"k3": 20.0})
    results = solve(network, [0.5], tolerance=1e-8)
    size = int(results["counts"].max()) + 20
    X = np.arange(size)
    birth = 0.03 * X * (X - 1) / 2 + 20
    death = 1e-4 * X * (X - 1) * (X - 2) / 6 + 3.5 * X
    generator = np.diag(birth[:-1], -1) + np.diag(death[1:], 1)
    generator -= np.diag(birth + death)
    exact = expm(0.5 * generator)[:, 20]
    table = rl.marginal(results, "X").values[0]
    assert abs(np.pad(table, (0, size - len(table))) - exact).sum() < 1e-8


def test_spcm_moments_are_those_of_the_moment_equations():
    times = np.linspace(0, 20, 21)
    results = solve(rl.zoo.spcm(), times)
    average, covariance = moments_of(results)
    exact_average, exact_covariance = moments_of(rl.simulate(rl.zoo.spcm(), rl.Moments(), times))
    lost = results.attrs["probability_lost"]
    assert lost <= 1e-6
    # what is lost lies outside: 1e-6 of the probability, at most some hundred molecules away
    np.testing.assert_allclose(average, exact_average, atol=300 * 1e-6)
    np.testing.assert_allclose(covariance, exact_covariance, atol=300**2 * 1e-6)


def test_lotka_volterra_conserves_what_is_not_lost():
    network = rl.Network.parse(
        "X --> 2 X, 1\nX + Y --> 2 Y, 0.1\nY --> 0, 1", initial={"X": 8, "Y": 8}
    )
    results = solve(network, [0.0, 0.5, 1.0], tolerance=1e-5)
    kept = results["probability"].sum("state").values
    assert kept[0] == 1
    assert (np.diff(kept) <= 0).all()
    assert kept[-1] == pytest.approx(1 - results.attrs["probability_lost"], abs=1e-15)
    assert kept[-1] > 1 - 1e-5


def test_conserved_totals_hold_in_every_state():
    network = rl.Network.parse(
        "E + S <--> C, 0.1, 1\nC --> E + P, 0.5", initial={"E": 3, "S": 9, "C": 1}
    )
    results = solve(network, [2.0])
    totals = results["counts"].values @ rl.conservation_laws(network).T
    assert (totals == totals[0]).all()
    laws = rl.conservation_laws(network)
    np.testing.assert_allclose(results["average"].values @ laws.T, totals[:1], rtol=1e-12)


def test_loss_shrinks_with_the_tolerance():
    lost = [
        solve(rl.zoo.birth_death(), [5.0], tolerance=t).attrs["probability_lost"]
        for t in (1e-2, 1e-4, 1e-6, 1e-8)
    ]
    assert lost == sorted(lost, reverse=True)
    assert 0 < lost[-1] < lost[0]


def test_results_do_not_depend_on_the_grid_beyond_the_tolerance():
    coarse = rl.marginal(solve(rl.zoo.birth_death(), [0.0, 3.0], tolerance=1e-8), "A")
    fine = rl.marginal(solve(rl.zoo.birth_death(), np.linspace(0, 3, 31), tolerance=1e-8), "A")
    assert rl.total_variation(coarse, fine).max() < 1e-8


def test_general_law_against_its_own_generator():
    network = rl.Network.parse("S => P, 3*S/(2 + S)", initial={"S": 10}, volume=4)
    results = solve(network, [1.5])
    states = [(10 - p, p) for p in range(11)]
    order = np.argsort(results["counts"].values[:, 1])
    exact = expm(1.5 * dense_generator(network, states))[:, 0]
    np.testing.assert_allclose(results["probability"].values[0, order], exact, atol=1e-6)


@pytest.mark.parametrize("text", ["A --> A, 1", "A --> B, 0", "2 A --> B, 1"])
def test_nothing_happens_without_a_jump(text):
    results = solve(rl.Network.parse(text, initial={"A": 1}), [0.0, 5.0])
    assert results["average"].sel(species="A").values.tolist() == [1, 1]


def test_fractional_count_is_refused_by_name():
    with pytest.raises(rl.ModelError, match=r"'A' is 1\.5.*whole number"):
        solve(rl.Network.parse("A --> B, 1", initial={"A": 1.5}), [1.0])


@pytest.mark.parametrize(("law", "found"), [("3 - S", "-1"), ("1/(S - 4)^2", "inf|nan")])
def test_impossible_rate_names_reaction_and_state(law, found):
    network = rl.Network.parse(f"S --> 2 S, 1\nS => P + S, {law}", initial={"S": 2})
    with pytest.raises(rl.SolverError, match=rf"'S => P \+ S'.*({found}) at S = 4, P = "):
        solve(network, [1.0])


def test_too_many_states_says_what_grew_and_what_is_lost():
    network = rl.Network.parse("A --> 2 A, 1\n0 --> B, 10", initial={"A": 5})
    message = r"states \(A \d+\.\.\d+, B \d+\.\.\d+\).*max_states = 300.*probability of .*Direct"
    with pytest.raises(rl.SolverError, match=message):
        solve(network, [3.0], max_states=300)


def test_too_much_work_is_refused_before_it_is_done():
    network = rl.Network.parse("A <--> B, 1e9, 1e9\n0 --> C, 1000", initial={"A": 50})
    with pytest.raises(rl.SolverError, match=r"multiplications.*max_work"):
        solve(network, [10.0], max_work=1e7)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, 0.5, np.nan])
def test_impossible_tolerance_is_refused(tolerance):
    with pytest.raises(rl.DataError, match="tolerance"):
        rl.MasterEquation(tolerance=tolerance)


def test_times_very_close_together_are_propagated_between():
    """Each of 30 molecules is an A with probability (1 + exp(-2 t))/2, whatever the others are."""
    network = rl.Network.parse("A <--> B, 1, 1", initial={"A": 30})
    times = np.r_[0, np.geomspace(1e-8, 10, 10)]
    found = rl.simulate(network, rl.MasterEquation(), times)
    share = (1 + np.exp(-2 * times)) / 2
    np.testing.assert_allclose(found["average"].sel(species="A"), 30 * share, rtol=1e-6)
    variance = found["covariance"].sel(species="A", species_="A")
    np.testing.assert_allclose(variance, 30 * share * (1 - share), rtol=1e-4, atol=1e-12)
