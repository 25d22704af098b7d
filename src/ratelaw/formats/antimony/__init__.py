"""Antimony: reading into networks, and writing."""

from ratelaw.formats.antimony.text import read_antimony, write_antimony

__all__ = ["read_antimony", "write_antimony"]
