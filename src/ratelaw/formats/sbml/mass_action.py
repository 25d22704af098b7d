r"""Which kinetic laws are mass action, and with which of our rate constants.

A law of SBML is a whole rate L in substance per time, with amounts n. It is mass action if it is

.. math:: L = q \prod_l n_l^{\nu_l} \quad\text{or}\quad
    L = q \prod_l n_l (n_l - 1) \cdots (n_l - \nu_l + 1)

and then our rate constant is :math:`k = q \, V^{m - 1} \prod_l \nu_l!`, with m the order.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sympy as sp

from ratelaw.network.ratelaws import orderings

ANY_LAW = "SBO:0000001"
"""The term for a rate law of which no more is said: it is not taken for mass action."""
MOST_TERMS = 8
MOST_EXPANDED = 1000


@dataclass(frozen=True)
class Direction:
    """One direction of a reaction that is mass action."""

    forward: bool
    constant: sp.Expr
    catalysts: tuple[str, ...]
    """Species that are no reactant and enter with power 1: they stand on both sides."""


def directions(
    law: sp.Expr,
    reactants: Mapping[str, int],
    products: Mapping[str, int],
    variables: Collection[str],
    volume: sp.Expr,
) -> list[Direction]:
    """The directions of a reaction whose law is mass action, forward first; none if it is not.

    Parameters
    ----------
    law
        L, of amounts and parameters.
    reactants, products
        Molecules of each.
    variables
        Names of all that changes in time.
    volume
        V, or its symbol.
    """
    if _most_terms(law) > MOST_EXPANDED:
        return []
    terms = _summands(law, variables)
    if len(terms) > MOST_TERMS:
        return []
    found = []
    for term in terms:
        forward = not term.could_extract_minus_sign()
        sides = (reactants, products) if forward else (products, reactants)
        direction = _direction(term if forward else -term, sides[0], variables, volume, forward)
        if direction is None:
            return []
        found.append(direction)
    ways = [(direction.forward, direction.catalysts) for direction in found]
    unique = len(set(ways)) == len(ways)
    return sorted(found, key=lambda direction: not direction.forward) if unique else []


def _summands(law: sp.Expr, variables: Collection[str]) -> list[sp.Expr]:
    """The terms of a law; of its products, those that hold a sum, but for n - 1, n - 2, ..."""
    if law.is_Add:
        return [term for part in law.args for term in _summands(part, variables)]
    for factor in law.args if law.is_Mul else ():
        names = {s.name for s in factor.free_symbols} & set(variables)
        falling = len(names) == 1 and _steps_down(factor, *names)
        if factor.is_Add and names and not falling:
            parts = [part * (law / factor) for part in factor.args]
            return [term for part in parts for term in _summands(part, variables)]
    return [law]


def _most_terms(law: sp.Expr) -> int:
    """No fewer terms than the law, and what is in it, have when expanded."""
    parts = [_most_terms(part) for part in law.args]
    if law.is_Pow and law.exp.is_Integer:
        return min(parts[0] ** abs(int(law.exp)), MOST_EXPANDED + 1)
    if law.is_Mul:
        return min(math.prod(parts), MOST_EXPANDED + 1)
    return min(sum(parts), MOST_EXPANDED + 1) or 1


def _direction(
    term: sp.Expr,
    reactants: Mapping[str, int],
    variables: Collection[str],
    volume: sp.Expr,
    forward: bool,  # noqa: FBT001
) -> Direction | None:
    constant, powers, falling = sp.S.One, Counter[str](), Counter[str]()
    for factor in sp.Mul.make_args(term):
        base, power = factor.as_base_exp()
        names = {s.name for s in factor.free_symbols} & set(variables)
        if not names:
            constant *= factor
        elif base.is_Symbol and power.is_Integer and power > 0:
            powers[base.name] += int(power)
        elif len(names) == 1 and power == 1 and _steps_down(base, *names):
            falling[next(iter(names))] += 1
        else:
            return None
    orders = powers + falling
    catalysts = tuple(sorted(set(orders) - set(reactants)))
    if any(orders[name] != 1 for name in catalysts):
        return None
    if any(orders[name] != count for name, count in reactants.items()):
        return None
    for name in falling:
        steps = sp.prod(sp.Symbol(name, real=True) - i for i in range(orders[name]))
        if sp.expand(steps - _part(term, name)) != 0:
            return None
    order = sum(orders.values())
    constant *= volume ** (order - 1) * orderings(reactants)
    return Direction(forward, constant, catalysts)


def _steps_down(base: sp.Expr, name: str) -> bool:
    """Whether it is n - 1, n - 2, ..."""
    rest = base - sp.Symbol(name, real=True)
    return bool(rest.is_number and rest < 0)


def _part(term: sp.Expr, name: str) -> sp.Expr:
    """The factors in one species."""
    factors = sp.Mul.make_args(term)
    return sp.prod(f for f in factors if name in {s.name for s in f.free_symbols})
