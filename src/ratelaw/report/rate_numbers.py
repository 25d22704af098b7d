"""What estimated rates predict of the cells that were measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.learn import MaximumLikelihood, Snapshots
from ratelaw.learn.rates.likelihood.snapshot_likelihood import SnapshotLikelihood, states_of
from ratelaw.network import Network
from ratelaw.report.figures import Course
from ratelaw.simulate import Moments, simulate
from ratelaw.simulate.results import moment_labels, stack_moments

if TYPE_CHECKING:
    import xarray as xr

DRAWS, SEED = 500, 0
"""Samples of the prediction that say how far a sample of that size is from it."""
FINE = 201
"""Times of a curve."""


@dataclass(frozen=True, eq=False)
class Frequencies:
    """How often each count of a species was seen at one time, and how often it was to be seen.

    Attributes
    ----------
    species, time, cells
        Of what, when, and in how many cells.
    counts
        Shape (n,), whole numbers one after the other.
    seen, predicted
        Shape (n,), parts of the cells; what is predicted beyond the counts is missing.
    """

    species: str
    time: float
    cells: int
    counts: np.ndarray
    seen: np.ndarray
    predicted: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """Standard errors of what would be seen, shape (n,)."""
        return np.sqrt(self.predicted * (1 - self.predicted) / self.cells)

    @property
    def distance(self) -> float:
        """Total variation distance of what was seen from what was predicted."""
        return _distance(self.seen, self.predicted)

    @cached_property
    def of_sampling(self) -> np.ndarray:
        """The distances of as many cells drawn from the prediction itself, shape (draws,)."""
        beyond = max(1 - self.predicted.sum(), 0.0)
        chances = np.append(self.predicted, beyond)
        generator = np.random.default_rng(SEED)
        drawn = generator.multinomial(self.cells, chances / chances.sum(), size=DRAWS)
        return np.array([_distance(row[:-1] / self.cells, self.predicted) for row in drawn])


def _distance(seen: np.ndarray, predicted: np.ndarray) -> float:
    missing = abs(seen.sum() - predicted.sum())
    return 0.5 * float(np.abs(seen - predicted).sum() + missing)


def frequencies(network: Network, data: Snapshots) -> list[Frequencies]:
    r"""Of every time and species, by the master equation and the model of measurement.

    .. math:: P(y_i) = \frac{\sum_n s(n)\, M(y_i \mid n_i)\, p_n(t)}{\sum_n s(n)\, p_n(t)}

    Parameters
    ----------
    network
        With the estimated rates.
    data
        The cells; s is 0 where they are not seen.

    Returns
    -------
    All species of the first time, then of the next.
    """
    own = network.replace(initial=data.initial)
    states = states_of(own, data, MaximumLikelihood().tolerance)
    likelihood = SnapshotLikelihood(own, data, [], states)
    probability = likelihood.projection(np.empty(0)).probability * likelihood.seen
    found = []
    for t, (rows, cells, p) in enumerate(zip(data.observed, data.cells, probability, strict=True)):
        for i, name in enumerate(data.species):
            held = likelihood.projection.counts[:, [network.species.index(name)]]
            column = rows[:, i]
            lowest = min(0, int(np.floor(column.min())))
            highest = int(np.ceil(max(column.max(), _quantile(held[:, 0], p))))
            counts = np.arange(lowest, highest + 1)
            edges = np.append(counts, highest + 1) - 0.5
            found.append(
                Frequencies(
                    name,
                    float(data.times[t]),
                    int(cells.sum()),
                    counts,
                    np.histogram(column, edges, weights=cells)[0] / cells.sum(),
                    data.measurement.chances(counts[:, None], held) @ p / p.sum(),
                )
            )
    return found


def _quantile(held: np.ndarray, weights: np.ndarray) -> int:
    """The count that one cell in a thousand exceeds."""
    tail = np.cumsum(np.bincount(held, weights)) / weights.sum()
    return int(np.searchsorted(tail, 0.999))


def courses(network: Network, data: "xr.Dataset") -> dict[str, Course]:
    """Averages and covariances of the data with their errors, and those that the network gives.

    Empty where the data do not begin with a known state at time 0, which alone a network can start
    from.
    """
    species = [str(name) for name in data["species"].values]
    labels = moment_labels(species)
    times = data["time"].values
    own = data["moment_covariance"].sel(moment=labels, moment_=labels).values
    errors = np.sqrt(np.einsum("tktk->tk", own))
    if times[0] != 0 or errors[0].any():
        return {}
    start = dict(zip(species, data["average"].values[0].tolist(), strict=True))
    at = network.replace(initial=start)
    fine = np.union1d(np.linspace(0, times[-1], FINE), times)
    result = simulate(at, Moments(), fine).sel(species=species, species_=species)
    sampled = stack_moments(data["average"].values, data["covariance"].values)
    curve = stack_moments(result["average"].values, result["covariance"].values)
    learned = curve[np.searchsorted(fine, times)]
    return {
        label: Course(times, sampled[:, k], errors[:, k], learned[:, k], fine, curve[:, k])
        for k, label in enumerate(labels)
    }


def chosen_times(times: Sequence[float], most: int) -> list[float]:
    """At most so many, spread from the first to the last."""
    places = np.unique(np.linspace(0, len(times) - 1, min(most, len(times))).round().astype(int))
    return [times[i] for i in places]
