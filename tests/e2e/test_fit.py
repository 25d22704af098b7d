"""`ratelaw fit` on a case of the PEtab suite."""

import json
import re
from pathlib import Path

import pytest

from ratelaw.formats import read_network

REFERENCE = Path(__file__).parents[1] / "reference"
PROBLEM = REFERENCE / "petab" / "0001" / "_0001.yaml"
BOEHM = REFERENCE / "petab_collection" / "boehm" / "boehm.yaml"


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


def test_the_page_shows_what_was_found_and_fits_a_phone(ratelaw, tmp_path, browse):
    """Boehm et al. 2014: two of nine parameters stay at their bounds."""
    status, _, _ = ratelaw(
        "fit", BOEHM, "--starts", "1", "--hops", "1", "--seed", "1", "--json", "fit.json",
        "--report", "fit.html",
    )  # fmt: skip
    assert status == 0
    found = json.loads((tmp_path / "fit.json").read_text())
    page = (tmp_path / "fit.html").read_text(encoding="utf-8")
    shown = re.findall(r'<data value="([^"]+)"', page)
    for name, parameter in found["parameters"].items():
        assert re.search(rf">\s*{name}\s*<", page)
        assert str(parameter["value"]) in shown
        assert ("not identifiable" in parameter["verdict"]) == (
            f"{name} is {parameter['verdict']}." in page
        )
    assert page.count("<svg") == 3 + 1
    seen = browse(page)
    assert seen.console == seen.barriers == []
    assert seen.content <= seen.width


def test_what_is_no_problem_is_refused(ratelaw, tmp_path):
    (tmp_path / "a.yaml").write_text("[]")
    status, _, err = ratelaw("fit", tmp_path / "a.yaml")
    assert status == 2
    assert "expected the fields of a PEtab problem" in err
