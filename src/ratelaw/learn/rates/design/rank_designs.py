"""Which experiment to do next: designs by the information that they would add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ratelaw.arguments import expect_list, expect_number
from ratelaw.errors import DataError
from ratelaw.learn.rates.design.information import (
    information_per_cell,
    inverse,
    log_determinant,
    predicted_errors,
)
from ratelaw.learn.rates.rate_problem import own_constants, with_free_constants
from ratelaw.learn.rates.rates import Rates
from ratelaw.network import Network


@dataclass(frozen=True)
class Design:
    """Snapshots that could be taken: so many cells at each of some times.

    Attributes
    ----------
    times
        Above 0; at each other cells are measured.
    cells
        How many at each time.
    initial
        The state in which all begin; that of the network unless told.

    Raises
    ------
    DataError
        If there is no list of times, one is not above 0 and finite, or there are no cells.

    Examples
    --------
    >>> print(Design([1, 2.5], 300, {"A": 5}))
    300 cells at each of 1, 2.5 from A = 5
    """

    times: Sequence[float]
    cells: int
    initial: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        expect_list("times", self.times, "[1.0, 2.5]")
        expect_number("cells", self.cells, "300")
        if not len(self.times) or not all(0 < t < np.inf for t in self.times):
            raise DataError(f"times {list(self.times)}: give finite ones above 0")
        if not self.cells >= 1:
            raise DataError(f"{self.cells} cells: give at least one")

    def __str__(self) -> str:
        several = "each of " if len(self.times) > 1 else ""
        state = ", ".join(f"{name} = {n:g}" for name, n in (self.initial or {}).items())
        listed = ", ".join(f"{t:g}" for t in self.times)
        return f"{self.cells} cells at {several}{listed}" + (f" from {state}" if state else "")


@dataclass(frozen=True, eq=False)
class RankedDesigns:
    """Designs, the most informative first.

    Attributes
    ----------
    candidates
        The network; constant j is called kj, from k1.
    constants
        Where the information was computed, shape (M,).
    errors_now
        Standard errors of the constants before, shape (M,); infinite if undetermined.
    designs
        The N options, sorted.
    gains
        Growth of the logarithm of the information's determinant, shape (N,): infinite where it was
        singular before and is no more, NaN where it stays so.
    standard_errors
        Predicted with all that was there before, shape (N, M).
    exact
        Whether all information is that of the whole distribution; else that of averages and
        covariances was taken where the states are too many.

    Examples
    --------
    >>> decay = Network.parse("A --> 0, 0.5", initial={"A": 20})
    >>> print(rank_designs(decay, [Design([2], 100)], done=[Design([1], 100)]))
    k1 = 0.5  A --> 0
    gain   ± k1  design
          0.018  now
    0.92  0.011  100 cells at 2
    """

    candidates: Network
    constants: np.ndarray
    errors_now: np.ndarray
    designs: tuple[Design, ...]
    gains: np.ndarray
    standard_errors: np.ndarray
    exact: bool

    def __str__(self) -> str:
        names = [f"k{j}" for j in range(1, len(self.constants) + 1)]
        legend = [
            f"{name} = {k:.6g}  {reaction}"
            for name, k, reaction in zip(
                names, self.constants, self.candidates.reactions, strict=True
            )
        ]
        rows = [
            ["gain", *(f"± {name}" for name in names), "design"],
            ["", *(f"{error:.2g}" for error in self.errors_now), "now"],
        ]
        rows += [
            [f"{gain:.3g}", *(f"{error:.2g}" for error in errors), str(design)]
            for gain, errors, design in zip(
                self.gains, self.standard_errors, self.designs, strict=True
            )
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
        table = [
            "  ".join([*(f"{x:>{w}}" for x, w in zip(row, widths, strict=False)), row[-1]])
            for row in rows
        ]
        note = [] if self.exact else ["of averages and covariances where the states are too many"]
        return "\n".join([*legend, *table, *note])


def rank_designs(
    estimate: Rates | Network,
    options: Sequence[Design],
    *,
    done: Sequence[Design] = (),
) -> RankedDesigns:
    r"""Rank snapshots that could be taken by the information that they would add about the rates.

    .. math:: gain = \ln \det (I_0 + \sum_t N_t I(t)) - \ln \det I_0

    with the expected Fisher information I(t) of a cell at time t (D-optimal design).

    Parameters
    ----------
    estimate
        Rates, whose covariance says what is known already; or a network with its constants, of
        which nothing is known but what `done` tells.
    options
        The designs to be compared.
    done
        Designs that are certain: taken already, if a network is given, or taken in any case.

    Returns
    -------
    The options, best first, with the standard errors that they would give.

    Raises
    ------
    DataError
        If there are no options, a constant is not above 0, or a reaction is there twice.
    UnsupportedError
        If a reaction is not mass action.
    SolverError
        If the states are too many, and a reaction consumes more than one molecule.

    Notes
    -----
    Atkinson, Donev and Tobias 2007, chapter 10; for snapshots Fox and Munsky 2019. Information is
    computed at the estimate: it is as good as that.

    Examples
    --------
    >>> decay = Network.parse("A --> 0, 0.5", initial={"A": 20})
    >>> options = [Design([t], 100) for t in (1, 2, 3, 4, 6)]
    >>> rank_designs(decay, options).designs[0].times  # the best is at 1.59 / 0.5
    [3]
    """
    if not options:
        raise DataError("no designs to rank: give at least one")
    known = estimate.to_network() if isinstance(estimate, Rates) else estimate
    constants = own_constants(known)
    if not (constants > 0).all():
        raise DataError(f"constants {constants.tolist()}: information needs all above 0")
    free = with_free_constants(known)
    network = free.replace(parameters=dict(zip(free.parameters, constants.tolist(), strict=True)))
    before = np.zeros((constants.size, constants.size))
    if isinstance(estimate, Rates):
        before = inverse(estimate.covariance[np.ix_(estimate.present, estimate.present)])
    informations, exact = _informations(network, [*done, *options])
    before = before + sum(informations[: len(done)])
    after = [before + information for information in informations[len(done) :]]
    sizes = np.array([log_determinant(information) for information in after])
    order = np.argsort(-sizes, kind="stable")
    with np.errstate(invalid="ignore"):
        gains = sizes - log_determinant(before)
    return RankedDesigns(
        network,
        constants,
        predicted_errors(before),
        tuple(options[i] for i in order),
        gains[order],
        np.array([predicted_errors(after[i]) for i in order]),
        exact,
    )


def _informations(network: Network, designs: Sequence[Design]) -> tuple[list[np.ndarray], bool]:
    """Of each design; the cells of one initial state are followed once, through all times."""
    starts = [
        network if design.initial is None else network.replace(initial=design.initial)
        for design in designs
    ]
    per_cell: dict[tuple[Network, float], np.ndarray] = {}
    every = []
    for start in dict.fromkeys(starts):
        times = np.unique(
            np.concatenate([d.times for d, s in zip(designs, starts, strict=True) if s == start])
        )
        found, exact = information_per_cell(start, times.astype(float))
        every.append(exact)
        per_cell |= {(start, t): I for t, I in zip(times.tolist(), found, strict=True)}
    return [
        design.cells * np.sum([per_cell[start, t] for t in design.times], axis=0)
        for design, start in zip(designs, starts, strict=True)
    ], all(every)
