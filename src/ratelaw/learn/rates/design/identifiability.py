"""Which rates moments and distributions can determine at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError, SolverError
from ratelaw.learn.rates.design.slopes import Slopes
from ratelaw.learn.rates.design.words import (
    factors_in_words,
    product_in_words,
    roughness,
    sum_in_words,
)
from ratelaw.learn.rates.rate_problem import own_constants, with_free_constants
from ratelaw.learn.rates.undetermined import null_directions, singular_values
from ratelaw.network import Network

NAMES = ("averages", "averages and covariances", "moments up to order three", "distribution")


@dataclass(frozen=True, eq=False)
class Determined:
    """What one kind of data determines of M rates.

    Attributes
    ----------
    name
        The data.
    constants
        Where it was asked, shape (M,).
    singular_values
        Of the slopes of the data by the constants, each scaled to length 1; shape (M,), falling.
    directions
        Changes of the constants that leave the data as they are, one a row, shape (M - rank, M).
    relative_directions
        The same as changes of the logarithms of the constants.
    """

    name: str
    constants: np.ndarray
    singular_values: np.ndarray
    directions: np.ndarray
    relative_directions: np.ndarray

    @property
    def rank(self) -> int:
        """How many combinations of the constants they determine."""
        return len(self.constants) - len(self.directions)

    @property
    def trades(self) -> tuple[str, ...]:
        """Each undetermined direction in words: factors of the rates, or sums, the rounder."""
        if self._by_factors:
            return tuple(map(factors_in_words, self.relative_directions))
        return tuple(map(sum_in_words, self.directions, self.directions / self.constants))

    @property
    def combinations(self) -> tuple[str, ...]:
        """What is determined: products of powers, or sums, of the constants, the simpler."""
        if not len(self.directions):
            return tuple(f"k{j}" for j in range(1, len(self.constants) + 1))
        if self._by_factors:
            return tuple(map(product_in_words, null_directions(self.relative_directions)))
        sums = null_directions(self.directions)
        return tuple(map(sum_in_words, sums, sums * self.constants))

    @property
    def _by_factors(self) -> bool:
        sums = roughness(self.directions, self.directions / self.constants)
        return roughness(self.relative_directions) < sums


@dataclass(frozen=True, eq=False)
class Identifiability:
    """What data of each kind determine of the rates of candidates, locally.

    Attributes
    ----------
    candidates
        The network; constant j is called kj, from k1.
    levels
        For averages, averages and covariances, moments up to order three, and the distribution.
    left_out
        Why the distribution is not there; None if it is.

    Examples
    --------
    >>> from ratelaw import zoo
    >>> print(identifiability(zoo.birth_death(), [1.0, 2.0])["averages"].rank)
    2
    """

    candidates: Network
    levels: tuple[Determined, ...]
    left_out: str | None = None

    def __getitem__(self, name: str) -> Determined:
        return {level.name: level for level in self.levels}[name]

    def __str__(self) -> str:
        count = len(self.candidates.reactions)
        lines = [f"k{j}  {reaction}" for j, reaction in enumerate(self.candidates.reactions, 1)]
        for level in self.levels:
            lines.append(
                f"{level.name}: {level.rank} of {count} rates, least singular value "
                f"{level.singular_values[-1]:.2g}"
            )
            if level.rank < count:
                lines += [f"    cannot see  {trade}" for trade in level.trades]
                lines += [f"    determine   {', '.join(level.combinations) or 'nothing'}"]
        if self.left_out:
            lines.append(f"distribution: left out, as {self.left_out}")
        return "\n".join(lines)


def identifiability(
    candidates: Network,
    times: ArrayLike,
    *,
    initial: Mapping[str, float] | Sequence[Mapping[str, float]] | None = None,
    observed: Sequence[str] | None = None,
    rates: ArrayLike | None = None,
    tolerance: float = 1e-5,
) -> Identifiability:
    r"""Which combinations of rates moments and distributions determine, without any noise.

    .. math:: S = \frac{\partial\, data(t; k)}{\partial k}

    Rates are determined locally if S has full rank; its null space holds the changes of the rates
    that the data do not show.

    Parameters
    ----------
    candidates
        A network of mass-action reactions.
    times
        Shape (T,), above 0; ``np.inf`` is the steady state.
    initial
        The state, or states, in which the cells begin; that of the candidates unless told.
    observed
        Names of the species that are seen; all unless told.
    rates
        Constants above 0, shape (M,), at which it is asked, or several points, shape (points, M),
        of which the one with the highest rank counts; those of the candidates unless told.
    tolerance
        Singular values below this part of the largest count as 0. A larger one tells what is
        determined badly, such as 0.01: what takes 10^4 times the cells.

    Returns
    -------
    The rank, singular values and undetermined directions for each kind of data. Moments are exact:
    from their own equations if each reaction consumes at most one molecule, else from the
    distribution.

    Raises
    ------
    DataError
        If a time or a rate is not above 0, a reaction is there twice, or an observed species is
        none of the network's.
    UnsupportedError
        If a candidate is not mass action, or no steady state exists.
    SolverError
        If moments need the distribution, and its states are too many.

    Notes
    -----
    Rothenberg 1971; Munsky, Trinh and Khammash 2009 (what variances add).

    Examples
    --------
    >>> from ratelaw import zoo
    >>> found = identifiability(zoo.birth_death(), [np.inf])
    >>> found["distribution"].trades, found["distribution"].combinations
    (('k1 x s, k2 x s',), ('k1/k2',))
    """
    network = with_free_constants(candidates)
    when = np.unique(np.atleast_1d(np.asarray(times, dtype=float)))
    if not (when.size and (when > 0).all()):
        raise DataError("identifiability: give times above 0; np.inf is the steady state")
    points = _points(network, own_constants(candidates) if rates is None else rates)
    seen = tuple(network.species if observed is None else observed)
    if not seen or not set(seen) <= set(network.species):
        raise DataError(f"observed {', '.join(seen)}: there are {', '.join(network.species)}")
    states = [initial] if isinstance(initial, Mapping) else initial or [network.initial]
    runs = [[Slopes(_at(network, k, state), when, seen) for state in states] for k in points]
    designs, left_out = [_of_moments(run) for run in runs], None
    try:
        for found, run in zip(designs, runs, strict=True):
            found.append(_of_distribution(run))
    except SolverError as error:
        left_out = str(error)
    levels = []
    for name, choice in zip(NAMES, zip(*designs, strict=left_out is None), strict=False):
        each = [_determined(name, k, S, tolerance) for k, S in zip(points, choice, strict=True)]
        levels.append(max(each, key=lambda level: level.rank))
    return Identifiability(network, tuple(levels), left_out)


def _points(network: Network, rates: ArrayLike) -> np.ndarray:
    points = np.atleast_2d(np.asarray(rates, dtype=float))
    if points.shape[1] != len(network.parameters):
        raise DataError(f"rates of shape {points.shape}: give {len(network.parameters)}")
    for row, j in np.argwhere(~((points > 0) & np.isfinite(points)))[:1]:
        raise DataError(
            f"reaction '{network.reactions[j]}' has the rate {points[row, j]:g}: it is asked at "
            f"rates above 0; give some"
        )
    return points


def _at(network: Network, constants: np.ndarray, initial: Mapping[str, float]) -> Network:
    values = dict(zip(network.parameters, constants.tolist(), strict=True))
    return network.replace(parameters=values, initial=initial)


def _of_moments(runs: Sequence[Slopes]) -> list[np.ndarray]:
    sizes = np.array([len(term) for term in runs[0].terms])
    slopes = np.concatenate([run.moments for run in runs])
    return [np.concatenate(slopes[:, sizes <= order]) for order in (1, 2, 3)]


def _of_distribution(runs: Sequence[Slopes]) -> np.ndarray:
    return np.concatenate([score for run in runs for score in run.scores])


def _determined(name: str, constants: np.ndarray, S: np.ndarray, tolerance: float) -> Determined:
    return Determined(
        name,
        constants,
        singular_values(S),
        null_directions(S, tolerance),
        null_directions(S * constants, tolerance),
    )
