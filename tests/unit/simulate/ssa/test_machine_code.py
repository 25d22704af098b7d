import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from ratelaw.simulate.ssa import kernel, machine_code

SOURCE = """
from numba import cfunc, types

@cfunc(types.int64(types.CPointer(types.float64), types.int64))
def kernel(numbers, count):
    for i in range(count):
        numbers[i] *= {factor}
    return count
"""
PROCESS = """
import sys
import ratelaw as rl

cells = rl.simulate(rl.zoo.spcm(), rl.Direct(), [0, 20], trajectories=100, seed=1)
print(cells["average"].values.tolist(), "numba" in sys.modules)
"""


def test_code_from_the_file_does_what_was_compiled():
    source = SOURCE.format(factor=3)
    for _ in range(2):
        numbers = np.arange(4.0)
        assert machine_code.machine_code(source)(numbers, 4) == 4
        assert numbers.tolist() == [0.0, 3.0, 6.0, 9.0]
        assert kernel.source_file(source).with_suffix(".o").exists()
        machine_code.machine_code.cache_clear()


def test_another_process_draws_the_same_without_numba(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first, second = (
        subprocess.run([sys.executable, "-c", PROCESS], capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    numbers, _, with_numba = first.stdout.strip().rpartition(" ")
    assert with_numba == "True"
    assert second.stdout.strip() == f"{numbers} False"


@pytest.mark.parametrize(("called", "kept"), [("cos", True), ("not_in_the_c_library", False)])
def test_code_that_calls_something_unknown_is_not_kept(called, kept):
    text = f"""
    declare double @{called}(double)
    define double @f(double %x) {{
      %y = call double @{called}(double %x)
      ret double %y
    }}
    """
    compiled = SimpleNamespace(native_name="f", inspect_llvm=lambda: text)
    assert (machine_code._object_file(compiled) is not None) == kept
