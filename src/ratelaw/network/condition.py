"""Conditions on copy numbers: text to a SymPy relation."""

import re

import sympy as sp

from ratelaw.errors import ModelError
from ratelaw.network.expression import parse_expression
from ratelaw.network.network import Network
from ratelaw.network.notation import suggest

RELATIONS = {">=": sp.Ge, "<=": sp.Le, "==": sp.Eq, "!=": sp.Ne, ">": sp.Gt, "<": sp.Lt}


def parse_condition(text: str, network: Network) -> sp.Basic:
    """Read a condition such as ``"A >= 50"`` or ``"A + 2*B == total"``.

    Parameters
    ----------
    text
        Two expressions of copy numbers and parameters and a relation between them.
    network
        Which names there are.

    Returns
    -------
    The relation, in ``network.symbols`` and symbols of parameters.

    Raises
    ------
    ModelError
        If there is no relation or more than one, an unknown name, or no species.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> parse_condition("A + B > 50", zoo.spcm())
    A + B > 50
    """
    parts = re.split(f"({'|'.join(RELATIONS)})", text)
    if len(parts) != 3:  # noqa: PLR2004
        raise ModelError(
            f"cannot read the condition {text!r}: write two expressions and one of "
            f"{', '.join(RELATIONS)} between them, such as 'A >= 50'"
        )
    left, relation, right = parts
    condition = RELATIONS[relation](parse_expression(left), parse_expression(right))
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
