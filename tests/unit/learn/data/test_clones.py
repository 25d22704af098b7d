"""The example of clones is what the network makes of one progenitor."""

from dataclasses import replace
from importlib import resources

import numpy as np

import ratelaw as rl
from ratelaw.formats.table_files import format_columns

TIMES = [0, 1, 2, 5, 10, 20]
CLONES, BLOCK, SEED = 300, 1000, 2020
FILE = resources.files("ratelaw.learn.data") / "examples" / "clones.csv"


def clones():
    """At each time the first 300 of 1000 other clones in which a cell is left."""
    network = rl.zoo.spcm().replace(initial={"A": 1})
    count = BLOCK * (len(TIMES) - 1)
    run = rl.simulate(
        network,
        rl.Direct(),
        TIMES,
        trajectories=count,
        seed=SEED,
        record=[rl.RecordPaths(count)],
    )
    rows = [[0, 1, 0, 1]]
    for block, time in enumerate(TIMES[1:]):
        counts = run["paths"].values[block * BLOCK : (block + 1) * BLOCK, block + 1]
        seen = counts[counts.any(axis=1)][:CLONES]
        assert len(seen) == CLONES
        states, cells = np.unique(seen, axis=0, return_counts=True)
        rows += [[time, *state, number] for state, number in zip(states, cells, strict=True)]
    return dict(zip(["time", "A", "B", "cells"], np.array(rows, dtype=int).T, strict=True))


def test_the_file_is_the_simulation():
    remark = "# unseen: A + B == 0\n"
    assert FILE.read_text(encoding="utf-8") == remark + format_columns(clones())


def test_its_rates_are_found():
    with resources.as_file(FILE) as path:
        (data,) = rl.Snapshots.read(path)
    assert data.unseen == "A + B == 0"
    rates = rl.fit_rates(rl.zoo.spcm(), data)
    truth = [0.0836 * 1.1, 0.0764 * 1.1, 0.84 * 1.1, 0.31]
    # Four z-scores: beyond 4 one run in 4,000; the clones are fixed.
    assert np.abs((rates.constants - truth) / rates.standard_errors).max() < 4
    blind = rl.fit_rates(rl.zoo.spcm(), replace(data, unseen=None))
    # As if no clone had died out: divisions into two B are missed.
    assert (blind.constants[1] - truth[1]) / blind.standard_errors[1] < -4


def test_clones_of_which_nothing_is_left_are_not_seen():
    assert (np.loadtxt(str(FILE), delimiter=",", skiprows=2)[:, 1:3].sum(axis=1) > 0).all()
