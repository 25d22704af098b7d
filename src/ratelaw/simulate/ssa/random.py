"""Random numbers for lanes: plain arithmetic on uint64 and float64 that LLVM turns into vectors.

Streams are xoshiro256+ (Blackman and Vigna 2021), one a trajectory, seeded by SplitMix64 from
(seed, trajectory). The logarithm is fdlibm's (Sun Microsystems 1993) without its branches.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

ONE = np.uint64(0x3FF0000000000000)
TWO_TO_52 = np.uint64(0x4330000000000000)
SQRT_HALF = np.uint64(0x3FE6A09E667F3BCD)
TO_ROOT = ONE - SQRT_HALF
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
EXPONENT_OFFSET = 4503599627370496.0 + 1023.0

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
ZERO = np.uint64(0)
S12, S17, S19, S27, S30, S31, S45, S52 = map(np.uint64, (12, 17, 19, 27, 30, 31, 45, 52))


@intrinsic
def as_float(typing_context: Any, bits: Any) -> Any:  # noqa: ANN401, ARG001
    """The float64 with these bits."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.uint64), codegen


@intrinsic
def as_bits(typing_context: Any, number: Any) -> Any:  # noqa: ANN401, ARG001
    """The bits of a float64."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.bitcast(args[0], ir.IntType(64))

    return types.uint64(types.float64), codegen


@intrinsic
def select(typing_context: Any, condition: Any, yes: Any, no: Any) -> Any:  # noqa: ANN401, ARG001
    """One of two numbers without a branch: Numba's own `if` would slow its compiler to a halt."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.select(*args)

    number = types.unliteral(yes)
    return number(types.boolean, number, number), codegen


@intrinsic
def lowest(typing_context: Any, bits: Any) -> Any:  # noqa: ANN401, ARG001
    """The index of the lowest bit that is set."""

    def codegen(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:  # noqa: ANN401
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), codegen


@njit(forceinline=True, error_model="numpy", fastmath={"contract", "nsz"})
def uniform(bits: np.uint64) -> float:
    """A uniform number of the open interval (0, 1) from the upper 52 bits: 2^-53 to 1 - 2^-53."""
    return as_float((bits >> S12) | ONE) - 0.99999999999999988898


@njit(forceinline=True, error_model="numpy", fastmath={"contract", "nsz"})
def logarithm(x: float) -> float:
    """log(x) of a positive normal number, to one unit in the last place."""
    bits = as_bits(x)
    exponent = (bits + TO_ROOT) >> S52
    k = as_float(exponent | TWO_TO_52) - EXPONENT_OFFSET
    f = as_float(bits - (exponent << S52) + ONE) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (
        3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)
    )
    even = z * (
        6.666666666666735130e-01
        + w
        * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + odd + even) + k * LN2_LOW)) - f)


@njit(forceinline=True, error_model="numpy", fastmath={"contract", "nsz"})
def mix(z: np.uint64) -> np.uint64:
    """SplitMix64's bijection of 64 bits."""
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@njit(forceinline=True, error_model="numpy", fastmath={"contract", "nsz"})
def stream_key(seed: np.uint64, trajectory: np.uint64) -> np.uint64:
    """Where the stream of a trajectory starts: different for every trajectory of a seed."""
    return mix(mix(seed + GOLDEN) + trajectory * GOLDEN)
