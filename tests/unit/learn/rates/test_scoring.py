"""The maximum of a likelihood against the closed form: of Poisson numbers it is their average."""

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn.rates import scoring
from ratelaw.learn.rates.likelihood.snapshot_likelihood import SnapshotLikelihood, states_of
from ratelaw.learn.rates.scoring import factor_of, maximise

NETWORK = rl.Network.parse("0 --> A, k\nA --> 0, 0.5", {"k": 12}, {"A": 0})
SHARE = (1 - np.exp(-0.5 * 2.0)) / 0.5
COUNTS = np.random.default_rng(1).poisson(11 * SHARE, 200)
DATA = rl.Snapshots.of_cells(np.full(200, 2.0), COUNTS[:, None], ["A"], {"A": 0})


@pytest.fixture
def likelihood():
    return SnapshotLikelihood(NETWORK, DATA, ["k"], states_of(NETWORK, DATA, 1e-9))


def test_the_maximum_is_the_average_over_the_share(likelihood):
    found = maximise([likelihood], np.array([5.0]))
    theta, value, information = found.theta, found.value, found.information
    best = COUNTS.mean() / SHARE
    error = np.sqrt(best / SHARE / COUNTS.size)
    assert theta[0] == pytest.approx(best, abs=2e-3 * error)
    assert value == pytest.approx(likelihood.value_and_gradient(np.array([best]))[0], abs=1e-5)
    # The score of a count is count / k - share.
    assert information[0, 0] == pytest.approx(((COUNTS / theta[0] - SHARE) ** 2).sum(), rel=1e-4)


def test_a_factor_leaves_out_what_is_not_determined():
    scores = np.random.default_rng(2).normal(size=(50, 2)) @ np.array([[1, 2, 0], [0, 1, 0]])
    information = 1e6 * scores.T @ scores
    factor = factor_of(information)
    np.testing.assert_allclose(factor.T @ factor, information, rtol=1e-9)
    assert not factor[:, 2].any()
    twice = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-10]])
    assert np.linalg.matrix_rank(factor_of(twice), tol=1e-12) == 1


def test_a_search_that_does_not_end_says_what_was_left(likelihood, monkeypatch):
    monkeypatch.setattr(scoring, "ITERATIONS", 1)
    with pytest.raises(rl.SolverError, match=r"where its slope promises \d.* more"):
        maximise([likelihood], np.array([5.0]))


def test_a_slope_that_leads_nowhere_is_an_error(likelihood, monkeypatch):
    slope = SnapshotLikelihood.value_and_gradient
    wrong = lambda self, theta: (slope(self, theta)[0], -slope(self, theta)[1])  # noqa: E731
    monkeypatch.setattr(SnapshotLikelihood, "value_and_gradient", wrong)
    with pytest.raises(rl.SolverError, match=r"where its slope promises \d.* more"):
        maximise([likelihood], np.array([9.0]))
