"""The package as a whole: what importing it costs, what it offers, whether the README is true."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ratelaw as rl

README = Path(__file__).parents[2] / "README.md"
HEAVY = "numba jax diffrax matplotlib scipy.integrate scipy.sparse xarray pandas typer rich jinja2"
PUBLIC = {
    name: getattr(module, name)
    for module in (rl, rl.learn, sys.modules["ratelaw.simulate"], sys.modules["ratelaw.reduce"])
    for name in module.__all__
    if not inspect.ismodule(getattr(module, name))
}
ERRORS = [
    name
    for name, thing in PUBLIC.items()
    if inspect.isclass(thing) and issubclass(thing, BaseException)
]


def test_importing_brings_in_nothing_heavy():
    program = f"import sys, ratelaw; print([m for m in {HEAVY.split()} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_names_are_few_sorted_and_there():
    assert len(rl.__all__) < 60
    assert sorted(rl.__all__) == rl.__all__
    assert all(hasattr(rl, name) for name in rl.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented_and_shown_in_an_example(name):
    text = inspect.getdoc(PUBLIC[name])
    assert text
    assert ">>> " in text or name in ERRORS or inspect.isabstract(PUBLIC[name])


def test_the_example_of_the_readme_runs():
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), flags=re.DOTALL)
    names = {}
    exec(compile(example, README.name, "exec"), names)  # noqa: S102
    truth = rl.zoo.spcm()
    assert {str(r) for r in names["learned"].reactions} == {str(r) for r in truth.reactions}
