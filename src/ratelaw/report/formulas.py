"""Learned equations as MathML, which browsers draw themselves, and reactions as text."""

from collections.abc import Sequence
from html import escape

import sympy as sp

from ratelaw.network import Reaction
from ratelaw.report.numbers import MINUS, Number


def equation(average: str, terms: Sequence[tuple[Number, sp.Expr]]) -> str:
    """One learned equation for the mean of a species.

    Parameters
    ----------
    average
        The species on the left.
    terms
        Coefficients with their errors, and what they multiply; none for an equation that is 0.

    Returns
    -------
    A ``math`` element; every species on the right stands in angle brackets.

    Examples
    --------
    >>> A = sp.Symbol("A")
    >>> "0.30997(11)" in equation("B", [(Number(-0.3099673, 0.00011), A)])
    True
    """
    left = (
        f"<mfrac><mrow><mi>d</mi>{_mean(average)}</mrow><mrow><mi>d</mi><mi>t</mi></mrow></mfrac>"
    )
    right = "".join(_term(number, term, first=not i) for i, (number, term) in enumerate(terms))
    body = f"<mrow>{left}<mo>=</mo>{right or '<mn>0</mn>'}</mrow>"
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{body}</math>'


def rate_equation(species: str, terms: Sequence[tuple[Number, sp.Expr]]) -> str:
    """One learned rate equation of a concentration, whatever its terms are.

    Parameters
    ----------
    species
        On the left.
    terms
        Coefficients with their errors, and the expressions that they multiply.

    Examples
    --------
    >>> A = sp.Symbol("A")
    >>> "<mfrac><mi>A</mi>" in rate_equation("B", [(Number(0.3, 0.01), A / (1 + A))])
    True
    """
    name = _drawn(sp.Symbol(species))
    left = f"<mfrac><mrow><mi>d</mi>{name}</mrow><mrow><mi>d</mi><mi>t</mi></mrow></mfrac>"
    right = "".join(
        _signed(number, "" if term == 1 else _drawn(term), first=not i)
        for i, (number, term) in enumerate(terms)
    )
    body = f"<mrow>{left}<mo>=</mo>{right or '<mn>0</mn>'}</mrow>"
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{body}</math>'


def _drawn(expression: sp.Expr) -> str:
    """As presentation MathML; what follows a _ in a name is no index."""
    from sympy.printing.mathml import mathml

    return str(
        mathml(expression, printer="presentation", mul_symbol="dot", disable_split_super_sub=True)
    )


def _term(number: Number, term: sp.Expr, *, first: bool) -> str:
    powers = [
        _mean(str(base)) if power == 1 else f"<msup>{_mean(str(base))}<mn>{power}</mn></msup>"
        for base, power in term.as_powers_dict().items()
        if base != 1
    ]
    return _signed(number, "".join(powers), first=first)


def _signed(number: Number, factors: str, *, first: bool) -> str:
    size = Number(abs(number.value), number.error).compact
    sign = MINUS if number.value < 0 else "" if first else "+"
    operator = f'<mo form="{"prefix" if first else "infix"}">{sign}</mo>' if sign else ""
    return f"{operator}<mn>{size}</mn><mspace width='0.2em'/>{factors}"


def _mean(species: str) -> str:
    name = f"<mi>{escape(species)}</mi>"
    return f'<mrow><mo form="prefix">⟨</mo>{name}<mo form="postfix">⟩</mo></mrow>'


def arrow(reaction: Reaction | str) -> str:
    """A reaction as it is printed.

    Examples
    --------
    >>> from ratelaw.network import Network
    >>> print(arrow(Network.parse("A --> 2 B, 1").reactions[0]))
    A → 2 B
    """
    return str(reaction).replace("-->", "→")
