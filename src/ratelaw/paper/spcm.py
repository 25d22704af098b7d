"""Example one: from a million stochastic trajectories to reactions, rates and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.learn import (
    Fit,
    MomentCoefficients,
    ODENet,
    PolynomialLibrary,
    Rates,
    candidates,
    fit_rates,
)
from ratelaw.network import Network, zoo
from ratelaw.paper.record import Steps
from ratelaw.simulate import (
    Direct,
    MasterEquation,
    Moments,
    RecordHistogram,
    RecordMoments,
    RecordPaths,
    marginal,
    simulate,
    total_variation,
)

if TYPE_CHECKING:
    import xarray as xr

TIMES = np.linspace(0.0, 20.0, 21)
"""Weeks at which the moments are recorded."""
FINE_TIMES = np.linspace(0.0, 20.0, 401)
SNAPSHOTS = (1.0, 5.0, 10.0, 20.0)
"""Weeks of the joint distributions (Yang 2020, Fig. 3)."""
PATHS = 10

CANDIDATES = """
    A --> 2 A,    1
    A --> 2 B,    1
    A --> A + B,  1
    B --> 0,      1
    A --> 0,      1
    A --> B,      1
"""
"""The paper's six candidates; the constants are what is estimated."""


@dataclass(frozen=True)
class Reproduction:
    """Everything that came out of one run.

    Attributes
    ----------
    truth
        The network that the trajectories were drawn from.
    cells, paths
        The ensemble at `TIMES`, and its first trajectories on a fine grid.
    fit
        Equations of the means.
    complete, joint, papers_way
        Rates from the full candidate set, and from the paper's six in both ways.
    learned, exact
        Moments and probabilities of the learned network.
    seconds
        Step to wall-clock time.
    """

    truth: Network
    cells: "xr.Dataset"
    paths: "xr.Dataset"
    fit: Fit
    complete: Rates
    joint: Rates
    papers_way: Rates
    learned: "xr.Dataset"
    exact: "xr.Dataset"
    seconds: Mapping[str, float]

    @property
    def trajectories(self) -> int:
        """How many trajectories were drawn."""
        return int(self.cells.attrs["trajectories"])

    @property
    def seed(self) -> int:
        """What they were drawn from."""
        return int(self.cells.attrs["seed"])

    @cached_property
    def sampled_joint(self) -> "xr.DataArray":
        """p(n_A, n_B) of the trajectories, by snapshot."""
        return marginal(self.cells, "A", "B")

    @cached_property
    def exact_joint(self) -> "xr.DataArray":
        """p(n_A, n_B) of the learned network, by snapshot."""
        return marginal(self.exact, "A", "B")

    @cached_property
    def distances(self) -> "xr.DataArray":
        """Total variation distance of the two, by snapshot."""
        return total_variation(self.sampled_joint, self.exact_joint)

    @cached_property
    def sampling_distances(self) -> np.ndarray:
        """The distance to expect from sampling alone, were the learned network the truth."""
        return expected_sampling_distance(self.exact_joint.values, self.trajectories)


def reproduce(
    trajectories: int = 1_000_000,
    seed: int = 1,
    progress: Callable[[str], None] = lambda _step: None,
) -> Reproduction:
    """Run the paper's first example from trajectories to the master equation of what was learned.

    Parameters
    ----------
    trajectories, seed
        Of Gillespie's direct method.
    progress
        Is told the name of each step as it begins.

    Returns
    -------
    All results.

    Raises
    ------
    DataError
        If there are too few trajectories to learn from.

    Notes
    -----
    Yang 2020, Section III.A.
    """
    step = Steps(progress)
    truth = zoo.spcm()
    record = (RecordMoments(), RecordHistogram(times=SNAPSHOTS), RecordPaths(PATHS))
    with step(f"simulate {trajectories:,} trajectories"):
        cells = simulate(
            truth, Direct(), TIMES, trajectories=trajectories, seed=seed, record=record
        )
        paths = simulate(
            truth, Direct(), FINE_TIMES, trajectories=PATHS, seed=seed, record=[RecordPaths(PATHS)]
        )
    with step("learn the equations of the means"):
        fit = ODENet(PolynomialLibrary(degree=2)).fit(cells)
    with step("fit all compatible reactions"):
        complete = fit_rates(candidates(fit), cells)
    six = Network.parse(CANDIDATES)
    with step("fit the paper's six, jointly"):
        joint = fit_rates(six, cells)
    with step("fit the paper's six, the paper's way"):
        papers_way = fit_rates(six, cells, MomentCoefficients())
    with step("solve the learned master equation"):
        network = joint.to_network()
        exact = simulate(network, MasterEquation(), SNAPSHOTS)
        learned = simulate(network, Moments(order=2), FINE_TIMES)
    return Reproduction(
        truth, cells, paths, fit, complete, joint, papers_way, learned, exact, step.seconds
    )


def table_one(rates: Rates) -> dict[str, tuple[float, float]]:
    """The rates of Table I with their standard errors; both are 0 for an absent reaction."""
    k = {str(r): f"k{j}" for j, r in enumerate(rates.candidates.reactions, start=1)}
    lam = f"({k['A --> 2 A']} + {k['A --> 2 B']} + {k['A --> A + B']})"
    return rates.derive(
        {
            "r1": f"{k['A --> 2 A']} / {lam}",
            "r2": f"{k['A --> 2 B']} / {lam}",
            "lam": lam,
            "gamma": k["B --> 0"],
            "k1": k["A --> 0"],
            "k2": k["A --> B"],
        }
    )


def expected_sampling_distance(probability: np.ndarray, trajectories: int) -> np.ndarray:
    r"""Total variation distance that sampling alone puts between p and a histogram of it.

    .. math:: E\,d = \frac{1}{2n} \sum_i E|X_i - n p_i|, \qquad
        E|X - n p| = 2 m (1 - p) P(X = m), \quad m = \lfloor n p \rfloor + 1

    Parameters
    ----------
    probability
        Shape (snapshot, ...).
    trajectories
        n; each cell's count X_i is binomial.

    Returns
    -------
    Shape (snapshot,).

    Notes
    -----
    De Moivre 1730; Diaconis and Zabell 1991, Eq. (1.1).

    Examples
    --------
    >>> expected_sampling_distance(np.array([[0.5, 0.5]]), 1)
    array([0.5])
    """
    from scipy.stats import binom

    p = probability.reshape(len(probability), -1)
    m = np.floor(trajectories * p) + 1
    deviation = 2 * m * (1 - p) * binom.pmf(m, trajectories, p)
    return deviation.sum(axis=1) / (2 * trajectories)
