import numpy as np
import pytest
from scipy.stats import gamma

import ratelaw as rl

TIME = 1.5


def test_gamma_priors_are_conjugate(immigration, counted):
    """The posterior of a Poisson rate is a gamma distribution; each z has 6e-5 of false alarms."""
    counts = np.random.default_rng(8).poisson(2 * TIME, size=5)
    data = counted(counts)
    rates, prior = rl.fit_rates(immigration, data), {"0 --> A": rl.learn.Gamma(3.0, 4.0)}
    found = rl.learn.sample_posterior(rates, data, prior=prior, draws=400, chains=2, seed=2)
    truth = gamma(3 + counts.sum(), scale=1 / (4 + counts.size * TIME))
    drawn, worth = found.pooled[:, 0], found.effective_size[0]
    assert worth > 150
    assert 0.98 < found.r_hat[0] < 1.03
    assert found.divergences == 0
    assert abs(drawn.mean() - truth.mean()) < 4 * truth.std() / np.sqrt(worth)
    assert abs(drawn.var() / truth.var() - 1) < 4 * np.sqrt(2.5 / worth)
    for level in (0.1, 0.5, 0.9):
        share = (drawn < truth.ppf(level)).mean()
        assert abs(share - level) < 4 * np.sqrt(level * (1 - level) / worth)


def test_without_priors_all_magnitudes_are_alike():
    """Absent reactions are 0; a log-uniform prior is a gamma one of shape 0."""
    times = np.repeat([1.0, 3.0], 10)
    counts = np.random.default_rng(5).poisson(2 * times)
    data = rl.Snapshots.of_cells(times, counts[:, None], ["A"], {"A": 0})
    rates = rl.fit_rates(rl.zoo.birth_death(), data)
    assert list(rates.present) == [True, False]
    found = rl.learn.sample_posterior(rates, data, draws=200, chains=1, seed=3)
    truth = gamma(counts.sum(), scale=1 / times.sum())
    assert not found.constants[..., 1].any()
    error = truth.std() / np.sqrt(found.effective_size[0])
    assert abs(found.mean[0] - truth.mean()) < 4 * error
    assert np.isnan(found.r_hat[1])
    assert "LogUniform" in str(found)


def test_what_is_refused(immigration, counted):
    data = counted([1, 2, 3])
    rates = rl.fit_rates(immigration, data)
    with pytest.raises(rl.DataError, match="draws=3, chains=4: draw at least 4"):
        rl.learn.sample_posterior(rates, data, draws=3)
    with pytest.raises(rl.DataError, match="a prior of 'A --> 0', which is none of 0 --> A"):
        rl.learn.sample_posterior(rates, data, prior={"A --> 0": rl.learn.HalfNormal(1.0)})


def test_numpyro_is_asked_for(immigration, counted, monkeypatch):
    data = counted([1, 2, 3])
    rates = rl.fit_rates(immigration, data)
    monkeypatch.setattr("ratelaw.extras.find_spec", lambda _name: None)
    with pytest.raises(rl.errors.MissingPackageError, match=r"ratelaw\[posterior\]"):
        rl.learn.sample_posterior(rates, data)
