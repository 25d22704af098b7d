"""`ratelaw fit` on a case of the PEtab suite."""

import json
from pathlib import Path

import pytest

from ratelaw.formats import read_network

PROBLEM = Path(__file__).parents[1] / "reference" / "petab" / "0001" / "_0001.yaml"


def test_a_problem_is_fitted_and_what_was_found_is_written(ratelaw, tmp_path):
    status, out, err = ratelaw(
        "fit", PROBLEM, "--starts", "2", "--hops", "0", "--seed", "1", "--json", "fit.json",
        "-o", "fitted.txt",
    )  # fmt: skip
    assert status == 0
    assert "start 2 of 2: objective" in err
    found = json.loads((tmp_path / "fit.json").read_text())
    assert f"negative log-likelihood {found['objective']:.6g}" in out
    network = read_network(tmp_path / "fitted.txt")
    for name in {*found["parameters"]} & {*network.parameters}:
        assert network.parameters[name] == pytest.approx(found["parameters"][name]["value"])


def test_what_is_no_problem_is_refused(ratelaw, tmp_path):
    (tmp_path / "a.yaml").write_text("[]")
    status, _, err = ratelaw("fit", tmp_path / "a.yaml")
    assert status == 2
    assert "expected the fields of a PEtab problem" in err
