"""What every compiled method is: one function that fills a block of trajectories."""

import hashlib
import sys
import tempfile
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol

import numpy as np

from ratelaw.atomic import cache_folder, whole_file
from ratelaw.network import Network
from ratelaw.simulate.recorders.recorder import Tracked

__all__ = [
    "BAD_PROPENSITY",
    "NOT_WHOLE",
    "NO_END",
    "Kernel",
    "KernelMaker",
    "Tracked",
    "Work",
    "load",
    "source_file",
]

BAD_PROPENSITY, NO_END, NOT_WHOLE = 1, 2, 3
"""Why a kernel gave up."""

HELPERS = "".join(path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py")))
"""What a generated module may import from here, as this process has it."""


class Work(NamedTuple):
    """What a kernel is to do, and the arrays that it fills, in the order of its arguments.

    Attributes
    ----------
    seed, first
        Which trajectories.
    times
        Shape (time,), increasing.
    start
        Shape (columns,): initial counts, 0 for counted reactions, inf or 0 for passages.
    parameters
        Values in the network's order, and a 0 at the end.
    patience
        Reactions that may pass before the next recording time is reached.
    out
        Shape (trajectory, time, columns), filled: the states at the times, reactions at a time
        included.
    stop
        Shape (1,): the kernel returns early once it is not 0.
    lanes
        Shape (rows, columns + 1), filled where it gives up: states, and the times not reached.
    events
        Shape (capacity, columns + 2), filled with (time, reaction, state after it) of every
        reaction up to the last time; with a capacity above 0 there is one trajectory.
    """

    seed: np.uint64
    first: int
    times: np.ndarray
    start: np.ndarray
    parameters: np.ndarray
    patience: int
    out: np.ndarray
    stop: np.ndarray
    lanes: np.ndarray
    events: np.ndarray


class Kernel(Protocol):
    """Simulates trajectories `first`, `first` + 1, ... of one network.

    Every trajectory draws from a stream of its own, seeded by (seed, number), so that a path does
    not depend on the times at which it is recorded, nor on what else is simulated.

    Returns
    -------
    0 or why it gave up; how many steps it took; how many reactions `events` should have held.
    """

    def __call__(self, work: Work) -> tuple[int, int, int]: ...


class KernelMaker(Protocol):
    """What a task needs of a method of trajectories."""

    @property
    def exact(self) -> bool:
        """Whether it simulates reaction by reaction."""

    def kernel(self, network: Network, tracked: Tracked) -> Kernel:
        """The kernel for many trajectories."""

    def single(self, network: Network, tracked: Tracked) -> Kernel:
        """The kernel for few trajectories."""


@lru_cache(maxsize=64)
def load(source: str) -> ModuleType:
    """Import generated source from its file, writing it first where it is new."""
    path = source_file(source)
    if not path.exists():
        with whole_file(path) as partial:
            partial.write_text(source, encoding="utf-8")
    loader = SourceFileLoader(path.stem, str(path))
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules[path.stem] = module
    loader.exec_module(module)
    return module


@lru_cache(maxsize=64)
def source_file(source: str) -> Path:
    """Where generated source lies, and beside it what is compiled of it.

    The file is named by a hash of the source, of what it may import from here, of Numba's version
    and of the processor, so that what is compiled serves every later process and is never stale.
    """
    import llvmlite.binding as llvm

    processor = f"{llvm.get_host_cpu_name()}{llvm.get_host_cpu_features().flatten()}"
    key = f"{version('numba')}{version('llvmlite')}{processor}{HELPERS}{source}"
    folder = cache_folder("kernels") or Path(tempfile.mkdtemp(prefix="ratelaw-kernels-"))
    return folder / f"kernel_{hashlib.sha256(key.encode()).hexdigest()[:24]}.py"
