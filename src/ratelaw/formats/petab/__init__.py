"""PEtab: parameter estimation problems."""

from ratelaw.formats.petab.problem import EstimationProblem
from ratelaw.formats.petab.reader import read_petab

__all__ = ["EstimationProblem", "read_petab"]
