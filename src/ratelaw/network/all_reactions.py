"""Every reaction that some species could take part in."""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

from ratelaw.arguments import expect_list
from ratelaw.errors import DataError
from ratelaw.network.expression import symbol
from ratelaw.network.network import Network
from ratelaw.network.ratelaws import MassActionLaw
from ratelaw.network.reaction import Reaction


def all_reactions(species: Sequence[str], *, order: int = 1, products: int = 2) -> Network:
    r"""All mass-action reactions of some species, within limits, as candidates.

    .. math:: \nu \to \nu', \quad |\nu| \le order, \quad |\nu'| \le products, \quad \nu \ne \nu'

    Parameters
    ----------
    species
        Names.
    order
        Most molecules that a reaction consumes: 0, 1 or 2.
    products
        Most molecules that it produces.

    Returns
    -------
    A network with constants k1, k2, ..., all 1, and nothing there at time 0.

    Raises
    ------
    DataError
        If a name is there twice, the order is not 0, 1 or 2, or products is negative.

    Examples
    --------
    >>> print(*all_reactions(["A"], order=1, products=2).reactions, sep="; ")
    0 --> A; 0 --> 2 A; A --> 0; A --> 2 A
    """
    expect_list("species", species, "['A', 'B']")
    if len(set(species)) < len(species) or not species:
        raise DataError(f"species {', '.join(species) or 'none'}: give each name once")
    if order not in {0, 1, 2} or products < 0:
        raise DataError(f"order={order}, products={products}: orders are 0, 1 or 2, products >= 0")
    pairs = [
        (before, after)
        for before in complexes(species, order)
        for after in complexes(species, products)
        if before != after
    ]
    reactions = [
        Reaction(before, after, MassActionLaw(symbol(f"k{j}")))
        for j, (before, after) in enumerate(pairs, start=1)
    ]
    values = {f"k{j}": 1.0 for j in range(1, len(pairs) + 1)}
    return Network(reactions, values, dict.fromkeys(species, 0.0))


def complexes(species: Sequence[str], most: int) -> Iterator[dict[str, int]]:
    """Every way to pick at most so many molecules."""
    for size in range(most + 1):
        for chosen in combinations_with_replacement(species, size):
            yield {name: chosen.count(name) for name in species if name in chosen}
