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


class MissingPackageError(RatelawError, ImportError):
    """A package that an optional feature needs and that is not installed."""


class Interrupted(KeyboardInterrupt):
    """A long run that was stopped by Ctrl-C; what was finished by then is in `partial`.

    Attributes
    ----------
    partial
        The result of the trajectories that were finished, or None if there were none.
    """

    def __init__(self, finished: int, wanted: int, partial: object) -> None:
        super().__init__(f"interrupted: {finished:,} of {wanted:,} trajectories are finished")
        self.partial = partial
