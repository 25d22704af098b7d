"""Closures: central moments beyond the second, expressed in the covariance."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp


class Closure(ABC):
    """How a central moment of order three or more is written in lower ones."""

    @abstractmethod
    def central_moment(self, indices: Sequence[int], covariance: np.ndarray) -> sp.Expr:
        """E[prod_k delta_indices[k]], where delta = n - <n> and `indices` may repeat.

        `covariance` holds symbols, shape (species, species).
        """


@dataclass(frozen=True)
class NormalClosure(Closure):
    r"""Central moments of a normal distribution: odd ones vanish, even ones are sums over pairings.

    .. math:: E[\delta_1 \cdots \delta_{2m}] = \sum_{pairings} \prod C_{ij}

    Isserlis 1918; as a closure Whittle 1957.

    Examples
    --------
    >>> NormalClosure().central_moment([0, 0, 0, 0], np.array([[sp.Symbol("v")]]))
    3*v**2
    """

    def central_moment(self, indices: Sequence[int], covariance: np.ndarray) -> sp.Expr:
        if not indices:
            return sp.S.One
        if len(indices) % 2:
            return sp.S.Zero
        first, *rest = indices
        return sp.expand(
            sum(
                covariance[first, other] * self.central_moment(rest[:k] + rest[k + 1 :], covariance)
                for k, other in enumerate(rest)
            )
        )
