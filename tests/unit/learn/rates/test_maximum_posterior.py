import numpy as np
import pytest

import ratelaw as rl

NETWORK = rl.zoo.birth_death()
COUNTS = np.random.default_rng(8).poisson(3.0, size=7)
DATA = rl.Snapshots.of_cells(np.full(7, 1.5), COUNTS[:, None], ["A"], {"A": 0})
IMMIGRATION = rl.Network.parse("0 --> A, k", parameters={"k": 1.0}, initial={"A": 0})


def test_mode_of_a_gamma_posterior():
    method = rl.learn.MaximumPosterior(
        rl.MaximumLikelihood(), {"0 --> A": rl.learn.Gamma(3.0, 4.0)}
    )
    rates = rl.fit_rates(IMMIGRATION, DATA, method)
    shape, rate = 3 + COUNTS.sum(), 4 + 7 * 1.5
    assert rates.constants[0] == pytest.approx((shape - 1) / rate, rel=1e-4)
    alone = rl.fit_rates(IMMIGRATION, DATA)
    assert rates.log_likelihood < alone.log_likelihood
    assert rates.log_likelihood == pytest.approx(alone.log_likelihood, abs=3)


def test_a_prior_separates_what_the_data_do_not():
    """At one late time only the ratio is seen: 10 / 0.5."""
    counts = np.random.default_rng(1).poisson(20.0, size=200)
    late = rl.Snapshots.of_cells(np.full(200, 40.0), counts[:, None], ["A"], {"A": 0})
    with pytest.raises(rl.DataError, match="determine 1 of 2"):
        rl.fit_rates(NETWORK, late)
    known = rl.learn.MaximumPosterior(
        rl.MaximumLikelihood(), {"A --> 0": rl.learn.LogNormal(0.5, 0.05)}
    )
    rates = rl.fit_rates(NETWORK, late, known)
    assert rates.constants[1] == pytest.approx(0.5, abs=0.01)
    assert rates.constants[0] == pytest.approx(0.5 * counts.mean(), rel=0.02)
    error = rates.constants[0] * np.hypot(0.05, np.sqrt(1 / counts.sum()))
    assert rates.standard_errors[0] == pytest.approx(error, rel=0.05)


def test_moments_take_priors_too():
    cells = rl.simulate(NETWORK, rl.Direct(), range(5), trajectories=300, seed=2)
    free = rl.fit_rates(NETWORK, cells)
    known = rl.learn.MaximumPosterior(rl.JointMoments(), {"0 --> A": rl.learn.HalfNormal(0.5)})
    rates = rl.fit_rates(NETWORK, cells, known)
    assert rates.constants[0] < free.constants[0]
    assert rates.chi_square > free.chi_square


def test_priors_of_others_are_refused():
    method = rl.learn.MaximumPosterior(
        rl.MaximumLikelihood(), {"A --> B": rl.learn.Gamma(1.0, 1.0)}
    )
    with pytest.raises(rl.DataError, match="a prior of 'A --> B', which is none of"):
        rl.fit_rates(NETWORK, DATA, method)
