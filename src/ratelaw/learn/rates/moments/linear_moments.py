"""Cumulants of linear networks: equations that are linear in them, a matrix a rate constant."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

import numpy as np
import sympy as sp

from ratelaw.learn.rates.rates import constant_symbols
from ratelaw.network import Network
from ratelaw.simulate.results import moment_terms

Term = tuple[int, ...]


def is_linear(network: Network) -> bool:
    """Whether each reaction consumes at most one molecule.

    Examples
    --------
    >>> is_linear(Network.parse("A + B --> C, 1")), is_linear(Network.parse("A --> B + C, 1"))
    (False, True)
    """
    return int(network.orders.sum(axis=0).max(initial=0)) <= 1


def generators(network: Network, order: int) -> np.ndarray:
    r"""The matrices of the equations of cumulants up to an order.

    .. math:: \dot z = \sum_j k_j G_j z, \quad z = (\kappa, 1), \qquad
        \dot \kappa_\alpha = \sum_j k_j \sum_{0 \ne \beta \subseteq \alpha} U_j^\beta\,
        \kappa_{\alpha - \beta + l_j}

    for a reaction of species l; a source adds :math:`k_j V U_j^\alpha`. Up to the third order
    cumulants are the averages and the central moments.

    Parameters
    ----------
    network
        Of mass action with free constants k1, k2, ..., at most one molecule consumed by each; their
        values and the initial state do not matter.
    order
        Of the highest cumulants.

    Returns
    -------
    Shape (M, Q + 1, Q + 1), cumulants in the order of `moment_terms`.

    Examples
    --------
    >>> from ratelaw.learn.rates.rate_problem import with_free_constants
    >>> from ratelaw.network import zoo
    >>> generators(with_free_constants(zoo.birth_death()), 1)[1]
    array([[-1.,  0.],
           [ 0.,  0.]])
    """
    bare = network.replace(
        parameters=dict.fromkeys(network.parameters, 1.0),
        initial=dict.fromkeys(network.species, 0.0),
    )
    return _generators(bare, order)


@lru_cache(maxsize=16)
def _generators(network: Network, order: int) -> np.ndarray:
    terms = moment_terms(len(network.species), order)
    place = {term: row for row, term in enumerate(terms)}
    parts = np.zeros((len(network.reactions), len(terms) + 1, len(terms) + 1))
    constants = constant_symbols(len(network.reactions))
    for part, propensity, constant, change in zip(
        parts, network.propensities, constants, network.stoichiometry.T.tolist(), strict=True
    ):
        law = sp.Poly(sp.diff(propensity, constant), *network.symbols)
        for powers, factor in law.terms():
            consumed = tuple(np.flatnonzero(powers).tolist())
            for row, term in enumerate(terms):
                for taken, rest in _splits(term):
                    weight = float(factor) * float(np.prod([change[i] for i in taken]))
                    if consumed:
                        part[row, place[tuple(sorted((*rest, *consumed)))]] += weight
                    elif not rest:
                        part[row, -1] += weight
    return parts


def _splits(term: Term) -> Iterator[tuple[Term, Term]]:
    """All ways to take at least one factor of a product out of it, and what is left."""
    for count in range(1, len(term) + 1):
        for taken in combinations(range(len(term)), count):
            rest = tuple(term[i] for i in range(len(term)) if i not in taken)
            yield tuple(term[i] for i in taken), rest


def fourth_moments(cumulants: dict[Term, np.ndarray]) -> dict[Term, np.ndarray]:
    r"""Central moments of order four, from cumulants up to it.

    .. math:: \mu_{ijkl} = \kappa_{ijkl} + \kappa_{ij} \kappa_{kl} + \kappa_{ik} \kappa_{jl}
        + \kappa_{il} \kappa_{jk}

    Examples
    --------
    >>> fourth_moments({(0, 0): np.array(2.0), (0, 0, 0, 0): np.array(2.0)})  # Poisson of mean 2
    {(0, 0, 0, 0): np.float64(14.0)}
    """
    pairs = ((0, 1, 2, 3), (0, 2, 1, 3), (0, 3, 1, 2))
    return {
        term: value
        + sum(cumulants[term[a], term[b]] * cumulants[term[c], term[d]] for a, b, c, d in pairs)
        for term, value in cumulants.items()
        if len(term) == len(pairs[0])
    }
