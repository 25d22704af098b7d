"""The chemical master equation on a state space that grows where probability leaks."""

from ratelaw.simulate.master_equation.master_equation import MasterEquation

__all__ = ["MasterEquation"]
