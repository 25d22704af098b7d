"""Are the standard errors true? Errors over many seeds, in units of their own covariance."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import chi2

import ratelaw as rl
from ratelaw.learn.data.observations import observe_averages

SEEDS = range(25)
TIMES = np.linspace(0, 20, 11)
FALSE_ALARM = 1e-4
"""Of each test, were its seeds not fixed: both tails together."""


def assert_calibrated(errors, covariances):
    """Mahalanobis distances of errors, shape (seed, unknown), sum to a chi-square."""
    distances = [e @ np.linalg.solve(c, e) for e, c in zip(errors, covariances, strict=True)]
    freedom = np.size(errors)
    low, high = chi2.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], freedom)
    assert low < sum(distances) < high


@pytest.mark.parametrize(
    "loss", [rl.learn.SquaredLoss(), rl.learn.AbsoluteLoss()], ids=lambda loss: type(loss).__name__
)
def test_coefficients_of_odenet(noisy_moments, loss):
    truth = np.array([0.00792, 1.09208, -0.31])
    net = rl.ODENet(rl.PolynomialLibrary(degree=1), loss=loss)
    data = [noisy_moments(rl.zoo.spcm(), TIMES, 1e-3, seed) for seed in SEEDS]
    fits = [net.fit(part.assign_attrs(trajectories=10**6)) for part in data]
    active = [[True, False], [True, True]]
    chosen = [fit for fit in fits if np.array_equal(fit.active, active)]
    assert len(chosen) >= 0.9 * len(fits)
    kept = np.flatnonzero(active)
    assert_calibrated(
        [fit.coefficients.ravel()[kept] - truth for fit in chosen],
        [fit.covariance[np.ix_(kept, kept)] for fit in chosen],
    )


@pytest.mark.parametrize(
    "method", [rl.JointMoments(), rl.learn.MomentCoefficients()], ids=["joint", "V"]
)
def test_rates_with_every_candidate_free(noisy_moments, method):
    six = rl.Network.parse(str(rl.zoo.spcm()) + "\nA --> 0, 0\nA --> B, 0")
    truth = np.array([0.09196, 0.08404, 0.924, 0.31, 0, 0])
    fits = [
        rl.fit_rates(six, noisy_moments(rl.zoo.spcm(), TIMES, 1e-4, seed), method).all_free
        for seed in SEEDS
    ]
    assert_calibrated([fit.constants - truth for fit in fits], [fit.covariance for fit in fits])


def test_rates_from_moments_that_begin_late_and_have_a_constant_total():
    network = rl.Network.parse("A --> B, 1\nB --> A, 0.5", initial={"A": 20, "B": 0})
    times = [0.5, 1, 2, 4]
    fits = [
        rl.fit_rates(
            network, rl.simulate(network, rl.Direct(), times, trajectories=2000, seed=seed)
        )
        for seed in SEEDS
    ]
    assert_calibrated([fit.constants - [1, 0.5] for fit in fits], [fit.covariance for fit in fits])


def test_the_distance_of_averages_with_a_constant_total():
    # B = 20 - A in each of normal courses of A: J is d (m - 2) / m F(d, m), with d = 3 independent
    # averages and m = trajectories - d (Hotelling). Its mean over 800 sets is nearly normal: beyond
    # 3.9 deviations one run in 10,000.
    sets, trajectories, d = 800, 20, 3
    m = trajectories - d
    generator, names = np.random.default_rng(1), ["A", "B"]
    distances = []
    for _ in range(sets):
        errors = generator.standard_normal((trajectories, d)).cumsum(axis=1)
        average = errors.mean(axis=0)
        covariance = np.cov(errors.T) / trajectories
        signs, start = np.array([1, -1]), np.array([0, 20])
        data = xr.Dataset(
            {
                "average": (["time", "species"], signs * average[:, None] + start),
                "moment_covariance": (
                    ["time", "moment", "time_", "moment_"],
                    np.einsum("st,i,j->sitj", covariance, signs, signs),
                ),
            },
            dict.fromkeys(["time", "time_"], np.arange(d))
            | dict.fromkeys(["species", "moment", "moment_"], names),
            {"trajectories": trajectories},
        )
        observed = observe_averages(data)
        distances.append(np.square(observed.whitener @ np.outer(average, signs).ravel()).sum())
    deviation = np.sqrt(2 * d * (d + m - 2) / (m - 4) / sets)
    assert abs(np.mean(distances) - d) < 3.9 * deviation


def test_rates_from_trajectories_with_their_own_sampling_covariance():
    network = rl.zoo.birth_death()
    fits = [
        rl.fit_rates(
            network, rl.simulate(network, rl.Direct(), range(9), trajectories=4000, seed=seed)
        )
        for seed in SEEDS
    ]
    assert_calibrated([fit.constants - [10, 0.5] for fit in fits], [fit.covariance for fit in fits])
