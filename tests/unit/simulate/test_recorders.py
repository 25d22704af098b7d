import numpy as np
import pytest

import ratelaw as rl

TIMES = [0.0, 1.0, 4.0]


def run(*record, count=300, network=None):
    return rl.simulate(
        network or rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=count, seed=5, record=record
    )


def test_moments_are_those_of_the_paths():
    cells = run(rl.RecordMoments(), rl.RecordPaths(300))
    paths = cells["paths"].values
    i, j = np.triu_indices(2)
    centred = paths - paths.mean(axis=0)
    features = np.concatenate([paths, centred[..., i] * centred[..., j]], axis=2)
    expected = np.cov(features.reshape(300, -1).T) / 300
    np.testing.assert_allclose(
        cells["moment_covariance"].values.reshape(15, 15), expected, rtol=1e-8, atol=1e-10
    )


def test_the_two_ways_to_sum_agree():
    full = run(rl.RecordMoments(sampling_covariance=True))
    plain = run(rl.RecordMoments(sampling_covariance=False))
    np.testing.assert_allclose(full["average"], plain["average"], rtol=1e-13)
    np.testing.assert_allclose(full["covariance"], plain["covariance"], rtol=1e-10, atol=1e-12)
    assert "not recorded" in plain.attrs["moment_covariance"]


def test_large_counts_lose_nothing_to_cancellation():
    network = rl.Network.parse("0 --> A, 100\nA --> 0, 1e-9", initial={"A": 10**11})
    cells = run(rl.RecordMoments(), rl.RecordPaths(300), network=network)
    paths = cells["paths"].values[:, 2, 0]
    assert cells["covariance"].values[2, 0, 0] == pytest.approx(np.var(paths, ddof=1), rel=1e-9)


def test_histogram_counts_every_trajectory_once():
    cells = run(rl.RecordHistogram(times=[0.0, 4.0]), rl.RecordPaths(300))
    table = rl.marginal(cells, "A", "B")
    np.testing.assert_allclose(table.sum(["n_A", "n_B"]), 1)
    a, b = cells["paths"].values[0, 2].astype(int)
    same = (cells["paths"].values[:, 2] == [a, b]).all(axis=1).mean()
    assert table.sel(snapshot=4.0, n_A=a, n_B=b).item() == pytest.approx(same)


@pytest.mark.parametrize("count", [4, 10**11], ids=["packed", "too large to pack"])
def test_histogram_of_many_species_lists_the_states_of_the_paths(count):
    network = rl.Network.parse(
        "A --> B, k\nB --> C, k\nC --> D, k\nD --> A, k",
        parameters={"k": 1 / count},
        initial={"A": count, "C": count},
    )
    cells = run(rl.RecordHistogram(times=[4.0]), rl.RecordPaths(300), network=network)
    states, visits = np.unique(cells["paths"].values[:, 2], axis=0, return_counts=True)
    np.testing.assert_array_equal(cells["counts"], states)
    np.testing.assert_allclose(cells["probability"][0] * 300, visits)


def test_a_histogram_at_no_time_is_refused():
    with pytest.raises(rl.DataError, match="no times"):
        run(rl.RecordHistogram(times=[]))


def test_a_histogram_at_another_time_is_refused():
    with pytest.raises(rl.DataError, match=r"time 2.5, which is not a recording time"):
        run(rl.RecordHistogram(times=[2.5]))


@pytest.mark.parametrize("count", [0, -1, 2.5])
def test_a_number_of_paths_must_be_whole(count):
    with pytest.raises(rl.DataError, match="RecordPaths"):
        rl.RecordPaths(count)
