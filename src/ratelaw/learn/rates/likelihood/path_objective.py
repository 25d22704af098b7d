"""The likelihood of paths that were watched without a gap, by what it depends on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.observed_paths import ObservedPaths
from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy


@dataclass(frozen=True, eq=False)
class PathStatistics:
    r"""What the likelihood of observed paths depends on.

    .. math:: \ln L(k) = \sum_p c_p \ln \sum_j s_{pj} k_j - \sum_j e_j k_j + a

    Propensities are k_j h_j(n). Jumps are alike, p, where the reactions that make this change
    share its chance alike.

    Attributes
    ----------
    shares
        s, shape (P, M): h_j before such a jump, divided by its sum over the reactions that make the
        same change; 0 for other reactions.
    jumps
        c, shape (P,): how many were alike.
    exposure
        e, shape (M,): the integral of h_j over all paths, molecules times time; 0 for reactions
        that change nothing.
    constant
        a: the logarithms of the sums.

    Notes
    -----
    Wilkinson, Stochastic Modelling for Systems Biology, 2018, Section 10.2.

    Examples
    --------
    >>> from ratelaw.network import Network
    >>> paths = ObservedPaths.of_rows([1, 1, 1], [0, 0.5, 2], [[3], [2], [1]], ["A"], ends=5)
    >>> statistics = statistics_of(Network.parse("A --> 0, k1\nk1 = 1"), [paths])
    >>> statistics.jumps, statistics.exposure
    (array([2]), array([7.5]))
    """

    shares: np.ndarray
    jumps: np.ndarray
    exposure: np.ndarray
    constant: float


def statistics_of(network: Network, sets: Sequence[ObservedPaths]) -> PathStatistics:
    """The statistics of all paths together.

    Parameters
    ----------
    network
        Reactions of mass action with constants k1 to kM.
    sets
        Paths of its species.

    Raises
    ------
    DataError
        If the species differ, or a jump is none that a reaction could make: trajectory, time,
        change and state are named.
    """
    laws = [
        law.diff(symbol(name))
        for law, name in zip(network.propensities, network.parameters, strict=True)
    ]
    propensities = to_numpy(laws, network.symbols)
    changing = network.stoichiometry.any(axis=0)
    chances, exposure = [], np.zeros(len(laws))
    for paths in sets:
        counts = _counts(network, paths)
        h = propensities(counts.T.astype(float)).T
        exposure += changing * (paths.durations @ h)
        change = counts[paths.jumps + 1] - counts[paths.jumps]
        made = (change[:, :, None] == network.stoichiometry).all(axis=1)
        chances.append(np.where(made, h[paths.jumps], 0.0))
        _require_possible(network, paths, chances[-1], change)
    every = np.concatenate(chances)
    sums = every.sum(axis=1)
    shares, jumps = np.unique(every / sums[:, None], axis=0, return_counts=True)
    return PathStatistics(shares, jumps, exposure, float(np.log(sums).sum()))


@dataclass(frozen=True, eq=False)
class PathObjective:
    """The log-likelihood as a function of some of the constants: concave.

    Attributes
    ----------
    statistics
        Of the paths.
    fitted
        Shape (M,): which constants are theta.
    constants
        Shape (M,): the values of the others.
    """

    statistics: PathStatistics
    fitted: np.ndarray
    constants: np.ndarray

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood, and its gradient; minus infinity where a jump is impossible."""
        data, rates = self.statistics, self._rates(theta)
        if not (rates > 0).all():
            return -np.inf, np.zeros(theta.size)
        constants = self._all(theta)
        value = data.jumps @ np.log(rates) - data.exposure @ constants + data.constant
        gradient = (data.jumps / rates) @ data.shares - data.exposure
        return float(value), gradient[self.fitted]

    def information(self, theta: np.ndarray) -> np.ndarray:
        r"""Minus the second derivatives, :math:`\sum_p c_p s_p s_p^T / (s_p \cdot k)^2`."""
        data = self.statistics
        shares = data.shares[:, self.fitted]
        weights = data.jumps / self._rates(theta) ** 2
        return (shares.T * weights) @ shares

    def _all(self, theta: np.ndarray) -> np.ndarray:
        constants = self.constants.copy()
        constants[self.fitted] = theta
        return constants

    def _rates(self, theta: np.ndarray) -> np.ndarray:
        return self.statistics.shares @ self._all(theta)


def _counts(network: Network, paths: ObservedPaths) -> np.ndarray:
    if set(network.species) != set(paths.species):
        raise DataError(
            f"the paths hold {', '.join(paths.species)}, the network {', '.join(network.species)}"
        )
    return paths.rows.counts[:, [paths.species.index(name) for name in network.species]]


def _require_possible(
    network: Network, paths: ObservedPaths, chances: np.ndarray, change: np.ndarray
) -> None:
    for jump in np.flatnonzero(~chances.any(axis=1))[:1]:
        row = paths.jumps[jump]
        named = zip(network.species, change[jump], strict=True)
        moved = ", ".join(f"{name} {step:+d}" for name, step in named if step)
        before = zip(paths.species, paths.rows.counts[row], strict=True)
        state = ", ".join(f"{name} = {count}" for name, count in before)
        raise DataError(
            f"trajectory {paths.rows.trajectory[row]} jumps by {moved} at time "
            f"{paths.rows.times[row + 1]:g}, from {state}: no candidate makes this change there; "
            f"add one that does, or see whether jumps were missed"
        )
