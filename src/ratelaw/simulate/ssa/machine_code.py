"""Kernels as machine code in files, which run without Numba.

Numba takes over half a second to be imported and to fill its registries. What it has compiled needs
LLVM's loader alone, and a call through ctypes lets other threads run.
"""

import ctypes
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ratelaw.atomic import whole_file
from ratelaw.simulate.ssa.kernel import load, source_file


@dataclass(frozen=True, eq=False)
class MachineCode:
    """A compiled function of numbers and arrays that returns an integer."""

    entry: Any
    owner: Any
    """Keeps the code in memory."""

    def __call__(self, *arguments: np.ndarray | np.uint64 | int) -> int:
        """Call it; of an array, in C order, it is told where it begins."""
        return int(self.entry(*map(_as_c, arguments)))


@lru_cache(maxsize=64)
def machine_code(source: str) -> MachineCode:
    """The function `kernel` of generated source, a `numba.cfunc`, as it is kept or newly compiled.

    Code that calls more than the C library is not kept: the next process would not find the rest.
    """
    path = source_file(source).with_suffix(".o")
    if not path.exists():
        compiled = load(source).kernel
        code = _object_file(compiled)
        if code is None:
            return MachineCode(_function(compiled.address), compiled)
        with whole_file(path) as partial:
            partial.write_bytes(code)
    return _loaded(path.read_bytes())


def _object_file(compiled: Any) -> bytes | None:  # noqa: ANN401
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(compiled.inspect_llvm())
    process = ctypes.CDLL(None)
    for function in module.functions:
        known = function.name.startswith("llvm.") or hasattr(process, function.name)
        if function.is_declaration and not known:
            return None
    module.get_function(compiled.native_name).name = "kernel"
    return bytes(this_processor().emit_object(module))


def this_processor() -> Any:  # noqa: ANN401
    """What LLVM writes machine code for."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3,
        jit=True, reloc="default", codemodel="jitdefault",
    )  # fmt: skip


def _loaded(code: bytes) -> MachineCode:
    import llvmlite.binding as llvm

    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), this_processor())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return MachineCode(_function(engine.get_function_address("kernel")), engine)


def _function(address: int) -> Any:  # noqa: ANN401
    return ctypes.CFUNCTYPE(ctypes.c_int64)(address)


def _as_c(argument: np.ndarray | np.uint64 | int) -> Any:  # noqa: ANN401
    if not isinstance(argument, np.ndarray):
        unsigned = isinstance(argument, np.uint64)
        return (ctypes.c_uint64 if unsigned else ctypes.c_int64)(int(argument))
    if not argument.flags.c_contiguous:
        raise ValueError("an array is not in C order")
    return ctypes.c_void_p(argument.ctypes.data)
