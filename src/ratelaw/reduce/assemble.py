"""Reactions of the slow variables: what every full reaction does to them, and how fast."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import sympy as sp

from ratelaw.network import Network, Reaction
from ratelaw.network.expression import symbol
from ratelaw.network.ratelaws import GeneralLaw

LONGEST = 400
"""Operations of an expression that is still brought into lowest terms."""


def rewritten(
    network: Network,
    variables: Sequence[str],
    changes: np.ndarray,
    expressions: Mapping[str, sp.Expr],
) -> list[Reaction]:
    """The reactions of `network` as changes of other variables.

    Parameters
    ----------
    network
        The full network.
    variables
        Names of those that stay.
    changes
        What each reaction does to them, shape (variables, reactions).
    expressions
        What replaces the others in the rates: concentrations as functions of the variables.

    Returns
    -------
    Reactions among the variables; one that changes none of them is left out, one that never
    mentions another species is left as it is, those of equal change are one.
    """
    replaced = {symbol(name): value for name, value in expressions.items()}
    written: dict[tuple[int, ...] | int, sp.Expr] = {}
    columns = zip(network.reactions, network.fluxes, changes.T, strict=True)
    for j, (reaction, flux, column) in enumerate(columns):
        if not column.any():
            continue
        untouched = flux.xreplace(replaced) == flux and set(reaction.species) <= set(variables)
        key = j if untouched else tuple(column.tolist())
        written[key] = written.get(key, sp.S.Zero) + flux.xreplace(replaced)
    return [
        network.reactions[key]
        if isinstance(key, int)
        else change_reaction(variables, key, tidy(flux))
        for key, flux in written.items()
    ]


def change_reaction(variables: Sequence[str], change: Sequence[int], flux: sp.Expr) -> Reaction:
    """The reaction with this net change of the variables and this rate."""
    molecules = [(name, int(n)) for name, n in zip(variables, change, strict=True) if n]
    return Reaction(
        {name: -n for name, n in molecules if n < 0},
        {name: n for name, n in molecules if n > 0},
        GeneralLaw(flux),
    )


def net_of_opposites(
    reactions: Sequence[Reaction], untouched: Collection[Reaction]
) -> list[Reaction]:
    """Each pair of opposite reactions with what they have in common taken out of both rates.

    What two reactions do and undo at once is not seen on the slow time scale: of the net rate's
    numerator, the positive terms go forward and the negative ones back.
    """
    net: list[Reaction] = []
    waiting = list(reactions)
    while waiting:
        forward = waiting.pop(0)
        opposite = next((r for r in waiting if r.reverses(forward)), None)
        if opposite is None or forward in untouched or opposite in untouched:
            net.append(forward)
            continue
        waiting.remove(opposite)
        up, down = _parts(forward.law.expression - opposite.law.expression)
        net += [
            Reaction(reaction.reactants, reaction.products, GeneralLaw(flux))
            for reaction, flux in ((forward, up), (opposite, down))
            if flux != 0
        ]
    return net


def _parts(rate: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Non-negative up and down with up - down = rate, for non-negative symbols."""
    numerator, denominator = (sp.expand(part) for part in sp.fraction(tidy(rate)))
    terms = sp.Add.make_args(numerator)
    down = sp.Add(*(-term for term in terms if term.could_extract_minus_sign()))
    return tidy((numerator + down) / denominator), tidy(down / denominator)


def tidy(expression: sp.Expr) -> sp.Expr:
    """One fraction in lowest terms, where the expression is made of fractions and roots.

    A very long expression stays as it is: nobody reads it, and factoring it takes minutes.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> tidy(1 / (1 + 1 / x))
    x/(x + 1)
    """
    roots = {
        power: sp.Dummy(positive=True)
        for power in expression.atoms(sp.Pow)
        if power.exp.is_Rational and not power.exp.is_Integer
    }
    plain = expression.xreplace(roots)
    if plain.count_ops() > LONGEST:
        return expression
    if not plain.is_rational_function(*plain.free_symbols):
        return expression
    return sp.factor(plain).xreplace({dummy: power for power, dummy in roots.items()})
