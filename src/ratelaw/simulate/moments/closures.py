"""Closures: central moments beyond an order, expressed in those up to it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import sympy as sp

Term = tuple[int, ...]
"""Species of a central moment, in order: (0, 0, 1) is E[delta_0^2 delta_1]."""


class Closure(ABC):
    """How a central moment beyond an order is written in lower ones."""

    @abstractmethod
    def central_moment(self, term: Term, known: Mapping[Term, sp.Expr]) -> sp.Expr:
        """E[prod_k delta_term[k]], where delta = n - <n> and species may repeat.

        `known` holds the central moments of order two up to that of the equations, each under its
        species in order.
        """


@dataclass(frozen=True)
class NormalClosure(Closure):
    r"""Cumulants beyond the known ones vanish: by averages and covariances, a normal distribution.

    .. math:: E[\delta_1 \cdots \delta_n] = \sum_{partitions} \prod_{blocks} \kappa_{block}

    With covariances alone the sum is over pairings, and odd moments vanish. Isserlis 1918; as a
    closure Whittle 1957.

    Examples
    --------
    >>> NormalClosure().central_moment((0, 0, 0, 0), {(0, 0): sp.Symbol("v")})
    3*v**2
    """

    def central_moment(self, term: Term, known: Mapping[Term, sp.Expr]) -> sp.Expr:
        highest = max(map(len, known), default=1)

        def moment(term: Term) -> sp.Expr:
            if not term:
                return sp.S.One
            if 1 < len(term) <= highest:
                return known[term]
            return products(term)

        def products(term: Term) -> sp.Expr:
            """The sum over partitions into more than one block."""
            blocks = [
                (0, *others)
                for size in range(1, min(highest, len(term) - 1))
                for others in combinations(range(1, len(term)), size)
            ]
            rests = [[k for k in range(len(term)) if k not in block] for block in blocks]
            return sp.Add(
                *(
                    cumulant(tuple(term[k] for k in block)) * moment(tuple(term[k] for k in rest))
                    for block, rest in zip(blocks, rests, strict=True)
                )
            )

        def cumulant(term: Term) -> sp.Expr:
            return known[term] - products(term)

        return sp.expand(products(term))
