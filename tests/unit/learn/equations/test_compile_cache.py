import os
import subprocess
import sys

from ratelaw.learn.equations.compile_cache import keep_compiled_flows

PROGRAM = """
from ratelaw.learn.equations.compile_cache import keep_compiled_flows
keep_compiled_flows()
import jax, numpy, sympy
from ratelaw.learn.equations.averages.flow import VectorField, compile_flow
events = []
jax.monitoring.register_event_listener(lambda event, **_: events.append(event))
x = sympy.Symbol("x")
one = numpy.ones(1)
flow = compile_flow(VectorField((x,), ((x,),)))
course, *_ = flow(one, one, numpy.array([0.0, 1.0]), one)
print(float(course[1, 0]).hex(), "/jax/compilation_cache/cache_hits" in events)
"""


def start(cache):
    unset = ("EQX_ON_ERROR", "JAX_COMPILATION_CACHE_DIR")
    environment = {k: v for k, v in os.environ.items() if k not in unset}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        env=environment | {"XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_at_once_leave_what_a_third_takes_up(tmp_path):
    (one, says_one), (two, says_two) = [p.communicate() for p in [start(tmp_path) for _ in "12"]]
    three, says_three = start(tmp_path).communicate()
    assert says_one == says_two == says_three == ""
    assert one.split()[0] == two.split()[0] == three.split()[0]
    assert three.split()[1] == "True"


def test_without_a_folder_to_write_to_nothing_is_changed(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    before = dict(os.environ)
    keep_compiled_flows()
    assert dict(os.environ) == before
