"""The data of `ratelaw learn`."""

import numpy as np

from ratelaw.cli.learn_data import read_experiments
from ratelaw.learn import MixedNoise


def test_replicates_of_two_files_are_two_experiments(tmp_path):
    levels = {"fed": 10, "starved": 100}
    for name, level in levels.items():
        rows = [f"{r},{t},{level + r}" for r in (1, 2) for t in (0, 1)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["replicate,time,A", *rows]))
    found = read_experiments(
        [tmp_path / f"{name}.csv" for name in levels],
        observables={},
        inputs=(),
        initial={},
        species=(),
        start_time=None,
        exact_start=None,
        noise=MixedNoise(),
    )
    fed, starved = found.experiments
    np.testing.assert_allclose((fed.values[0, 0], starved.values[0, 0]), (11.5, 101.5))


def test_what_is_taken_for_granted_is_said(tmp_path, capsys):
    table = tmp_path / "table.csv"
    table.write_text("time,A,B,C\n0,9,0,3\n1,7,2,3\n2,5,4,3\n")
    read_experiments(
        [table],
        observables={},
        inputs=(),
        initial={},
        species=("A", "B"),
        start_time=None,
        exact_start=None,
        noise=MixedNoise(),
    )
    ignored, exact = capsys.readouterr().out.splitlines()
    assert ignored == "note: of no species, and not used: C"
    assert exact.startswith("note: all first values are taken as exact, as some are 0")
