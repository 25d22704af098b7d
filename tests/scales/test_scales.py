"""Every scale of one network, held against the others."""

import numpy as np
import pytest

import ratelaw as rl

TIMES = np.array([0.0, 0.5, 1.0, 2.0])
SMALL = {
    "spcm": rl.zoo.spcm(),
    "birth_death": rl.zoo.birth_death(),
    "dimerisation": rl.zoo.dimerisation(),
    "schlogl": rl.zoo.schlogl(),
    "lotka_volterra": rl.zoo.lotka_volterra().replace(
        parameters={"birth": 1, "hunt": 0.05, "death": 1}, initial={"X": 20, "Y": 10}
    ),
    "volume": rl.Network.parse(
        "A + B --> C, 0.8\nC --> A + B, 0.1", initial={"A": 30, "B": 20}, volume=5
    ),
    "saturating": rl.Network.parse("S => P, 8*S/(3 + S)\nP --> S, 0.2", initial={"S": 15}),
}


@pytest.mark.parametrize("name", SMALL)
def test_gillespie_has_the_moments_of_the_master_equation(name, exact_method):
    network = SMALL[name]
    exact = rl.simulate(network, rl.MasterEquation(), TIMES)
    cells = rl.simulate(network, exact_method, TIMES, trajectories=40_000, seed=11)
    errors = np.sqrt(np.einsum("tmtm->tm", cells["moment_covariance"].values))[1:]
    species = len(network.species)
    i, j = np.triu_indices(species)
    difference = np.concatenate(
        [
            (cells["average"] - exact["average"]).values[1:],
            (cells["covariance"] - exact["covariance"]).values[1:, i, j],
        ],
        axis=1,
    )
    z = difference[errors > 0] / errors[errors > 0]
    # At most 27 z-scores a case: one false alarm beyond 4.9 in 38,000 cases; seeds are fixed.
    assert np.abs(z).max() < 4.9


@pytest.mark.parametrize("name", ["spcm", "birth_death"])
def test_moments_of_linear_networks_are_those_of_the_master_equation(name):
    exact = rl.simulate(SMALL[name], rl.MasterEquation(tolerance=1e-9), TIMES)
    moments = rl.simulate(SMALL[name], rl.Moments(), TIMES)
    for variable in ("average", "covariance"):
        np.testing.assert_allclose(moments[variable], exact[variable], rtol=1e-5, atol=1e-6)


def test_averages_approach_mass_action_like_one_over_volume():
    """Kurtz: at fixed concentrations the relative distance of the averages shrinks as 1/V."""
    distances = []
    for volume in (10, 100):
        network = rl.Network.parse(
            "2 A <--> B, 1, 0.5", initial={"A": 4 * volume, "B": 0}, volume=volume
        )
        exact = rl.simulate(network, rl.MasterEquation(), TIMES)["average"] / volume
        limit = rl.simulate(network, rl.MassAction(), TIMES)["average"] / volume
        distances.append(float(abs(exact - limit).max()))
    assert distances[0] / distances[1] == pytest.approx(10, rel=0.15)


def test_one_rate_constant_serves_every_scale_of_a_homodimer():
    """2 A --> B at rate k removes k A^2 molecules of A, whichever scale tells it: nu! counts."""
    network = rl.Network.parse("2 A --> B, 0.001", initial={"A": 1000})
    slope = -0.001 * 1000**2
    step = 1e-4
    for method in (rl.MassAction(), rl.Moments()):
        average = rl.simulate(network, method, [0, step])["average"].values[:, 0]
        assert (average[1] - average[0]) / step == pytest.approx(slope, rel=2e-3)
    cells = rl.simulate(network, rl.Direct(), [0, step], trajectories=20_000, seed=3)
    drop = (cells["average"].values[1, 0] - 1000) / step
    error = np.sqrt(cells["covariance"].values[1, 0, 0] / 20_000) / step
    # n(n - 1) instead of n^2, and depletion during the step: both under 0.3 %.
    assert abs(drop - slope) < 4.5 * error + 0.003 * abs(slope)


def test_histogram_against_the_master_equation_by_chi_square():
    network = SMALL["dimerisation"]
    record = [rl.RecordHistogram(times=[1.0])]
    cells = rl.simulate(network, rl.Direct(), [1.0], trajectories=50_000, seed=5, record=record)
    exact = rl.simulate(network, rl.MasterEquation(), [1.0])
    p = rl.marginal(exact, "B")[0]
    q = rl.marginal(cells, "B")[0].reindex(n_B=p["n_B"], fill_value=0.0)
    expected = 50_000 * p.values
    often = expected > 5
    chi_square = (((50_000 * q.values - expected) ** 2) / np.where(often, expected, 1))[often].sum()
    freedom = int(often.sum()) - 1
    # A standardised chi-square beyond 4: one false alarm in about 5,000; the seed is fixed.
    assert (chi_square - freedom) / np.sqrt(2 * freedom) < 4


def test_paths_share_their_averages_with_the_recorded_moments():
    record = [rl.RecordPaths(500), rl.RecordMoments()]
    cells = rl.simulate(rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=500, seed=1, record=record)
    paths = cells["paths"].values
    np.testing.assert_allclose(paths.mean(axis=0), cells["average"], rtol=1e-12)
    for t in range(len(TIMES)):
        np.testing.assert_allclose(
            np.cov(paths[:, t].T), cells["covariance"][t], rtol=1e-9, atol=1e-12
        )
