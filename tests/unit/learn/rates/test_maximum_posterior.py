import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binom

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


@pytest.mark.parametrize("unit", [1.0, 3600.0, 1e6])
def test_which_reactions_are_present_does_not_depend_on_the_unit_of_time(unit):
    network = rl.Network.parse("A --> 0, 1\n2 A --> 0, 1", initial={"A": 8})
    times = np.repeat([0.5, 1.0, 2.0], 60)
    counts = np.random.default_rng(5).binomial(8, np.exp(-times))  # of A --> 0 alone
    data = rl.Snapshots.of_cells(times * unit, counts[:, None], ["A"], {"A": 8})
    known = {"2 A --> 0": rl.learn.HalfNormal(0.1 / unit)}
    rates = rl.fit_rates(network, data, rl.learn.MaximumPosterior(rl.MaximumLikelihood(), known))
    assert rates.present.tolist() == [True, False]
    likely = minimize_scalar(
        lambda k: -binom.logpmf(counts, 8, np.exp(-k * times)).sum(), bounds=(0.1, 5)
    ).x
    assert rates.constants[0] * unit == pytest.approx(likely, rel=1e-3)
    assert rates.log_likelihood == pytest.approx(
        binom.logpmf(counts, 8, np.exp(-likely * times)).sum(), abs=1e-2
    )


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_a_reaction_whose_prior_says_that_it_happens_is_kept(unit):
    """Death at a thousandth of what these cells could show."""
    known = {"A --> 0": rl.learn.LogNormal(1e-4 / unit, 0.3)}
    data = rl.Snapshots.of_cells(np.full(7, 1.5 * unit), COUNTS[:, None], ["A"], {"A": 0})
    rates = rl.fit_rates(NETWORK, data, rl.learn.MaximumPosterior(rl.MaximumLikelihood(), known))
    assert rates.present.all()
    assert rates.constants[1] * unit == pytest.approx(1e-4 * np.exp(-(0.3**2)), rel=1e-2)
    assert rates.constants[0] * unit == pytest.approx(COUNTS.mean() / 1.5, rel=1e-3)


@pytest.mark.parametrize(
    ("prior", "mode"),
    [(rl.learn.LogUniform(20.0, 30.0), 20.0), (rl.learn.LogUniform(0.1, 0.5), 0.5)],
)
def test_a_mode_at_the_bound_of_a_prior(prior, mode):
    method = rl.learn.MaximumPosterior(rl.MaximumLikelihood(), {"0 --> A": prior})
    assert rl.fit_rates(IMMIGRATION, DATA, method).constants.tolist() == [mode]


def test_what_is_no_prior_or_no_method_is_refused():
    method = rl.learn.MaximumPosterior(rl.MaximumLikelihood(), {"0 --> A": 3.0})
    with pytest.raises(rl.DataError, match=r"prior of '0 --> A' is 3.0: give a density such as"):
        rl.fit_rates(NETWORK, DATA, method)
    with pytest.raises(rl.DataError, match="method is of type MomentCoefficients: give"):
        rl.learn.MaximumPosterior(rl.learn.MomentCoefficients(), {})


def test_paths_without_a_jump_leave_the_mode_of_the_prior():
    """The exposure of 2 trajectories, 6 molecules for a unit of time: Gamma(3, 4 + 6)."""
    paths = rl.learn.ObservedPaths.of_rows([1, 2], [0, 0], [[3], [3]], ["A"], ends=1)
    network = rl.Network.parse("A --> 0, 1")
    known = {"A --> 0": rl.learn.Gamma(3.0, 4.0)}
    method = rl.learn.MaximumPosterior(rl.learn.PathLikelihood(), known)
    assert rl.fit_rates(network, paths, method).constants[0] == pytest.approx(2 / 10, rel=1e-3)
