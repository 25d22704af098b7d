"""Do the paths of the exact methods have the law they should? Seeds are fixed throughout."""

import numpy as np
from scipy.linalg import expm
from scipy.stats import chi2, norm

import ratelaw as rl

FALSE_ALARM = 1e-4
"""Of each test, were its seeds not fixed: both tails together."""
LOW, HIGH = FALSE_ALARM / 2, 1 - FALSE_ALARM / 2


def spcm_moments(times):
    """Yang 2020, Eqs. (11) and (13) by a matrix exponential: <A>, <B>, VA, Cov, VB at the times."""
    lam, r1, r2, gamma = 1.1, 0.0836, 0.0764, 0.31
    a11, a21, a22 = (r1 - r2) * lam, (1 - r1 + r2) * lam, -gamma
    b21 = (1 - r1 + 3 * r2) * lam
    equations = np.array(
        [
            [a11, 0, 0, 0, 0],
            [a21, a22, 0, 0, 0],
            [(r1 + r2) * lam, 0, 2 * a11, 0, 0],
            [-2 * r2 * lam, 0, a21, a11 - gamma, 0],
            [b21, gamma, 0, 2 * a21, -2 * gamma],
        ]
    )
    return np.array([expm(equations * t) @ [10, 0, 0, 0, 0] for t in times])


def test_moments_at_all_times_together_against_the_papers_equations(exact_method):
    times = np.linspace(1, 20, 10)
    cells = rl.simulate(rl.zoo.spcm(), exact_method, times, trajectories=200_000, seed=1)
    i, j = np.triu_indices(2)
    found = np.hstack([cells["average"], cells["covariance"].values[:, i, j]])
    deviation = (found - spcm_moments(times)).ravel()
    covariance = cells["moment_covariance"].values.reshape(50, 50)
    distance = deviation @ np.linalg.solve(covariance, deviation)
    assert chi2.ppf(LOW, 50) < distance < chi2.ppf(HIGH, 50)


def test_joint_histogram_against_the_master_equation(exact_method):
    count = 200_000
    record = [rl.RecordHistogram()]
    cells = rl.simulate(
        rl.zoo.spcm(), exact_method, [5.0], trajectories=count, seed=2, record=record
    )
    exact = rl.simulate(rl.zoo.spcm(), rl.MasterEquation(), [5.0])
    p, q = (rl.marginal(result, "A", "B")[0] for result in (exact, cells))
    expected = count * p.values
    observed = count * q.reindex_like(p, fill_value=0.0).values
    often = expected > 5
    expected = np.append(expected[often], count - expected[often].sum())
    observed = np.append(observed[often], count - observed[often].sum())
    distance = ((observed - expected) ** 2 / expected).sum()
    assert chi2.ppf(LOW, len(expected) - 1) < distance < chi2.ppf(HIGH, len(expected) - 1)


def test_correlation_of_one_path_with_its_own_past(exact_method):
    """In equilibrium Cov(n(s), n(t)) = (birth/death) exp(-death |t - s|) for birth and death."""
    count, death, times = 100_000, 0.5, np.array([20.0, 21.0, 23.0])
    record = [rl.RecordPaths(count)]
    network = rl.zoo.birth_death()
    cells = rl.simulate(network, exact_method, times, trajectories=count, seed=3, record=record)
    paths = cells["paths"].values[:, :, 0] - 20
    for first, second in [(0, 1), (1, 2), (0, 2)]:
        products = paths[:, first] * paths[:, second]
        expected = 20 * np.exp(-death * (times[second] - times[first]))
        z = (products.mean() - expected) / (products.std() / np.sqrt(count))
        assert abs(z) < norm.ppf(1 - FALSE_ALARM / 6)


def test_trajectories_are_independent_of_their_neighbours_and_of_other_seeds():
    count, times = 100_000, [2.0, 20.0]
    record = [rl.RecordPaths(count)]
    one, other = (
        rl.simulate(
            rl.zoo.spcm(), rl.Direct(), times, trajectories=count, seed=seed, record=record
        )["paths"].values.reshape(count, 4)
        for seed in (4, 5)
    )
    pairs = [(one[:-lag], one[lag:]) for lag in (1, 2, 64, 4096)]
    pairs += [(one, other), (one[1:], other[:-1])]
    z = np.array([np.corrcoef(a.T, b.T)[:4, 4:] * np.sqrt(len(a)) for a, b in pairs])
    assert np.abs(z).max() < norm.ppf(1 - FALSE_ALARM / 2 / z.size)


def test_two_molecules_of_a_kind_meet_at_half_the_ordered_pairs(exact_method):
    """2 A --> 0 at rate k from three A: the waiting time has the rate k C(3, 2) = 3 k, not 6 k."""
    count, k = 100_000, 0.2
    network = rl.Network.parse("2 A --> 0, 0.2", initial={"A": 3})
    cells = rl.simulate(network, exact_method, [1.0], trajectories=count, seed=6)
    untouched = (cells["average"].item() - 1) / 2
    expected = np.exp(-3 * k)
    z = (untouched - expected) / np.sqrt(expected * (1 - expected) / count)
    assert abs(z) < norm.ppf(HIGH)


def test_forty_guarded_saturated_laws_against_their_exponential_survival(exact_method):
    """v/(K + S) is not 0 at S = 0: the guard ends it. One molecule dies at rate a = v/(K + 1)."""
    count, rates = 20_000, np.linspace(0.5, 3, 40)
    text = "\n".join(f"S{i} => 0, {2 * a}/(k + S{i})" for i, a in enumerate(rates))
    network = rl.Network.parse(text, {"k": 1}, initial={f"S{i}": 1 for i in range(40)})
    cells = rl.simulate(network, exact_method, [0.7], trajectories=count, seed=6)
    alive = np.exp(-0.7 * rates)
    z = (cells["average"].values[0] - alive) / np.sqrt(alive * (1 - alive) / count)
    assert chi2.ppf(LOW, 40) < z @ z < chi2.ppf(HIGH, 40)
