"""What is fast and what is slow: conserved totals, slow variables, and the fast part of the motion.

Every derivation is a choice of these four things; `slow_manifold` does the rest.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.errors import ModelError
from ratelaw.network import Network, conservation_laws
from ratelaw.network.structure import left_null_space, semiflows


@dataclass(frozen=True)
class Splitting:
    r"""A network on its fast time scale, where L x and y stand still and x moves by f.

    .. math:: L x = \text{const}, \qquad y = \Lambda x, \qquad \dot x = f(x) = D \phi(x), \quad
        L D = \Lambda D = 0

    Attributes
    ----------
    network
        The full network, N species and R reactions.
    totals, variables
        Name to molecules of each species, shape (N,): the rows of L, conserved for ever, and of
        Lambda, slow.
    pivots
        One species for each slow variable, which can stand for it.
    moves
        D, shape (N, R): how each reaction moves the fast state.
    """

    network: Network
    totals: Mapping[str, np.ndarray]
    variables: Mapping[str, np.ndarray]
    pivots: tuple[str, ...]
    moves: np.ndarray

    @classmethod
    def of_totals(
        cls,
        network: Network,
        conserved: np.ndarray,
        slow: np.ndarray,
        *,
        allowed: np.ndarray,
        moves: np.ndarray,
    ) -> "Splitting":
        """With slow totals as variables; only the `allowed` species, shape (N,), can be pivots."""
        totals, variables = named_rows(network, conserved, slow)
        return cls(network, totals, variables, pivots_of(network, slow, allowed), moves)

    @property
    def conditions(self) -> list[sp.Expr]:
        """What f = 0 demands, with as few reactions in each equation as can be."""
        reduced, pivots = sp.Matrix(self.moves).applyfunc(sp.nsimplify).rref()
        return list((reduced * sp.Matrix(self.network.fluxes))[: len(pivots)])

    def combination(self, row: np.ndarray) -> sp.Expr:
        """A row of molecules as an expression in the species."""
        return sp.Add(*(int(n) * s for n, s in zip(row, self.network.symbols, strict=True) if n))


def fast_species(
    network: Network, named: Sequence[str], free: Sequence[str] = ()
) -> tuple[str, ...]:
    """The named species and those that conservation laws tie to them, in network order.

    A species in `free` stays slow although it is tied.

    Raises
    ------
    ModelError
        For an unknown name, no name at all, or if no species stays slow.
    """
    unknown = [name for name in (*named, *free) if name not in network.species]
    if unknown or not named:
        raise ModelError(
            f"{', '.join(unknown) or 'no fast species'} named; the network's species are "
            f"{', '.join(network.species)}"
        )
    slow = [i for i, name in enumerate(network.species) if name not in named]
    echelon = sp.Matrix(conservation_laws(network)[:, slow]).rref()[0].tolist()
    tied = {
        network.species[slow[row.index(1)]]
        for row in echelon
        if sum(1 for entry in row if entry) == 1 and network.stoichiometry[slow[row.index(1)]].any()
    }.difference(free)
    fast = tuple(name for name in network.species if name in named or name in tied)
    if len(fast) == len(network.species):
        following = f": {', '.join(sorted(tied))} follow by conservation" if tied else ""
        raise ModelError(f"every species would be fast{following}; leave one of them slow")
    return fast


def fast_laws(network: Network, fast: Sequence[str]) -> np.ndarray:
    """Conservation laws among the fast species alone, shape (laws, N).

    Raises
    ------
    ModelError
        If a total is 0 in the initial state: then its species are 0 for ever.
    """
    rows = [network.species.index(name) for name in fast]
    changes = network.stoichiometry[rows]
    laws = np.zeros((len(left_null_space(changes)), len(network.species)), dtype=int)
    laws[:, rows] = _independent(semiflows(changes), left_null_space(changes))
    _require_present(network, laws)
    return laws


def binding_reactions(network: Network, fast: Sequence[str]) -> list[int]:
    """Reactions that change the fast species independently: reversible ones first, as written."""
    rows = [network.species.index(name) for name in fast]
    chosen: list[int] = []
    for j in sorted(_changing(network, fast), key=lambda j: not _reverses(network, j)):
        if np.linalg.matrix_rank(network.stoichiometry[rows][:, [*chosen, j]]) > len(chosen):
            chosen.append(j)
    return chosen


def equilibria(network: Network, fast: Sequence[str]) -> tuple[str, ...]:
    """The reversible reactions that change one of the fast species, as text.

    Raises
    ------
    ModelError
        If there are none.

    Examples
    --------
    >>> equilibria(Network.parse("A <--> B, 1, 1"), ["B"])
    ('A --> B', 'B --> A')
    """
    changing = _changing(network, fast)
    found = tuple(str(network.reactions[j]) for j in changing if _reverses(network, j))
    if not found:
        raise ModelError(
            f"no reversible reaction changes {', '.join(fast)}: there is no equilibrium to be in"
        )
    return found


def kept_by(network: Network, reactions: Sequence[int]) -> np.ndarray:
    """Independent combinations that these reactions leave alone, shape (rows, N), simplest first.

    They are non-negative where non-negative ones are enough.
    """
    changes = network.stoichiometry[:, list(reactions)]
    return _independent(semiflows(changes), left_null_space(changes))


def holding(network: Network, fast: Sequence[str]) -> np.ndarray:
    """For each slow species the total of what is free and bound of it, shape (slow, N).

    The reactions that bind it leave the total alone. The species itself, where it is not bound or
    only together with another slow one.
    """
    is_slow = ~np.isin(network.species, fast)
    totals = kept_by(network, binding_reactions(network, fast))
    units = np.eye(len(network.species), dtype=int)[is_slow]
    return np.array(
        [next((t for t in totals if (t * is_slow == unit).all()), unit) for unit in units]
    )


def totals_kept_by(network: Network, reactions: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Totals of molecules that these reactions leave alone: conserved for ever, and slow.

    Raises
    ------
    ModelError
        If one is a difference, every one is conserved, or a conserved one is 0 in the initial
        state.
    """
    rows = kept_by(network, reactions)
    if (rows < 0).any():
        listed = ", ".join(f"'{network.reactions[j]}'" for j in reactions)
        raise ModelError(
            f"the fast reactions {listed} keep too few totals of molecules: one of them makes "
            f"molecules of nothing, or of themselves"
        )
    changed = (rows @ network.stoichiometry).any(axis=1)
    if not changed.any():
        raise ModelError("every slow total is conserved: nothing slow is left to simulate")
    _require_present(network, rows[~changed])
    return rows[~changed], rows[changed]


def pivots_of(network: Network, rows: np.ndarray, allowed: np.ndarray) -> tuple[str, ...]:
    """One allowed species for each row, the earliest, that together determine the rows.

    Raises
    ------
    ModelError
        If no choice does.
    """
    if np.linalg.matrix_rank(rows[:, allowed]) < len(rows):
        raise ModelError(
            "the slow species alone do not determine the slow totals: name fewer fast species"
        )

    def completed(chosen: list[int]) -> Iterator[list[int]]:
        if len(chosen) == len(rows):
            yield chosen
            return
        for i in np.flatnonzero(allowed & (rows[len(chosen)] != 0)).tolist():
            if np.linalg.matrix_rank(rows[:, [*chosen, i]]) > len(chosen):
                yield from completed([*chosen, i])

    return tuple(network.species[i] for i in next(completed([])))


def named_rows(network: Network, *groups: Iterable[np.ndarray]) -> list[dict[str, np.ndarray]]:
    """A name for each row of each group: the species itself, or X_total where X is part of it."""
    taken = {*network.species, *network.parameters}
    named: list[dict[str, np.ndarray]] = []
    for rows in groups:
        named.append({})
        for row in rows:
            members = _support(network, row)
            if len(members) == 1 and row.sum() == 1:
                named[-1][members[0]] = row
                continue
            names = [f"{name}_total" for name in members]
            names += ["_".join(members) + "_total" + "_" * i for i in range(len(taken))]
            name = next(name for name in names if name not in taken)
            taken.add(name)
            named[-1][name] = row
    return named


def reversible_reactions(network: Network, named: Sequence[str]) -> list[int]:
    """Positions of reactions given as text, ``"S + E <--> C"``, both directions.

    Raises
    ------
    ModelError
        For a reaction that the network does not have, or not in both directions.
    """
    positions: set[int] = set()
    for text in named:
        if "-->" not in text:
            raise ModelError(f"{text!r} is not a reaction: write it as in 'S + E <--> C'")
        rates = ", 1, 1" if "<-->" in text else ", 1"
        for wanted in Network.parse(text + rates).reactions:
            found = [
                j
                for j, r in enumerate(network.reactions)
                if (r.reactants, r.products) == (wanted.reactants, wanted.products)
            ]
            if not found:
                raise ModelError(
                    f"the network has no reaction '{wanted}'; it has "
                    + ", ".join(f"'{reaction}'" for reaction in network.reactions)
                )
            back = _reverses(network, found[0])
            if not back:
                raise ModelError(
                    f"reaction '{wanted}' has no reverse, so it has no equilibrium: name "
                    f"reversible reactions only"
                )
            positions.update(found, back)
    return sorted(positions)


def _reverses(network: Network, j: int) -> list[int]:
    """The reactions that do the opposite of reaction j."""
    forward = network.reactions[j]
    return [i for i, reaction in enumerate(network.reactions) if reaction.reverses(forward)]


def _changing(network: Network, species: Sequence[str]) -> list[int]:
    """The reactions that change one of these species."""
    rows = [network.species.index(name) for name in species]
    return np.flatnonzero(network.stoichiometry[rows].any(axis=0)).tolist()


def _require_present(network: Network, laws: np.ndarray) -> None:
    for law in laws:
        if (law >= 0).all() and not law @ network.initial_counts:
            raise ModelError(
                f"the conserved total of {', '.join(_support(network, law))} is 0 in the initial "
                f"state, so they are 0 for ever: give one of them a positive initial count"
            )


def _support(network: Network, row: np.ndarray) -> list[str]:
    return [network.species[i] for i in np.flatnonzero(row)]


def _independent(preferred: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """As many independent rows as the basis has: the simplest preferred ones, else the basis."""
    chosen: list[np.ndarray] = []
    for row in sorted(preferred, key=lambda row: (np.count_nonzero(row), row.sum())):
        if np.linalg.matrix_rank([*chosen, row]) > len(chosen):
            chosen.append(row)
    rows = chosen if len(chosen) == len(basis) else list(basis)
    return np.array(rows, dtype=int).reshape(len(basis), basis.shape[1])
