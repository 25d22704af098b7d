import os
import re
import signal
import threading

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.simulate.ssa import direct, kernel, lanes, machine_code, task

TIMES = np.linspace(0, 20, 21)


def paths(network, method, times, *, count, seed=7, **options):
    record = [rl.RecordPaths(count)]
    options = {"trajectories": count, "seed": seed, "record": record} | options
    return rl.simulate(network, method, times, **options)["paths"]


def test_one_and_two_threads_give_the_same_bits(exact_method):
    record = [rl.RecordMoments(), rl.RecordHistogram(times=[5, 20]), rl.RecordPaths(4)]
    one, two = (
        rl.simulate(
            rl.zoo.spcm(),
            exact_method,
            TIMES,
            trajectories=10_000,
            seed=3,
            record=record,
            threads=threads,
        )
        for threads in (1, 2)
    )
    assert one.identical(two)


def test_a_path_depends_on_the_seed_and_its_number_alone(exact_method):
    network = rl.zoo.spcm()
    reference = paths(network, exact_method, TIMES, count=100)
    shorter = paths(network, exact_method, TIMES[:8], count=100)
    np.testing.assert_array_equal(shorter, reference[:, :8])
    coarser = paths(network, exact_method, TIMES[::5], count=100)
    np.testing.assert_array_equal(coarser, reference[:, ::5])
    more = paths(network, exact_method, TIMES, count=100, trajectories=20_000)
    np.testing.assert_array_equal(more, reference)
    other = paths(network, exact_method, TIMES, count=100, seed=8)
    assert (other != reference).any(["time", "species"]).mean() > 0.9


@pytest.mark.parametrize(
    "network",
    [rl.zoo.spcm(), rl.Network.parse("S => P, 2*S\nP => S, 0.2*P", initial={"S": 15})],
    ids=["mass action", "general laws"],
)
def test_the_lane_loop_is_vectorised(network):
    import llvmlite.binding as llvm

    step, columns = direct._DirectStep(), len(network.species)
    source, _ = lanes._source(network, step, kernel.Tracked(), lanes.LANES, columns)
    code = llvm.parse_assembly(kernel.load(source).kernel.inspect_llvm())
    assembly = machine_code.this_processor().emit_assembly(code)
    divisions = re.findall(r"vdivpd\s+.*[yz]mm", assembly)
    assert len(divisions) >= 2, "the logarithm and the waiting time should divide whole vectors"


def test_extinction_stays_put_and_ends():
    network = rl.Network.parse("A --> 0, 50", initial={"A": 20})
    final = paths(network, rl.Direct(), [0, 10, 1e6], count=70)
    assert (final[:, 1:] == 0).all()


def test_reactions_of_rate_zero_never_happen():
    network = rl.Network.parse("0 --> A, 0\nB --> C, 3\nC --> B, 0", initial={"B": 40})
    final = paths(network, rl.Direct(), [0, 100], count=200)[:, 1]
    assert (final.sel(species="A") == 0).all()
    assert (final.sel(species="C") == 40).all()


def test_the_waiting_time_to_the_first_reaction_is_exponential():
    from scipy.stats import kstest

    network = rl.Network.parse("A --> B, 0.5", initial={"A": 1})
    times = np.linspace(0.01, 25, 2500)
    happened = paths(network, rl.Direct(), times, count=2000).sel(species="B").values
    waits = times[happened.argmax(axis=1)]
    # The grid of 0.01 moves the distribution by at most 0.0025; p < 1e-4 would be a false alarm one
    # time in 10,000; the seed is fixed.
    assert kstest(waits - 0.005, "expon", args=(0, 2)).pvalue > 1e-4


def test_immigration_and_death_is_poisson(exact_method):
    mean = 20 * (1 - np.exp(-0.5 * 3))
    count = 100_000
    cells = rl.simulate(rl.zoo.birth_death(), exact_method, [3.0], trajectories=count, seed=2)
    z_mean = (cells["average"].item() - mean) / np.sqrt(mean / count)
    # Var(s^2) of a Poisson sample is (mu + 2 mu^2)/n.
    z_variance = (cells["covariance"].item() - mean) / np.sqrt((mean + 2 * mean**2) / count)
    # Two z-scores beyond 4.3: one false alarm in 30,000; the seed is fixed.
    assert max(abs(z_mean), abs(z_variance)) < 4.3


def test_sampling_covariance_predicts_the_scatter_of_repeated_ensembles():
    network, times = rl.zoo.spcm(), [2.0, 10.0]
    runs = [
        rl.simulate(network, rl.Direct(), times, trajectories=2000, seed=seed)
        for seed in range(200)
    ]
    exact = rl.simulate(network, rl.Moments(), times)
    i, j = np.triu_indices(2)

    def stacked(data):
        return np.concatenate(
            [data["average"].values, data["covariance"].values[:, i, j]], axis=1
        ).ravel()

    covariance = np.mean([run["moment_covariance"].values.reshape(10, 10) for run in runs], axis=0)
    deviations = np.array([stacked(run) - stacked(exact) for run in runs])
    distances = np.einsum("ra,ab,rb->r", deviations, np.linalg.inv(covariance), deviations)
    # Sum of 200 chi-squares of 10: standardised beyond 4.5, one false alarm in 100,000 (normal);
    # fourth moments of 2000 trajectories widen it a little. Seeds are fixed.
    assert abs(distances.sum() - 2000) / np.sqrt(2 * 2000) < 4.5


def test_counts_must_be_whole():
    network = rl.Network.parse("A --> 0, 1", initial={"A": 2.5})
    with pytest.raises(rl.ModelError, match=r"'A' is 2.5.*whole number"):
        rl.simulate(network, rl.Direct(), [0, 1], trajectories=1, seed=1)


def test_a_propensity_that_turns_negative_is_named():
    network = rl.Network.parse("A => B, 5 - A\n0 --> A, 10", initial={"A": 3})
    with pytest.raises(
        rl.SolverError, match=r"reaction 'A => B': its propensity is -\d.* at A = \d"
    ):
        rl.simulate(network, rl.Direct(), [0, 10], trajectories=10, seed=1)


def test_a_propensity_that_is_infinite_is_named_where_it_is():
    network = rl.Network.parse("B --> 0, 1\n0 => A, 1/B", initial={"B": 2})
    with pytest.raises(
        rl.SolverError, match=r"'0 => A': its propensity is inf at B = 0, A = \d+, before time 50"
    ):
        rl.simulate(network, rl.Direct(), [0, 50], trajectories=10, seed=1)


def test_counts_that_grow_without_bound_are_an_error_and_no_hang(monkeypatch):
    monkeypatch.setattr(task, "PATIENCE", 10_000)
    network = rl.Network.parse("2 A --> 3 A, 1", initial={"A": 10})
    with pytest.raises(rl.SolverError, match=r"at A = 100\d\d, before time 10: .* without bound"):
        rl.simulate(network, rl.Direct(), [0, 10], trajectories=10, seed=1)


def test_a_run_without_a_seed_can_be_repeated_from_its_attributes():
    first = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=50)
    again = rl.simulate(
        rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=50, seed=first.attrs["seed"]
    )
    assert first.identical(again)


def test_ctrl_c_during_an_endless_run_keeps_whole_blocks():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    record = [rl.RecordMoments(), rl.RecordHistogram()]
    rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=64, seed=1)  # compiles
    threading.Timer(2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(rl.errors.Interrupted) as caught:
        rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=10**9, seed=1, record=record)
    kept = caught.value.partial
    count = kept.attrs["trajectories"]
    again = rl.simulate(
        rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=count, seed=1, record=record
    )
    assert (kept["probability"].values == again["probability"].values).all()
    np.testing.assert_allclose(kept["average"], again["average"], rtol=1e-12)


def test_ctrl_c_keeps_what_was_finished(monkeypatch):
    from ratelaw.simulate.ssa.ensemble import _Run

    merge = _Run._merge

    def interrupt_later(self, count, summaries):
        merge(self, count, summaries)
        if self.merged >= 2048:
            raise KeyboardInterrupt

    monkeypatch.setattr(_Run, "_merge", interrupt_later)
    with pytest.raises(
        rl.errors.Interrupted, match=r"of 8,192 trajectories are finished"
    ) as caught:
        rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=8192, seed=1)
    kept = caught.value.partial
    monkeypatch.undo()
    count = kept.attrs["trajectories"]
    assert count == 2048
    full = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 5], trajectories=count, seed=1)
    np.testing.assert_allclose(kept["average"], full["average"], rtol=1e-12)


def test_a_chain_of_thirty_reactions_compiles_and_keeps_its_molecules(exact_method):
    text = "\n".join(f"S{i} --> S{i + 1}, {1 + i}" for i in range(30))
    network = rl.Network.parse(text, initial={"S0": 50})
    last = paths(network, exact_method, [0, 100], count=64)[:, 1]
    assert (last.sum("species") == 50).all()
    assert (last.sel(species="S30") == 50).all()
