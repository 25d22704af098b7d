"""Parameter sweeps: each set is the run of its own network, in streams of its own."""

import numpy as np
import pytest

import ratelaw as rl

TIMES = [0.0, 1.0, 3.0]
SWEEP = {"lam": [1.1, 0.5], "A(0)": [10, 20]}
RECORD = [rl.RecordMoments(), rl.RecordHistogram(), rl.RecordPaths(30)]


def test_the_first_set_is_the_run_of_its_network_and_others_have_other_streams():
    network = rl.zoo.birth_death()
    both = rl.simulate(
        network, rl.Direct(), TIMES, trajectories=200, seed=1, record=RECORD,
        sweep={"k": [network.parameters["k"]] * 2},
    )  # fmt: skip
    alone = rl.simulate(network, rl.Direct(), TIMES, trajectories=200, seed=1, record=RECORD)
    np.testing.assert_array_equal(both["paths"][0], alone["paths"])
    np.testing.assert_array_equal(both["average"][0], alone["average"])
    assert (both["paths"][0, :, 2] != both["paths"][1, :, 2]).mean() > 0.8


def test_every_set_has_the_moments_of_its_values():
    cells = rl.simulate(rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=20_000, seed=2, sweep=SWEEP)
    exact = rl.simulate(rl.zoo.spcm(), rl.Moments(), TIMES, sweep=SWEEP)
    np.testing.assert_array_equal(cells["lam"], SWEEP["lam"])
    np.testing.assert_array_equal(cells["A(0)"], SWEEP["A(0)"])
    errors = np.sqrt(np.einsum("stmtm->stm", cells["moment_covariance"].values)[:, 1:, :2])
    z = (cells["average"] - exact["average"]).values[:, 1:] / errors
    # Eight z-scores beyond 4.5: one false alarm in 18,000; the seed is fixed.
    assert np.abs(z).max() < 4.5


def test_histograms_of_a_sweep_share_their_states():
    cells = rl.simulate(
        rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=300, seed=3, sweep=SWEEP, record=RECORD
    )
    for number in range(2):
        chosen = cells.isel(parameter_set=number)
        paths = chosen["paths"].values[:, 2].astype(int)
        table = rl.marginal(chosen, "A", "B").sel(snapshot=3.0)
        np.testing.assert_allclose(table.sum(), 1)
        assert all(table.sel(n_A=a, n_B=b) > 0 for a, b in paths)
    with pytest.raises(rl.DataError, match="choose a parameter set"):
        rl.marginal(cells, "A")


def test_events_of_a_sweep_say_whose_they_are():
    cells = rl.simulate(
        rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=20, seed=3, sweep=SWEEP,
        record=[rl.RecordEvents(2), rl.RecordPaths(2)],
    )  # fmt: skip
    for number in range(2):
        for trajectory in range(2):
            mine = (cells["event_parameter_set"] == number) & (
                cells["event_trajectory"] == trajectory
            )
            last = cells["event_counts"][mine.values][-1]
            np.testing.assert_array_equal(last, cells["paths"][number, trajectory, -1])


@pytest.mark.parametrize(
    ("sweep", "message"),
    [
        ({"lam": [1, 2], "A(0)": [5]}, "2 of lam, 1 of A.0.*equally many"),
        ({"lambda": [1]}, "'lambda': it is neither.*did you mean 'lam'"),
        ({"A": [1]}, r"its initial count is called 'A\(0\)'"),
        ({"lam": [[1]]}, "a list of values"),
        ({"lam": []}, "a list of values"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(sweep, message):
    with pytest.raises(rl.DataError, match=message):
        rl.simulate(rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=9, sweep=sweep)


def test_a_value_that_the_network_refuses_is_refused():
    with pytest.raises(rl.ModelError, match="initial count of 'A' is -1"):
        rl.simulate(rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=9, sweep={"A(0)": [1, -1]})


@pytest.mark.parametrize("name", ["average", "state", "probability"])
@pytest.mark.parametrize(
    ("method", "options"),
    [(rl.MasterEquation(), {}), (rl.Direct(), {"trajectories": 9, "record": RECORD})],
    ids=["solver", "sampler"],
)
def test_a_swept_parameter_may_not_take_the_place_of_a_result(name, method, options):
    network = rl.Network.parse("A --> 0, k\nA(0) = 3".replace("k", name), {name: 1})
    with pytest.raises(rl.DataError, match=f"sweep of '{name}': the results have"):
        rl.simulate(network, method, TIMES, sweep={name: [1, 2]}, **options)


def test_what_each_set_lost_is_kept():
    """Each set of a sweep lost what it loses by itself."""
    network = rl.Network.parse("0 --> A, k\nk = 1")
    both = rl.simulate(network, rl.MasterEquation(), TIMES, sweep={"k": [1, 5]})
    for number, k in enumerate((1, 5)):
        alone = rl.simulate(network.replace(parameters={"k": k}), rl.MasterEquation(), TIMES)
        missing = 1 - alone["probability"][-1].sum().item()
        assert both["probability_lost"][number].item() == pytest.approx(missing, abs=1e-15)
        assert both["states"][number].item() == alone.sizes["state"]


def test_a_sweep_over_text_is_refused():
    with pytest.raises(rl.DataError, match=r"sweep of 'A\(0\)': .*; give numbers"):
        rl.simulate(rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=9, sweep={"A(0)": ["x"]})
