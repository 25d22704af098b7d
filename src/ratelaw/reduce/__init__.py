"""From a stiff network to a small one: time scales, reductions, and how wrong they are."""

from ratelaw.reduce.certificate import Certificate, certify
from ratelaw.reduce.horizon import settling_times
from ratelaw.reduce.learned_rational import LearnedRational
from ratelaw.reduce.partial_equilibrium import PartialEquilibrium
from ratelaw.reduce.quasi_steady_state import QuasiSteadyState
from ratelaw.reduce.rational_fit import RationalFit
from ratelaw.reduce.reduce import reduce
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.reduce.splitting import equilibria
from ratelaw.reduce.timescales import TimeScales, timescales
from ratelaw.reduce.total_quasi_steady_state import TotalQuasiSteadyState

__all__ = [
    "Certificate",
    "LearnedRational",
    "PartialEquilibrium",
    "QuasiSteadyState",
    "RationalFit",
    "ReducedNetwork",
    "TimeScales",
    "TotalQuasiSteadyState",
    "certify",
    "equilibria",
    "reduce",
    "settling_times",
    "timescales",
]
