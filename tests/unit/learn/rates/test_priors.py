import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma, halfnorm, lognorm, loguniform

import ratelaw as rl
from ratelaw.learn.rates.priors import OnLogScale

PRIORS = [
    (rl.learn.LogNormal(2.0, 0.7), lognorm(0.7, scale=2.0)),
    (rl.learn.Gamma(1.7, 3.0), gamma(1.7, scale=1 / 3.0)),
    (rl.learn.HalfNormal(0.8), halfnorm(scale=0.8)),
    (rl.learn.LogUniform(0.01, 20.0), loguniform(0.01, 20.0)),
]


@pytest.mark.parametrize(("prior", "truth"), PRIORS)
def test_density_and_slope(prior, truth):
    for k in (0.05, 0.6, 3.0):
        assert prior.log_density(k) == pytest.approx(truth.logpdf(k))
        rise = (prior.log_density(k + 1e-6) - prior.log_density(k - 1e-6)) / 2e-6
        assert prior.slope(k) == pytest.approx(rise, rel=1e-5)
        assert prior.information(k) >= 0


@pytest.mark.parametrize(("prior", "_truth"), PRIORS)
def test_on_the_logarithmic_scale_it_is_a_density_of_the_logarithm(prior, _truth):
    scaled = OnLogScale(prior)
    total = quad(
        lambda u: np.exp(scaled.log_density(np.exp(u))), -15, 6, points=np.log([0.01, 20])
    )[0]
    assert total == pytest.approx(1.0, abs=1e-4)


def test_what_is_refused():
    with pytest.raises(rl.DataError, match="spread must be finite and above 0"):
        rl.learn.LogNormal(1.0, 0.0)
    with pytest.raises(rl.DataError, match="lowest must be below highest"):
        rl.learn.LogUniform(2.0, 1.0)
