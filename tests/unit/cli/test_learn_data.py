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
