"""The first minutes: the greeting, the files to begin with, every line that is to be typed."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ratelaw.cli.examples import FILES, FIRST, example
from ratelaw.formats import read_network
from ratelaw.network import zoo

FEW = "pinene --> dipentene, 1\npinene --> allo_ocimene, 1\n"
SMALL = {"learn": ("--library", "reactions", "--network", "few.txt")}
"""What makes a line quick: two candidates, where the search has twenty."""


@pytest.fixture
def written(ratelaw, tmp_path):
    """What `ratelaw examples` printed."""
    status, out, err = ratelaw("examples")
    assert (status, err) == (0, "")
    (tmp_path / "few.txt").write_text(FEW, encoding="utf-8")
    return out


def lines(out):
    return [line.strip() for line in out.splitlines() if line.startswith("  ")]


def test_alone_it_greets_with_five_things_and_an_example_of_each(ratelaw):
    status, out, _ = ratelaw()
    assert status == 0
    assert [f"ratelaw {name} " in out for name in FIRST] == [True] * 5
    assert [line for line in lines(out) if "examples/" in line] == [example(n) for n in FIRST]
    assert "  ratelaw examples\n" in out


def test_the_files_are_those_it_names_and_the_lines_those_of_the_greeting(ratelaw, written):
    assert sorted(path.name for path in Path("examples").iterdir()) == sorted(FILES)
    _, greeting, _ = ratelaw()
    assert set(lines(written)) - {"python examples/script.py"} < set(lines(greeting))
    assert len(lines(written)) == 6


def test_nothing_is_overwritten(ratelaw, written, tmp_path):
    assert "examples/pinene.csv" in written
    kept = tmp_path / "examples" / "network.txt"
    kept.write_text("mine", encoding="utf-8")
    status, _, err = ratelaw("examples")
    assert status == 2
    assert err == "ratelaw: examples is there already and stays as it is: name another folder\n"
    assert kept.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_not_begun(ratelaw, tmp_path):
    status, _, err = ratelaw("examples", "missing/mine")
    assert (status, list(tmp_path.iterdir())) == (2, [])
    assert "cannot write missing/mine" in err


def test_a_name_with_a_space_is_quoted_in_what_is_to_be_typed(ratelaw):
    status, out, _ = ratelaw("examples", "my files")
    assert status == 0
    (line,) = [line for line in lines(out) if line.startswith("ratelaw convert ")]
    assert shlex.split(line)[2:] == ["my files/switch.xml", "my files/switch.txt"]


@pytest.mark.parametrize("name", FIRST)
def test_every_line_works_as_it_is_printed(ratelaw, written, name, tmp_path):
    (line,) = [line for line in lines(written) if line.startswith(f"ratelaw {name} ")]
    if name == "rates":
        shorten(tmp_path / "examples" / "clones.csv")
    before = set(tmp_path.glob("examples/*"))
    status, _, err = ratelaw(*shlex.split(line)[1:], *SMALL.get(name, ()))
    assert (status, err) == (0, "")
    assert {*tmp_path.glob("examples/*")} > before


def shorten(clones):
    """Leave the cells of the first two times."""
    head, columns, *rows = clones.read_text(encoding="utf-8").splitlines()
    early = [row for row in rows if row.startswith(("0,", "1,", "2,"))]
    clones.write_text("\n".join([head, columns, *early]), encoding="utf-8")


def test_the_script_runs(written, tmp_path):
    assert "  python examples/script.py\n" in written
    done = subprocess.run(
        [sys.executable, "-W", "error", "examples/script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "A --> 2 A    k1 = 0.09" in done.stdout
    assert done.stderr == ""


def test_the_sbml_model_is_the_switch_of_the_zoo(written, tmp_path):
    assert "switch.xml" in written
    assert read_network(tmp_path / "examples" / "switch.xml") == zoo.goldbeter_koshland()
