"""Conditions on the copy numbers of a network."""

from sympy.logic.boolalg import Boolean

from ratelaw.errors import ModelError
from ratelaw.network.expression import parse_condition
from ratelaw.network.network import Network
from ratelaw.network.notation import suggest


def condition_of(text: str, network: Network) -> Boolean:
    """Read a condition such as ``"A >= 50"`` or ``"A + 2*B == total and not C > 0"``.

    Parameters
    ----------
    text
        Relations of expressions of copy numbers and parameters, with ``and``, ``or``, ``not``.
    network
        Which names there are.

    Returns
    -------
    The condition, in ``network.symbols`` and symbols of parameters.

    Raises
    ------
    ModelError
        If it cannot be read, has an unknown name, or depends on no species.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> condition_of("A + B > 50", zoo.spcm())
    A + B > 50
    """
    condition = parse_condition(text)
    known = {*network.species, *network.parameters}
    for name in sorted(s.name for s in condition.free_symbols):
        if name not in known:
            raise ModelError(
                f"condition {text!r}: {name!r} is neither a species nor a parameter"
                + suggest(name, known)
            )
    if not condition.free_symbols & set(network.symbols):
        raise ModelError(f"condition {text!r}: it depends on no species, so it never changes")
    return condition
