"""Courses of candidate equations and their exact sensitivities, compiled once for all equations."""
