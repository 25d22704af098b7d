"""From a splitting to a reduced network: solve the fast equations and rewrite the reactions."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from ratelaw.network import Network, Reaction
from ratelaw.network.expression import symbol
from ratelaw.reduce.assemble import change_reaction, net_of_opposites, rewritten, tidy
from ratelaw.reduce.elimination import Branch, solve
from ratelaw.reduce.physical_branch import PhysicalBranch
from ratelaw.reduce.reduced_network import ReducedNetwork
from ratelaw.reduce.splitting import Splitting


def reduced_by(splitting: Splitting, balance: np.ndarray | None = None) -> ReducedNetwork:
    r"""The network of the slow variables on the manifold where the fast equations hold.

    In closed form, x = X(y), every reaction changes y by its row of the balance. Otherwise the
    variables are species v that describe the manifold, x = X(v) with H(v) = 0 left over, and

    .. math:: \frac{\partial (Y, H)}{\partial v} \dot v = (\Lambda U \phi(X(v)), 0),
        \qquad Y(v) = \Lambda X(v)

    Parameters
    ----------
    splitting
        What is fast and what is slow.
    balance
        Shape (variables, N): how molecules of each species are counted in the reactions of the
        closed form; the slow variables' own rows unless given. It may differ from them by what the
        fast equations make zero.

    Returns
    -------
    The reduced network, started where the full one is.

    Raises
    ------
    ModelError
        If the fast equations have no, or no unique, non-negative and attracting solution along the
        network's own course.
    """
    network = splitting.network
    own = {name: row for name, row in splitting.variables.items() if name in network.species}
    chooser = PhysicalBranch(splitting)
    totals = [splitting.combination(row) - symbol(n) for n, row in splitting.totals.items()]
    slow = [
        splitting.combination(row) - symbol(name)
        for name, row in splitting.variables.items()
        if name not in own
    ]
    hidden = [s for s in network.symbols if s.name not in own]
    equations = [*totals, *splitting.conditions]
    branches = solve([*slow, *equations], hidden, chooser.typical)
    if not any(branch.remaining for branch in branches):
        return _closed(splitting, chooser.choose(branches), balance)
    others = [s for s in network.symbols if s.name not in splitting.pivots]
    branch = chooser.choose(solve(equations, others, chooser.typical))
    return tangent(splitting, branch, chooser.typical, {})


def _closed(splitting: Splitting, branch: Branch, balance: np.ndarray | None) -> ReducedNetwork:
    rows = np.array(list(splitting.variables.values())) if balance is None else balance
    names = list(splitting.variables)
    expressions = _everything(splitting.network, branch)
    reactions = rewritten(
        splitting.network, names, rows @ splitting.network.stoichiometry, expressions
    )
    if balance is not None:
        reactions = net_of_opposites(reactions, splitting.network.reactions)
    conditions = tuple(
        (symbol(name), splitting.combination(row))
        for name, row in splitting.variables.items()
        if name not in splitting.network.species
    )
    return _finished(splitting, names, reactions, expressions, conditions, {})


def tangent(
    splitting: Splitting,
    branch: Branch,
    typical: Mapping[sp.Symbol, float],
    coefficients: Mapping[str, float],
) -> ReducedNetwork:
    """The network of species that describe the manifold, each rate in its usual direction.

    Parameters
    ----------
    splitting
        What is fast and what is slow.
    branch
        The other species as functions of the pivots, and of what has no closed form.
    typical
        Every symbol with a value, which tells the direction of each rate.
    coefficients
        Values of parameters that the full network does not have.
    """
    network = splitting.network
    expressions = _everything(network, branch)
    rows = np.array(list(splitting.variables.values()))
    slow = [splitting.combination(row).xreplace(_by_symbol(expressions)) for row in rows]
    coordinates = [*map(symbol, splitting.pivots), *branch.remaining]
    equations = sp.Matrix([*slow, *branch.conditions])
    slopes = equations.jacobian(coordinates)
    fluxes = [flux.xreplace(_by_symbol(expressions)) for flux in network.fluxes]
    changes = sp.Matrix(rows @ network.stoichiometry) * sp.Matrix(fluxes)
    speeds = slopes.LUsolve(sp.Matrix([*changes, *[0] * len(branch.remaining)]))
    units = sp.eye(len(coordinates))
    direct = [i for i in range(len(slow)) if slopes.row(i) == units.row(i)]
    reactions = rewritten(
        network,
        [splitting.pivots[i] for i in direct],
        rows[direct] @ network.stoichiometry,
        expressions,
    )
    for i, speed in enumerate(map(tidy, speeds)):
        if i not in direct and speed != 0:
            direction = 1 if float(speed.subs(typical)) > 0 else -1
            reactions.append(change_reaction([coordinates[i].name], [direction], direction * speed))
    conditions = [
        (value, splitting.combination(row)) for value, row in zip(slow, rows, strict=True)
    ]
    conditions += [(condition, sp.S.Zero) for condition in branch.conditions]
    names = [coordinate.name for coordinate in coordinates]
    return _finished(splitting, names, reactions, expressions, tuple(conditions), coefficients)


def _finished(  # noqa: PLR0917
    splitting: Splitting,
    variables: Sequence[str],
    reactions: list[Reaction],
    expressions: dict[str, sp.Expr],
    conditions: tuple[tuple[sp.Expr, sp.Expr], ...],
    coefficients: Mapping[str, float],
) -> ReducedNetwork:
    """The reduced network with the parameters that it needs, at the full network's state."""
    full = splitting.network
    used = [reaction.law.expression for reaction in reactions] + list(expressions.values())
    used += [left for left, _ in conditions]
    names = {s.name for s in set().union(*(e.free_symbols for e in used))} | set(variables)
    rows = {**splitting.totals, **splitting.variables}
    reduced = ReducedNetwork(
        full=full,
        network=Network(
            reactions,
            {name: value for name, value in full.parameters.items() if name in names}
            | dict(coefficients)
            | {name: 0.0 for name in splitting.totals if name in names},
            dict.fromkeys(variables, 0.0),
            full.volume,
        ),
        expressions=expressions,
        fast=tuple(name for name in full.species if name not in splitting.pivots),
        combinations={
            name: {s: int(n) for s, n in zip(full.species, row, strict=True) if n}
            for name, row in rows.items()
            if name in names - set(full.species)
        },
        conditions=conditions,
    )
    return reduced.starting(full.initial)


def _everything(network: Network, branch: Branch) -> dict[str, sp.Expr]:
    return {s.name: branch.expressions.get(s, s) for s in network.symbols}


def _by_symbol(expressions: dict[str, sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
    return {symbol(name): value for name, value in expressions.items()}
