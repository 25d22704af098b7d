"""Recorders: what is kept of an ensemble. Memory is bounded by them, not by the trajectories."""
