"""Moments of the copy numbers and their sampling covariance."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations, combinations_with_replacement

import numpy as np

from ratelaw.arguments import expect_whole
from ratelaw.simulate.recorders.recorder import (
    Accumulator,
    Batch,
    Layout,
    Recorded,
    Recorder,
)
from ratelaw.simulate.recorders.sums import Sums
from ratelaw.simulate.results import moment_labels, moment_terms

MOST_MOMENTS = 1024
"""Moments times recording times up to which their sampling covariance is kept unless asked."""
CROSSED = 256
"""Columns times recording times up to which one product over all times beats one a time."""


@dataclass(frozen=True)
class RecordMoments(Recorder):
    r"""Averages, covariances and higher central moments, and how far sampling may have moved them.

    .. math:: \mu_{ij \dots} = \langle (n_i - \langle n_i \rangle)
        (n_j - \langle n_j \rangle) \dots \rangle

    of n trajectories: covariances and third moments unbiased, higher ones as they are in the
    sample. The covariance of all of them over all times follows by the delta method from the
    streamed sums :math:`\sum x x^T` of the products x = (n_i, n_i n_j, ...).

    Parameters
    ----------
    order
        Of the highest moments: 1 averages, 2 covariances too, from 3 on ``central_moments`` too.
    sampling_covariance
        Whether to record ``moment_covariance``; unless told, where moments times recording times
        do not exceed `MOST_MOMENTS`. Its memory is the square of that number, times 8 bytes.

    Raises
    ------
    DataError
        If the order is not a whole number >= 1.

    Examples
    --------
    >>> from ratelaw import Direct, simulate, zoo
    >>> cells = simulate(zoo.spcm(), Direct(), [0, 5], trajectories=100, seed=1)
    >>> cells["moment_covariance"].shape
    (2, 5, 2, 5)
    """

    order: int = 2
    sampling_covariance: bool | None = None

    def __post_init__(self) -> None:
        expect_whole("order of RecordMoments", self.order, 1)

    @property
    def records(self) -> str:
        return "moments"

    def start(self, layout: Layout, pilot: np.ndarray) -> Accumulator:
        names = layout.network.species
        size = len(layout.times) * len(moment_labels(names, self.order))
        full = self.sampling_covariance
        if full is None:
            full = size <= MOST_MOMENTS
        centre = np.rint(pilot[:, :, : len(names)].mean(axis=0))
        if self.order == 2 and not full:  # noqa: PLR2004
            return _CovarianceSums(centre)
        return _MomentSums(centre, names, self.order, crossed=full)


class _CountSums(Sums):
    """Of the copy numbers; `centre` has the shape (time, species)."""

    def __init__(self, centre: np.ndarray) -> None:
        super().__init__(centre)
        self.room: dict[tuple[int, ...], np.ndarray] = {}

    def shifted(self, batch: Batch) -> np.ndarray:
        """Counts from the centre, shape (time, species, trajectory)."""
        times, species = self.centre.shape
        counts = self.array(times, species, len(batch.paths))
        paths = batch.paths[:, :, :species].transpose(1, 2, 0)
        return np.subtract(paths, self.centre[:, :, None], out=counts)

    def array(self, *shape: int) -> np.ndarray:
        """Room for numbers of one batch, the same again for the next: fresh memory costs time."""
        if shape not in self.room:
            self.room[shape] = np.empty(shape)
        return self.room[shape]


class _CovarianceSums(_CountSums):
    """With x = (n_i), and products at each time by itself."""

    def add(self, batch: Batch) -> None:
        counts = self.shifted(batch)
        times, species, size = counts.shape
        if times * species <= CROSSED:
            rows = counts.reshape(times * species, size)
            every = (rows @ rows.T).reshape(times, species, times, species)
            second = np.einsum("tith->tih", every).copy()
        else:
            second = counts @ counts.transpose(0, 2, 1)
        self.merge({"count": np.array(size), "first": counts.sum(axis=2), "second": second})

    def finish(self) -> Recorded:
        shift = self.first / self.count
        spread = self.second / self.count - shift[:, :, None] * shift[:, None, :]
        return Recorded(
            {
                "average": (["time", "species"], self.centre + shift),
                "covariance": (["time", "species", "species_"], spread * self.correction),
            },
            attributes=NOT_RECORDED,
        )


NOT_RECORDED = {
    "moment_covariance": f"not recorded: more than {MOST_MOMENTS} moments, or not asked"
}

Term = tuple[int, ...]
"""Species of a product of counts, in order: (0, 0, 1) is n_0^2 n_1."""


class _MomentSums(_CountSums):
    """With x all products up to an order, and their products over all times together if crossed."""

    def __init__(
        self, centre: np.ndarray, species: Sequence[str], order: int, *, crossed: bool
    ) -> None:
        super().__init__(centre)
        self.labels = moment_labels(species, order)
        self.terms: list[Term] = moment_terms(len(species), order)
        self.place = {term: k for k, term in enumerate(self.terms)}
        self.crossed = crossed

    def add(self, batch: Batch) -> None:
        counts = self.shifted(batch)
        times, species, size = counts.shape
        features = self.array(times, len(self.terms), size)
        features[:, :species] = counts
        for k, term in enumerate(self.terms[species:], start=species):
            np.multiply(features[:, self.place[term[:-1]]], counts[:, term[-1]], out=features[:, k])
        rows = features.reshape(-1, size)
        self.merge(
            {
                "count": np.array(size),
                "first": rows.sum(axis=1),
                "second": rows @ rows.T if self.crossed else np.zeros(()),
            }
        )

    def finish(self) -> Recorded:
        times, species = self.centre.shape
        raw = (self.first / self.count).reshape(times, len(self.terms))
        slopes = np.zeros((times, len(self.terms), len(self.terms)))
        moments = np.empty((times, len(self.terms)))
        for k, term in enumerate(self.terms):
            moments[:, k], slopes[:, k] = self._central(term, raw)
        variables: dict[str, tuple[Sequence[str], np.ndarray]] = {
            "average": (["time", "species"], self.centre + moments[:, :species])
        }
        sizes = [len(term) for term in self.terms]
        if max(sizes) > 1:
            covariance = np.empty((times, species, species))
            for i, j in combinations_with_replacement(range(species), 2):
                covariance[:, i, j] = covariance[:, j, i] = moments[:, self.place[i, j]]
            variables["covariance"] = (["time", "species", "species_"], covariance)
        higher = [k for k, size in enumerate(sizes) if size > 2]  # noqa: PLR2004
        coordinates = {}
        if higher:
            variables["central_moments"] = (["time", "central_moment"], moments[:, higher])
            coordinates = {"central_moment": [self.labels[k] for k in higher]}
        if not self.crossed:
            return Recorded(variables, coordinates, NOT_RECORDED)
        spread = self.second / self.count - np.outer(raw, raw)
        blocks = spread.reshape(times, len(self.terms), times, len(self.terms))
        sampling = np.einsum("tab,tbuc,udc->taud", slopes, blocks, slopes, optimize=True)
        variables["moment_covariance"] = (
            ["time", "moment", "time_", "moment_"],
            (sampling + sampling.transpose(2, 3, 0, 1)) / 2 * self.correction / self.count,
        )
        return Recorded(variables, coordinates | {"moment": self.labels, "moment_": self.labels})

    def _central(self, term: Term, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A central moment at each time, and its slopes by the raw moments of the features.

        With shift m_i = <x_i>, expand the product of (x_i - m_i); a moment of order 1 is the shift.
        """
        slopes = np.zeros_like(raw)
        if len(term) == 1:
            slopes[:, term[0]] = 1.0
            return raw[:, term[0]], slopes
        value = np.zeros(len(raw))
        positions = range(len(term))
        for inside in chain.from_iterable(
            combinations(positions, size) for size in range(len(term) + 1)
        ):
            outside = [term[p] for p in positions if p not in inside]
            factor = np.prod([-raw[:, i] for i in outside], axis=0) * np.ones(len(raw))
            if inside:
                k = self.place[tuple(term[p] for p in inside)]
                slopes[:, k] += factor
                factor = factor * raw[:, k]
            value += factor
        unbiased = self._unbiased(len(term))
        for position, i in enumerate(term):
            rest = term[:position] + term[position + 1 :]
            if len(rest) > 1:
                slopes[:, i] -= self._central(rest, raw)[0] / self._unbiased(len(rest))
        return value * unbiased, slopes

    def _unbiased(self, order: int) -> float:
        """What makes a mean product of that many deviations unbiased; 1 from four on."""
        n = self.count
        if order == 2:  # noqa: PLR2004
            return self.correction
        if order == 3:  # noqa: PLR2004
            return n**2 / ((n - 1) * (n - 2)) if n > 2 else np.nan  # noqa: PLR2004
        return 1.0
