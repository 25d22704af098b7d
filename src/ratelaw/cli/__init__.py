"""The command line: parses, calls, prints. Strings become objects here and nowhere else."""

from ratelaw.cli.app import main

__all__ = ["main"]
