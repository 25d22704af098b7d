"""The SBML Test Suite through `sbml_suite.py`, where its folder is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).with_name("sbml_suite.py")


def test_no_case_has_a_wrong_answer():
    """Case 00003 is nearly extinct at the end: its standard deviation has a very heavy tail.

    By the suite's rule a correct simulator fails it half of the time; test_dsmts.py holds it
    against a range widened by its kurtosis.
    """
    run = subprocess.run(
        [sys.executable, RUNNER], capture_output=True, text=True, check=False, timeout=1500
    )
    if "no such folder" in run.stdout:
        pytest.skip(run.stdout.splitlines()[0])
    failed = set(re.findall(r"^(\S+) failed", run.stdout, re.MULTILINE))
    assert failed <= {"stochastic/00003"}, run.stdout
    counts = re.search(r"^semantic: (\d+) passed, (\d+) refused", run.stdout, re.MULTILINE)
    passed, refused = map(int, counts.groups())
    beyond = len(re.findall(r"algebraic rule|is fast|a delay of", run.stdout))
    assert passed >= 0.95 * (passed + refused - beyond), run.stdout
