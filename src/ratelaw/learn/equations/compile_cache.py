"""Compiled vector fields outlive the process that compiled them."""

import os
import warnings
import zlib

from ratelaw.atomic import cache_folder


def keep_compiled_flows() -> None:
    """Have JAX keep what it compiles in the user's cache, where later processes find it.

    For programs to call before anything imports JAX, never for the library: it sets JAX's and
    Equinox's own environment variables, where the user has not, and they hold for the process and
    its children. Equinox's checks give NaN instead of an exception, because a program that can
    raise is never kept. Each kind of processor has a folder of its own. Where nothing can be
    written, every process compiles for itself.
    """
    from llvmlite.binding import get_host_cpu_features

    processor = zlib.crc32(get_host_cpu_features().flatten().encode())
    folder = cache_folder(f"jax/{processor:08x}")
    if folder is None:
        return
    defaults = {
        "EQX_ON_ERROR": "nan",
        "JAX_COMPILATION_CACHE_DIR": str(folder),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.3",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache")
