"""SBML, Level 2 and 3 core: reading into networks, and writing."""

from ratelaw.formats.sbml.reader import Model, read_sbml
from ratelaw.formats.sbml.units import Units, read_units
from ratelaw.formats.sbml.writer import write_sbml

__all__ = ["Model", "Units", "read_sbml", "read_units", "write_sbml"]
