"""The errors ratelaw raises: one family, named by what the reader has to mend."""


class RatelawError(Exception):
    """Anything that ratelaw refuses; catch this one to catch them all."""


class ModelError(RatelawError):
    """The network itself is wrong: a name, a rate, a count, a line of its text."""


class DataError(RatelawError):
    """The data or the arguments of a call are wrong: a time, a row, a column."""


class SolverError(RatelawError):
    """A well-posed problem that a method could not finish within its limits."""


class UnsupportedError(RatelawError):
    """A correct request that the chosen method cannot serve."""
