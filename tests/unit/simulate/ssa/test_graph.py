from dataclasses import dataclass
from importlib import import_module

import numpy as np
import pytest
from scipy import stats

import ratelaw as rl
from ratelaw.simulate.results import stack_moments
from ratelaw.simulate.ssa.ensemble import TrajectoryMethod
from ratelaw.simulate.ssa.graph import Selection, _affected, graph_kernel
from ratelaw.simulate.ssa.kernel import Tracked, Work
from ratelaw.simulate.ssa.stream import open_stream


@dataclass(frozen=True)
class OnGraph(TrajectoryMethod):
    selection: Selection

    def kernel(self, network, tracked):
        return graph_kernel(network, tracked, self.selection)


METHODS = [OnGraph(selection) for selection in Selection]
ON_TREE = OnGraph(Selection.TREE)
LINEAR = rl.Network.parse(
    "0 --> A, 8\nA <--> B, 1, 0.5\nB <--> C, 2, 1\nC <--> D, 0.3, 3\nD --> 0, 1\nB --> 0, 0.2",
    initial={"A": 30, "C": 5},
)
MASS_ACTION = {
    "spcm": (rl.zoo.spcm(), 20.0),
    "birth-death": (rl.zoo.birth_death(), 3.0),
    "dimers": (
        rl.Network.parse("2 A <--> B, 0.1, 0.3\n0 --> A, 1", initial={"A": 9}),
        4.0,
    ),
}
LAWS = rl.Network.parse(
    """
    3 A --> B, 0.2
    B --> 3 A, k
    A + B --> B, 0.5*k
    B => 0, 0.3*v*B/(1 + B)
    A => B, 0.1*v*A^2/(9 + A^2)
    B => A, 0.2*k*B/(0.5 + B)
    """,
    parameters={"k": 0.4, "v": 1.5},
    initial={"A": 12, "B": 2},
    volume=2,
)


def run(network, method, times, *, count=100, seed=7, **options):
    record = [rl.RecordPaths(count)]
    options = {"trajectories": count, "seed": seed, "record": record} | options
    return rl.simulate(network, method, times, **options)["paths"].values


@pytest.mark.parametrize("selection", Selection, ids=lambda selection: selection.value)
def test_reactions_are_chosen_by_propensities_over_twelve_decades(selection):
    """From the fastest decade down, each switched off before the next, others off, on and changed.

    Half the propensities are powers of two and half just below the next, where groups end.
    """
    chosen_by = import_module(f"ratelaw.simulate.ssa.{selection.value}")
    generator, stream, count, now = np.random.default_rng(1), np.empty(4, np.uint64), 3000, 0.0
    open_stream(stream, np.uint64(1), np.uint64(selection.value == "tree"))
    wanted = np.outer(2.0 ** np.arange(20, -21, -1), [1, 1 - 2.0**-53]).ravel()
    propensities = wanted * generator.uniform(0, 2, wanted.size)
    memory = chosen_by.allocate(wanted.size)
    chosen_by.fill(memory, propensities, stream)
    gaps, chi_square, freedom = [], 0.0, 0
    for first in range(0, wanted.size, 8):
        target = np.where(np.arange(wanted.size) < first, 0.0, wanted)
        for values in (target * generator.choice([0, 0.3, 2], wanted.size), target):
            for j in generator.permutation(wanted.size):
                chosen_by.change(memory, j, propensities[j], values[j], now, stream)
                propensities[j] = values[j]
        seen = np.zeros(wanted.size)
        for _ in range(count):
            j, then = chosen_by.choose(memory, propensities, now, stream)
            seen[j] += 1
            gaps.append((then - now) * target.sum())
            now = then
            chosen_by.change(memory, j, target[j], target[j], now, stream)
        assert not seen[target == 0].any()
        expected = count * target / target.sum()
        often = expected > 5
        merged = [np.append(x[often], x[~often].sum()) for x in (seen, expected)]
        chi_square += np.sum((merged[0] - merged[1]) ** 2 / np.maximum(merged[1], 1e-2))
        freedom += often.sum()
    # 6 tests at p < 1e-5: one false alarm in 17,000 sets of seeds.
    assert stats.chi2.sf(chi_square, freedom) > 1e-5
    assert stats.kstest(gaps, "expon").pvalue > 1e-5
    for j in range(wanted.size):
        chosen_by.change(memory, j, target[j], 0.0, now, stream)
    assert chosen_by.choose(memory, np.zeros(wanted.size), now, stream)[1] == np.inf


@pytest.mark.parametrize("method", [rl.NextReaction(), rl.CompositionRejection()], ids=repr)
def test_moments_of_a_linear_network_are_the_exact_ones(method):
    times = [0.0, 0.05, 0.5, 4.0]
    cells = rl.simulate(LINEAR, method, times, trajectories=40_000, seed=3)
    exact = rl.simulate(LINEAR, rl.Moments(), times)
    found, expected = (
        stack_moments(x["average"].values, x["covariance"].values)[1:] for x in (cells, exact)
    )
    errors = np.sqrt(np.einsum("tmtm->tm", cells["moment_covariance"].values))[1:]
    # 84 z-scores beyond 5: one false alarm in 20,000.
    assert np.abs((found - expected) / errors).max() < 5


def test_a_reaction_affects_itself_and_all_that_its_changes_enter():
    network = rl.Network.parse(
        """
        A + E --> B + E, 1
        B --> 0, 2
        0 --> E, 3
        0 => B, A/(1 + E)
        A + B --> A, 1
        0 --> A, 1
        """
    )
    affected = [set(found) for found in _affected(network)]
    assert affected == [{0, 1, 3, 4}, {1, 4}, {2, 0, 3}, {3, 1, 4}, {4, 1}, {5, 0, 3, 4}]


@pytest.mark.parametrize(
    ("method", "network", "time"),
    [(method, *case) for method in METHODS for case in MASS_ACTION.values()]
    + [(ON_TREE, LAWS, 2.0)],
    ids=[f"{s.value}-{name}" for s in Selection for name in MASS_ACTION] + ["tree-laws"],
)
def test_the_distribution_is_that_of_the_master_equation(method, network, time):
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
    # 10 tests at p < 1e-5: one false alarm in 10,000 sets of seeds.
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


def test_events_counts_and_passages_agree_with_each_other():
    network = rl.zoo.spcm()
    last = network.symbols[-1]
    tracked = Tracked(reactions=(1,), passages=(last > network.initial_counts[-1],))
    species = len(network.species)
    out, events = np.empty((1, 3, species + 2)), np.empty((5000, species + 4))
    start = np.array([*network.initial_counts, 0.0, np.inf])
    parameters = np.array([*network.parameters.values(), 0.0])
    failure, steps, recorded = ON_TREE.kernel(network, tracked)(
        Work(
            seed=np.uint64(5),
            first=3,
            times=np.array([0.0, 5.0, 20.0]),
            start=start,
            parameters=parameters,
            patience=10**9,
            out=out,
            stop=np.zeros(1, np.int64),
            lanes=np.empty((1, species + 3)),
            events=events,
        )
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


def test_failures_are_told(monkeypatch):
    from ratelaw.simulate.ssa import task

    falling, growing = "B --> 0, 1\n0 => A, 5/B - 1", "0 --> B, 10\n0 => A, 5/B - 1"
    with pytest.raises(rl.SolverError, match=r"its propensity is inf at B = 0, A = \d+, before"):
        run(rl.Network.parse(falling, initial={"B": 2}), ON_TREE, [0, 50])
    with pytest.raises(rl.SolverError, match=r"reaction '0 => A': its propensity is -0.16\d* at B"):
        run(rl.Network.parse(growing, initial={"B": 2}), ON_TREE, [0, 10])
    monkeypatch.setattr(task, "PATIENCE", 10_000)
    with pytest.raises(rl.SolverError, match="without bound"):
        run(rl.Network.parse("2 A --> 3 A, 1", initial={"A": 10}), ON_TREE, [0, 10])


def test_a_first_passage_time_is_exponential_and_stopping_leaves_its_state():
    network = rl.Network.parse("A <--> B, 0.5, 9", initial={"A": 1})
    (_, b) = network.symbols
    out = np.empty((2000, 1, 3))
    failure, steps, _ = ON_TREE.kernel(network, Tracked(passages=(b >= 1,), stop=True))(
        Work(
            seed=np.uint64(1),
            first=0,
            times=np.array([1e3]),
            start=np.array([1.0, 0.0, np.inf]),
            parameters=np.zeros(1),
            patience=10**6,
            out=out,
            stop=np.zeros(1, np.int64),
            lanes=np.empty((1, 4)),
            events=np.empty((0, 5)),
        )
    )
    assert (failure, steps) == (0, 2000)
    np.testing.assert_array_equal(out[:, 0, :2], [[0, 1]] * 2000)
    # One false alarm in 10,000.
    assert stats.kstest(out[:, 0, 2], "expon", args=(0, 2)).pvalue > 1e-4
