"""SBML, Level 2 and 3 core: reading into networks, and writing."""

from ratelaw.formats.sbml.reader import Model, read_sbml

__all__ = ["Model", "read_sbml"]
