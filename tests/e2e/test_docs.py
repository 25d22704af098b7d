"""The pages that teach: every block of Python and of the shell runs, in order, page by page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
PAGES = {
    str(path.relative_to(DOCS)): path.read_text("utf-8")
    for path in sorted([*DOCS.glob("*.md"), *DOCS.glob("howto/*.md")])
}


@pytest.mark.parametrize("page", [name for name, text in PAGES.items() if BLOCK.search(text)])
def test_every_block_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for block in BLOCK.finditer(PAGES[page]):
        language, source = block.groups()
        if language == "python":
            line = PAGES[page].count("\n", 0, block.start(2))
            exec(compile("\n" * line + source, DOCS / page, "exec"), names)  # noqa: S102
        else:
            run(source)


def run(script):
    """In a shell that stops at the first error and finds this environment's `ratelaw`."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PATH": path, "PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"


def test_blocks_are_in_a_language_that_is_known():
    """Blocks that cannot be run here, such as an installation, say `console` or `text`."""
    fences = {
        line for text in PAGES.values() for line in re.findall(r"^ *```\w+", text, re.MULTILINE)
    }
    assert fences <= {"```python", "```sh", "```console", "```text"}
