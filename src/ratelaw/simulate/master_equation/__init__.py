"""The master equation by finite state projection."""

from ratelaw.simulate.master_equation.master_equation import MasterEquation

__all__ = ["MasterEquation"]
