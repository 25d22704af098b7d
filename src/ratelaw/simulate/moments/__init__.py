"""Moment equations: derived from the network, closed where they must be, and solved."""

from ratelaw.simulate.moments.closures import Closure, NormalClosure
from ratelaw.simulate.moments.derivation import (
    MomentEquations,
    derive_moment_equations,
    moment_symbols,
)
from ratelaw.simulate.moments.moments import Moments

__all__ = [
    "Closure",
    "MomentEquations",
    "Moments",
    "NormalClosure",
    "derive_moment_equations",
    "moment_symbols",
]
