"""First guesses are distributed as PEtab's own samples are."""

import numpy as np
import pytest
from petab.v1.priors import Prior as PetabPrior
from scipy import stats

from ratelaw.errors import DataError
from ratelaw.formats.petab.problem import Parameter, Prior, Scale
from ratelaw.learn.petab.guesses import guess

BOUNDS = (0.05, 40.0)
PARAMETERS = {
    "uniform": (0.5, 8.0),
    "normal": (5.0, 2.0),
    "laplace": (5.0, 1.0),
    "logNormal": (0.5, 0.7),
    "logLaplace": (0.5, 0.4),
    "parameterScaleUniform": (-1.0, 1.5),
    "parameterScaleNormal": (0.4, 0.3),
    "parameterScaleLaplace": (0.4, 0.2),
}


@pytest.mark.parametrize("scale", list(Scale))
@pytest.mark.parametrize("name", PARAMETERS)
def test_guesses_are_distributed_as_petab_draws_them(name, scale):
    """Two samples, Kolmogorov and Smirnov: false alarms of all 24 cases together once in 1000."""
    numbers = PARAMETERS[name]
    prior = Prior(name, numbers)
    theirs = PetabPrior(name, numbers, bounds=BOUNDS, transformation=scale.value)
    np.random.seed(1)  # noqa: NPY002  PEtab draws from the global generator
    drawn = theirs.sample(4000)
    parameter = Parameter(
        None, estimated=True, lower=0.05, upper=40, scale=scale, start_prior=prior
    )
    shares = np.random.default_rng(2).random(4000)
    ours = scale.inverse(guess("k", parameter, shares))
    assert stats.ks_2samp(np.round(ours, 9), np.round(drawn, 9)).pvalue > 0.001 / 24


def test_without_a_prior_guesses_are_even_on_the_scale():
    parameter = Parameter(None, estimated=True, lower=1e-2, upper=1e4, scale=Scale.LOG10)
    np.testing.assert_allclose(guess("k", parameter, [0, 0.25, 1]), [-2, -0.5, 4])


def test_a_prior_that_has_nothing_between_the_bounds_is_named():
    prior = Prior("normal", (1000.0, 1.0))
    parameter = Parameter(None, estimated=True, lower=1e-3, upper=10, start_prior=prior)
    with pytest.raises(DataError, match=r"'k': its starts follow normal\(1000, 1\).*0.001 and 10"):
        guess("k", parameter, 0.5)
