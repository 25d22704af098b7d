import html
import os
import re
import shutil
import subprocess

import pytest

from ratelaw.cli import main

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--enable-logging=stderr",
    "--v=0",
]


@pytest.fixture
def ratelaw(tmp_path, monkeypatch, capsys):
    """Run one command line in an empty folder: exit status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return end.value.code, out, err

    return run


@pytest.fixture
def model(tmp_path):
    """Write a network file."""

    def write(text):
        path = tmp_path / "model.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def browse(tmp_path):
    """Load a page in a browser, in a frame as wide as a phone; skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    return lambda text: _browse(tmp_path, text)


def _browse(folder, text):
    """The page after loading in a frame as wide as a phone, and what the console said."""
    (folder / "frame.html").write_text(
        '<!DOCTYPE html><iframe style="width:390px;height:800px;border:0" srcdoc="'
        + html.escape(text)
        + '"></iframe><p id="width"></p><script>onload = () => {const page = '
        "document.querySelector('iframe').contentDocument.documentElement;"
        "document.querySelector('#width').textContent = "
        "`${page.clientWidth} ${page.scrollWidth}`}</script>",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            *(CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}"),
            *("--dump-dom", (folder / "frame.html").as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=os.environ | {"HOME": str(folder)},
    )
    width, content = map(int, re.findall(r'id="width">(\d+) (\d+)', done.stdout)[0])
    return width, content, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
