import tracemalloc

import numpy as np
import pytest
from scipy.stats import kstat, kstest

import ratelaw as rl
from ratelaw.simulate.recorders import histogram

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


def test_higher_moments_are_those_of_the_paths():
    cells = run(rl.RecordMoments(order=4), rl.RecordPaths(300))
    paths = cells["paths"].values[:, 1]
    centred = paths - paths.mean(axis=0)
    third = cells["central_moments"].sel(time=1.0)
    assert third.sel(central_moment="A,A,A").item() == pytest.approx(kstat(paths[:, 0], 3))
    mixed = (centred[:, 0] ** 2 * centred[:, 1]).mean() * 300**2 / (299 * 298)
    assert third.sel(central_moment="A,A,B").item() == pytest.approx(mixed)
    fourth = (centred[:, 0] ** 2 * centred[:, 1] ** 2).mean()
    assert third.sel(central_moment="A,A,B,B").item() == pytest.approx(fourth)


def test_sampling_covariance_of_third_moments_predicts_their_scatter():
    """The third central moment of a Poisson number is its mean; here of immigration and death."""
    network, runs = rl.zoo.birth_death(), 400
    mean = 20 * (1 - np.exp(-0.5))
    z = []
    for seed in range(runs):
        cells = rl.simulate(
            network, rl.Direct(), [1.0], trajectories=2000, seed=seed,
            record=[rl.RecordMoments(order=3)],
        )  # fmt: skip
        error = np.sqrt(cells["moment_covariance"][0, 2, 0, 2].item())
        z.append((cells["central_moments"].item() - mean) / error)
    # Mean of 400 z-scores beyond 4.5/20, or their variance beyond 1 +- 4.5 sqrt(2/400): one false
    # alarm in 70,000; the errors' own noise widens the variance by some per cent. Seeds are fixed.
    assert abs(np.mean(z)) < 4.5 / np.sqrt(runs)
    assert abs(np.var(z) - 1) < 4.5 * np.sqrt(2 / runs)


def test_orders_without_covariances_of_their_own():
    first = run(rl.RecordMoments(order=1))
    assert "covariance" not in first
    assert first["moment_covariance"].shape == (3, 2, 3, 2)
    plain = run(rl.RecordMoments(order=3, sampling_covariance=False))
    full = run(rl.RecordMoments(order=3))
    np.testing.assert_allclose(plain["central_moments"], full["central_moments"])
    assert "moment_covariance" not in plain


@pytest.mark.parametrize("order", [0, 1.5, "two"])
def test_an_order_must_be_whole(order):
    with pytest.raises(rl.DataError, match="RecordMoments"):
        rl.RecordMoments(order=order)


def test_a_histogram_of_one_species_is_the_marginal_of_all():
    cells = run(
        rl.RecordHistogram(),
        rl.RecordHistogram(species=["B"]),
        rl.RecordHistogram(times=[4.0], species=["B", "A"]),
    )
    joint = cells.drop_vars(["counts_B", "probability_B", "counts_B_A", "probability_B_A"])
    np.testing.assert_allclose(rl.marginal(cells, "B"), rl.marginal(joint, "B"), atol=1e-15)
    assert cells["probability_B_A"].sizes["snapshot_B_A"] == 1


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([rl.RecordHistogram(species=["C"])], "'C' is there twice, or not one of A, B"),
        ([rl.RecordHistogram(species=["A", "A"])], "'A' is there twice"),
        ([rl.RecordHistogram(species=[])], "no species"),
        ([rl.RecordPaths(1), rl.RecordPaths(2)], "2 recorders record paths"),
        ([], "at least one recorder"),
    ],
)
def test_records_that_make_no_sense_are_refused(record, message):
    with pytest.raises(rl.DataError, match=message):
        run(*record)


def test_a_histogram_of_too_many_states_is_refused(monkeypatch):
    monkeypatch.setattr(histogram, "MOST_STATES", 50)
    with pytest.raises(rl.DataError, match=r"of A, B has met \d+ states, more than 50"):
        run(rl.RecordHistogram())


def test_reaction_counts_make_up_the_paths():
    network = rl.zoo.spcm()
    cells = run(rl.RecordReactionCounts(), rl.RecordMoments(), network=network)
    moved = cells["reaction_count"].values @ network.stoichiometry.T
    np.testing.assert_allclose(cells["average"], network.initial_counts + moved, atol=1e-9)
    alone = rl.Network.parse("A --> 0, 0.5", initial={"A": 40})
    gone = run(rl.RecordReactionCounts(), rl.RecordMoments(), network=alone)
    np.testing.assert_allclose(gone["reaction_count_variance"][:, 0], gone["covariance"][:, 0, 0])


def test_events_pass_through_the_paths():
    cells = run(rl.RecordEvents(20), rl.RecordPaths(20))
    network = rl.zoo.spcm()
    for trajectory in range(20):
        mine = (cells["event_trajectory"] == trajectory).values
        times, reaction = cells["event_time"].values[mine], cells["event_reaction"].values[mine]
        counts = cells["event_counts"].values[mine]
        before = np.vstack([network.initial_counts, counts[:-1]])
        np.testing.assert_array_equal(counts - before, network.stoichiometry.T[reaction])
        assert (np.diff(times) > 0).all()
        seen = np.vstack([network.initial_counts, counts])[np.searchsorted(times, TIMES, "right")]
        np.testing.assert_array_equal(seen, cells["paths"][trajectory])


def test_waiting_times_between_events_are_exponential():
    network = rl.Network.parse("0 --> A, 3\n0 --> B, 1", initial={"A": 0, "B": 0})
    every = rl.simulate(
        network, rl.Direct(), [500.0], trajectories=4, seed=9, record=[rl.RecordEvents(4)]
    )
    start = every["event_trajectory"].values
    waits = np.diff(every["event_time"].values)[start[1:] == start[:-1]]
    share = (every["event_reaction"] == 0).values
    # p < 1e-4 and |z| > 4: false alarms one time in 6,000; the seed is fixed.
    assert kstest(waits, "expon", args=(0, 1 / 4)).pvalue > 1e-4
    assert abs(share.mean() - 0.75) < 4 * np.sqrt(0.75 * 0.25 / len(share))


def test_first_passage_of_a_poisson_process_is_erlang():
    network = rl.Network.parse("0 --> A, 2", initial={"A": 0})
    record = [rl.RecordFirstPassage("A >= 5", "A > 2", count=4000)]
    cells = rl.simulate(
        network, rl.Direct(), np.linspace(0, 60, 7), trajectories=4000, seed=3, record=record
    )
    for row, order in [(0, 5), (1, 3)]:
        times = cells["passage_times"].values[row]
        # p < 1e-4: one false alarm in 10,000 each; the seed is fixed.
        assert kstest(times, "gamma", args=(order, 0, 0.5)).pvalue > 1e-4
        assert cells["passage_mean"][row].item() == pytest.approx(times.mean())
        assert cells["passage_variance"][row].item() == pytest.approx(times.var(ddof=1))
        within = (times[:, None] <= cells["time"].values).mean(axis=0)
        np.testing.assert_allclose(cells["passage_probability"][row], within)


def test_a_passage_is_the_same_whether_or_not_the_trajectory_may_stop():
    passage = rl.RecordFirstPassage("A + B > 14", count=300)
    alone, beside = run(passage), run(passage, rl.RecordMoments())
    np.testing.assert_array_equal(alone["passage_times"], beside["passage_times"])
    np.testing.assert_array_equal(beside["average"], run(rl.RecordMoments())["average"])


def test_what_holds_at_the_start_has_passed_and_what_never_holds_has_not():
    cells = run(rl.RecordFirstPassage("A == 10", "A + B < 0", count=2))
    np.testing.assert_array_equal(cells["passage_probability"], [[1, 1, 1], [0, 0, 0]])
    np.testing.assert_array_equal(cells["passage_times"], [[0, 0], [np.inf, np.inf]])
    assert np.isnan(cells["passage_mean"][1])


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("A", "'A' is not a condition"),
        ("1 < A < 3", "'1 < A < 3' is not a condition"),
        ("X > 3", "'X' is neither a species nor a parameter"),
        ("lam > 3", "depends on no species"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(condition, message):
    with pytest.raises(rl.ModelError, match=message):
        run(rl.RecordFirstPassage(condition))
    with pytest.raises(rl.DataError, match="name a condition"):
        rl.RecordFirstPassage()


def test_memory_is_bounded_by_the_recorders_not_by_the_trajectories():
    record = [rl.RecordMoments(), rl.RecordReactionCounts(), rl.RecordPaths(10)]
    network = rl.Network.parse("A --> B, 1\nB --> A, 1", initial={"A": 5})

    def peak(count):
        tracemalloc.start()
        rl.simulate(
            network, rl.Direct(), TIMES, trajectories=count, seed=1, record=record, threads=1
        )
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(200)
    assert peak(400_000) < 1.2 * peak(100_000)


@pytest.mark.parametrize("method", [rl.Direct(), rl.NextReaction()], ids=repr)
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("A >= 25 and B <= 13", lambda a, b: (a >= 25) & (b <= 13)),
        ("A >= 27 or B >= 26", lambda a, b: (a >= 27) | (b >= 26)),
        ("not (A < 25 and B > 13)", lambda a, b: ~((a < 25) & (b > 13))),
        ("not (A > 16 or B > 24) or A == 26", lambda a, b: ~((a > 16) | (b > 24)) | (a == 26)),
    ],
)
def test_conditions_are_joined_by_and_or_not(method, condition, holds):
    network = rl.Network.parse("A <--> B, 1, 1\nA(0) = 20\nB(0) = 20")
    record = [rl.RecordPaths(40), rl.RecordFirstPassage(condition, count=40)]
    times = np.linspace(0, 2, 2001)
    found = rl.simulate(network, method, times, trajectories=40, seed=3, record=record)
    counts = found["paths"].transpose("trajectory", "time", "species").values
    held = holds(counts[..., 0], counts[..., 1])
    passed = found["passage_times"].values[0]
    assert np.isfinite(passed).sum() > 0
    # Seen on the grid it has held before; and between two times of it the condition came true.
    for row, time in zip(held, passed, strict=True):
        assert not row[times < time].any()
        assert np.isfinite(time) or not row.any()
    seen = [
        row[np.searchsorted(times, time)]
        for row, time in zip(held, passed, strict=True)
        if time <= 2
    ]
    assert np.mean(seen) > 0.9


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rl.RecordHistogram(times=5), r"times of RecordHistogram is 5: .*\[5, 10\]"),
        (lambda: rl.RecordHistogram(times=["x"]), "give numbers"),
        (lambda: rl.RecordHistogram(species="A"), "species of RecordHistogram is 'A'"),
        (lambda: rl.RecordHistogram(species=[3]), "a species of RecordHistogram is 3"),
        (lambda: rl.RecordFirstPassage(["A == 0"]), "a condition of RecordFirstPassage is of type"),
        (lambda: rl.MassAction(atol=-1), "atol is -1: give a number > 0"),
        (lambda: rl.MassAction(rtol=np.nan), "rtol is nan: give a number > 0"),
        (lambda: rl.Moments(rtol="x"), "rtol is 'x': give a number > 0"),
    ],
)
def test_arguments_of_another_kind_are_refused(make, message):
    with pytest.raises(rl.DataError, match=message):
        make()


def test_histograms_of_one_name_are_refused():
    network = rl.Network.parse("A --> B, 1\nA_B --> 0, 1\nA(0) = 3")
    record = [rl.RecordHistogram(species=["A_B"]), rl.RecordHistogram(species=["A", "B"])]
    with pytest.raises(rl.DataError, match="2 recorders record a histogram, probability_A_B"):
        run(*record, network=network)


def test_the_variance_of_late_passages_keeps_its_digits():
    """From time 10^5 on the first molecule takes 1/1000 on average, exponentially."""
    network = rl.Network.parse("0 --> A, steps(0, 1e5, 1000)")
    record = [rl.RecordFirstPassage("A >= 1", count=2000)]
    found = rl.simulate(network, rl.Direct(), [2e5], trajectories=2000, seed=1, record=record)
    single = found["passage_times"].values[0]
    assert found["passage_variance"].item() == pytest.approx(single.var(ddof=1), rel=1e-6)
    assert found["passage_mean"].item() == pytest.approx(single.mean(), rel=1e-13)
    # The variance of 2000 exponential times has a relative error of sqrt(8/2000), some 6 %.
    assert found["passage_variance"].item() == pytest.approx(1e-6, rel=0.3)
