import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from ratelaw.cli import main

PHONE = 360
"""Pixels of a narrow phone."""
BARRIERS = Path(__file__).with_name("barriers.js").read_text(encoding="utf-8")
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


class Seen(NamedTuple):
    """Of a page in a frame as wide as a phone: both widths, the console, what keeps readers out."""

    width: int
    content: int
    console: list[str]
    barriers: list[str]


@pytest.fixture
def browse(tmp_path):
    """Load a page in a browser; skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    return lambda text: _browse(tmp_path, text)


def _browse(folder, text):
    (folder / "frame.html").write_text(
        f'<!DOCTYPE html><iframe style="width:{PHONE}px;height:800px;border:0" srcdoc="'
        + html.escape(text)
        + f'"></iframe><p id="seen"></p><script>{BARRIERS}'
        "onload = () => {const page = document.querySelector('iframe').contentDocument;"
        "const {clientWidth, scrollWidth} = page.documentElement;"
        "document.querySelector('#seen').textContent = "
        "JSON.stringify([clientWidth, scrollWidth, barriers(page)])}</script>",
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
    (seen,) = re.findall(r'id="seen">(.*?)</p>', done.stdout, flags=re.DOTALL)
    width, content, barriers = json.loads(html.unescape(seen))
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return Seen(width, content, console, barriers)
