"""The pages that teach: every block of Python and of the shell runs, in order, page by page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import markdown
import pytest

import ratelaw as rl

ROOT = Path(__file__).parents[2]
DOCS, SITE = ROOT / "docs", ROOT / "out" / "site"
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


def test_the_first_network_of_the_readme_is_simulated(tmp_path, monkeypatch):
    """Its Python is run by tests/unit/test_package.py."""
    monkeypatch.chdir(tmp_path)
    (script,) = (
        source
        for language, source in BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
        if language == "sh"
    )
    run(script)


def test_blocks_are_in_a_language_that_is_known():
    """Blocks that cannot be run here, such as an installation, say `console` or `text`."""
    fences = {
        line for text in PAGES.values() for line in re.findall(r"^ *```\w+", text, re.MULTILINE)
    }
    assert fences <= {"```python", "```sh", "```console", "```text"}


def test_every_public_name_is_in_the_api():
    """What is at the top of ratelaw as well; errors and the zoo are shown as modules."""
    folders = [rl, *(sys.modules[f"ratelaw.{name}"] for name in ("learn", "simulate", "reduce"))]
    pages = "\n".join(path.read_text("utf-8") for path in (DOCS / "api").glob("*.md"))
    shown = {line.rpartition(".")[2] for line in re.findall(r"^::: (\S+)$", pages, re.MULTILINE)}
    modules = {"errors", "learn", "zoo", *vars(rl.errors)}
    assert {name for folder in folders for name in folder.__all__} - modules <= shown


@pytest.mark.skipif(not SITE.exists(), reason="the site is built by `make site`")
def test_no_page_of_the_site_loads_anything_from_elsewhere():
    loads = re.compile(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="(?:https?:)?//[^"]*"')
    found = {path.name: loads.findall(path.read_text("utf-8")) for path in SITE.rglob("*.html")}
    assert not any(found.values()), found


@pytest.mark.skipif(not SITE.exists(), reason="the site is built by `make site`")
def test_every_picture_of_the_site_has_an_alternative_text():
    pictures = re.compile(r"<img\b[^>]*>")
    for path in SITE.rglob("*.html"):
        for picture in pictures.findall(path.read_text("utf-8")):
            assert re.search(r'alt="[^"]{20,}"', picture), (path.name, picture)


@pytest.mark.skipif(not SITE.exists(), reason="the site is built by `make site`")
def test_every_formula_of_the_site_is_read():
    """A command that the converter does not know would stand in the page with its backslash."""
    unread = re.compile(r"<m[ion][^>]*>\\[^<]*<")
    found = {path.name: unread.findall(path.read_text("utf-8")) for path in SITE.rglob("*.html")}
    assert not any(found.values()), found


def test_formulas_become_mathml_and_code_keeps_its_dollars(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "extensions"))
    page = markdown.markdown(
        "With $k_1$ and `$HOME`:\n\n$$ \\frac{a}{b} $$\n\n.. math:: \\arg\\min_x\n    y",
        extensions=["mathml"],
    )
    assert page.count("<math") == 3
    assert page.count('display="block"') == 2
    assert "<code>$HOME</code>" in page
    assert "<mfrac>" in page
    assert "\\" not in page
