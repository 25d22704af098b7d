from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

import ratelaw as rl
from ratelaw.simulate.ssa.ensemble import TrajectoryMethod
from ratelaw.simulate.ssa.graph import Selection, graph_kernel
from ratelaw.simulate.ssa.kernel import Tracked


@dataclass(frozen=True)
class OnGraph(TrajectoryMethod):
    selection: Selection

    def kernel(self, network, tracked):
        return graph_kernel(network, tracked, self.selection)


METHODS = [OnGraph(selection) for selection in Selection]
NETWORKS = {
    "spcm": (rl.zoo.spcm(), 20.0),
    "birth-death": (rl.zoo.birth_death(), 3.0),
    "dimers": (rl.Network.parse("2 A <--> B, 0.1, 0.3\n0 --> A, 1", initial={"A": 9}), 4.0),
    "triples, volume 2": (
        rl.Network.parse(
            "3 A --> B, 0.2\nB --> 3 A, k\nA + B --> B, 0.5*k",
            parameters={"k": 0.4},
            initial={"A": 12},
            volume=2,
        ),
        2.0,
    ),
    "laws": (
        rl.Network.parse(
            "S => P, v*S/(1 + S)\nP => S, 2*v*P^2/(9 + P^2)\nS => 0, 0.1*v*S/(0.5 + S)",
            parameters={"v": 1.5},
            initial={"S": 15, "P": 3},
        ),
        3.0,
    ),
}


def run(network, method, times, *, count=100, seed=7, **options):
    record = [rl.RecordPaths(count)]
    options = {"trajectories": count, "seed": seed, "record": record} | options
    return rl.simulate(network, method, times, **options)["paths"].values


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_the_distribution_is_that_of_the_master_equation(method, name):
    network, time = NETWORKS[name]
    count = 20_000
    final = run(network, method, [time], count=count)[:, 0].astype(int)
    exact = rl.simulate(network, rl.MasterEquation(), [time])
    probability = dict(
        zip(
            map(tuple, exact["counts"].values.astype(int)),
            exact["probability"].values.reshape(-1),
            strict=True,
        )
    )
    states, seen = np.unique(final, axis=0, return_counts=True)
    found = dict(zip(map(tuple, states), seen, strict=True))
    often = [state for state, p in probability.items() if p * count >= 5]
    observed = np.array([found.get(state, 0) for state in often])
    expected = np.array([probability[state] for state in often]) * count
    observed = np.append(observed, count - observed.sum())
    expected = np.append(expected, count - expected.sum())
    chi_square = np.sum((observed - expected) ** 2 / np.maximum(expected, 1e-2))
    # 15 tests at p < 1e-5: one false alarm in 6,000 sets of seeds.
    assert stats.chi2.sf(chi_square, len(often)) > 1e-5


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_a_path_depends_on_the_seed_and_its_number_alone(method):
    network, times = rl.zoo.spcm(), np.linspace(0, 20, 21)
    reference = run(network, method, times)
    np.testing.assert_array_equal(run(network, method, times[:8]), reference[:, :8])
    np.testing.assert_array_equal(run(network, method, times[::5]), reference[:, ::5])
    record = [rl.RecordPaths(100), rl.RecordReactionCounts()]
    more = run(network, method, times, trajectories=2000, threads=2, record=record)
    np.testing.assert_array_equal(more, reference)
    assert (run(network, method, times, seed=8) != reference).any(axis=(1, 2)).mean() > 0.9


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_a_chain_of_a_thousand_species_has_the_mean_of_its_rate_equations(method):
    from scipy.linalg import expm

    size, count = 1000, 40
    text = "\n".join(f"S{i} <--> S{i + 1}, 2.0, 1.0" for i in range(size - 1))
    network = rl.Network.parse(text, initial={"S0": 1000, "S500": 3000})
    final = run(network, method, [1.0], count=count)[:, 0]
    rates = np.diag(np.full(size - 1, 2.0), -1) + np.diag(np.full(size - 1, 1.0), 1)
    chances = expm(rates - np.diag(rates.sum(axis=0)))
    start = network.initial_counts
    mean, variance = chances @ start, (chances * (1 - chances)) @ start
    seen = mean * count > 50
    z = (final.mean(axis=0) - mean)[seen] / np.sqrt(variance[seen] / count)
    # Some 20 z-scores beyond 4.5, three times: one false alarm in 2,000.
    assert seen.sum() >= 10
    assert np.abs(z).max() < 4.5
    assert (final.sum(axis=1) == 4000).all()


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_events_counts_and_passages_agree_with_each_other(method):
    network = rl.zoo.spcm()
    last = network.symbols[-1]
    tracked = Tracked(reactions=(1,), passages=(last > network.initial_counts[-1],))
    species = len(network.species)
    out, events = np.empty((1, 3, species + 2)), np.empty((5000, species + 4))
    start = np.array([*network.initial_counts, 0.0, np.inf])
    parameters = np.array([*network.parameters.values(), 0.0])
    failure, steps, recorded = method.kernel(network, tracked)(
        np.uint64(5),
        3,
        np.array([0.0, 5.0, 20.0]),
        start,
        parameters,
        10**9,
        out,
        np.zeros(1, np.int64),
        np.empty((1, species + 3)),
        events,
    )
    assert failure == 0
    assert steps == recorded > 10
    events = events[:recorded]
    assert (np.diff(events[:, 0]) > 0).all()
    assert events[-1, 0] <= 20
    jumps = np.diff(np.vstack([start, events[:, 2:]])[:, :species], axis=0)
    np.testing.assert_array_equal(jumps, network.stoichiometry.T[events[:, 1].astype(int)])
    np.testing.assert_array_equal(out[0, 2], events[-1, 2:])
    assert out[0, 2, species] == np.sum(events[:, 1] == 1)
    above = events[:, 1 + species] > network.initial_counts[-1]
    assert above.any()
    assert out[0, 2, species + 1] == events[above.argmax(), 0]


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_extinction_stays_put_and_ends(method):
    network = rl.Network.parse("A --> 0, 50\nB --> C, 0", initial={"A": 20, "B": 3})
    np.testing.assert_array_equal(run(network, method, [0, 10, 1e6])[:, 2], [[0, 3, 0]] * 100)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_failures_are_told(method, monkeypatch):
    from ratelaw.simulate.ssa import task

    network = rl.Network.parse("A => B, 5 - A\n0 --> A, 10", initial={"A": 3})
    with pytest.raises(rl.SolverError, match=r"reaction 'A => B': its propensity is -\d.* at A ="):
        run(network, method, [0, 10])
    network = rl.Network.parse("B --> 0, 1\n0 => A, 1/B", initial={"B": 2})
    with pytest.raises(rl.SolverError, match=r"its propensity is inf at B = 0, A = \d+, before"):
        run(network, method, [0, 50])
    monkeypatch.setattr(task, "PATIENCE", 10_000)
    with pytest.raises(rl.SolverError, match="without bound"):
        run(rl.Network.parse("2 A --> 3 A, 1", initial={"A": 10}), method, [0, 10])


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_a_first_passage_time_is_exponential(method):
    network = rl.Network.parse("A --> B, 0.5", initial={"A": 1})
    (_, b) = network.symbols
    tracked = Tracked(passages=(b >= 1,), stop=True)
    out = np.empty((2000, 1, 3))
    failure, steps, _ = method.kernel(network, tracked)(
        np.uint64(1),
        0,
        np.array([1e3]),
        np.array([1.0, 0.0, np.inf]),
        np.zeros(1),
        10**6,
        out,
        np.zeros(1, np.int64),
        np.empty((1, 4)),
        np.empty((0, 5)),
    )
    assert (failure, steps) == (0, 2000)
    # One false alarm in 10,000 a method.
    assert stats.kstest(out[:, 0, 2], "expon", args=(0, 2)).pvalue > 1e-4


def test_stopping_leaves_the_state_of_the_passage():
    network = rl.zoo.birth_death()
    (a,) = network.symbols
    compiled = graph_kernel(network, Tracked(passages=(a >= 5,), stop=True), Selection.TREE)
    out = np.empty((50, 1, 2))
    compiled(
        np.uint64(1),
        0,
        np.array([1e3]),
        np.array([*network.initial_counts, np.inf]),
        np.array([*network.parameters.values(), 0.0]),
        10**6,
        out,
        np.zeros(1, np.int64),
        np.empty((1, 3)),
        np.empty((0, 4)),
    )
    assert (out[:, 0, 0] == 5).all()
    assert (out[:, 0, 1] < 1e3).all()
