"""Packages that only some users need."""

from importlib.util import find_spec

from ratelaw.errors import MissingPackageError


def require(package: str, purpose: str, *, extra: str) -> None:
    """Refuse to go on without a package, and say which extra of ratelaw brings it.

    Raises
    ------
    MissingPackageError
        If the package is not installed.

    Examples
    --------
    >>> require("quux", "to read a.quux", extra="quux")
    Traceback (most recent call last):
    ratelaw.errors.MissingPackageError: quux is needed to read a.quux: pip install 'ratelaw[quux]'
    """
    if not find_spec(package):
        raise MissingPackageError(f"{package} is needed {purpose}: pip install 'ratelaw[{extra}]'")
