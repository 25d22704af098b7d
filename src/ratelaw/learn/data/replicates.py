"""Values that were measured several times: their averages, and how much such values scatter."""

from collections.abc import Sequence

import numpy as np

from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.measurements import Measurements
from ratelaw.learn.data.noise import NoiseModel

FEWEST = 3
"""Spare replicates of a column that tell how much it scatters."""


def pooled(parts: Sequence[Measurements], noise: NoiseModel) -> list[Experiment]:
    r"""The averages of replicates, with their standard errors.

    .. math:: \hat\sigma_k^2 = \frac{\sum_i (m_i - v_i)^2 / s_i^2}{\sum (n - 1)}

    over all values v of a column that were measured n > 1 times, with the form s of the noise that
    is likeliest; an average then has the standard error sigma s / sqrt(n). Where the replicates of
    an experiment have standard errors, they are the weights, and tell nothing of the others.

    Parameters
    ----------
    parts
        All experiments; one that was measured once keeps its values.
    noise
        How values scatter.

    Examples
    --------
    >>> from ratelaw.learn.data.noise import AdditiveNoise
    >>> values = np.array([[[1.0], [3.0], [5.0]], [[2.0], [4.0], [6.0]]])
    >>> twice = Measurements(np.arange(3.0), values, None, np.array([np.nan]), np.array([]))
    >>> pooled([twice], AdditiveNoise())[0].deviations.ravel()
    array([0.5, 0.5, 0.5])
    """
    if all(len(part.values) == 1 for part in parts):
        return [
            _averaged(part, part.values[0], None if part.errors is None else part.errors[0])
            for part in parts
        ]
    bare = [part for part in parts if part.errors is None]
    scattered = iter(_scattered(bare, noise) if bare else ())
    return [
        next(scattered) if part.errors is None else _weighted(part, part.errors) for part in parts
    ]


def _averaged(part: Measurements, values: np.ndarray, errors: np.ndarray | None) -> Experiment:
    return Experiment(part.times, values, errors, part.start, part.inputs, part.name)


def _weighted(part: Measurements, errors: np.ndarray) -> Experiment:
    """Averages by standard errors."""
    seen = np.isfinite(part.values)
    weight = np.divide(1.0, np.square(errors), out=np.zeros_like(errors), where=seen)
    total = weight.sum(axis=0)
    total[total == 0] = np.nan
    average = (weight * np.where(seen, part.values, 0.0)).sum(axis=0) / total
    return _averaged(part, average, total**-0.5)


def _scattered(parts: Sequence[Measurements], noise: NoiseModel) -> list[Experiment]:
    """Averages, with errors by how much the replicates of all parts scatter."""
    values = [part.values for part in parts]
    middles = [noise.middle(value) for value in values]
    columns = []
    for k in range(middles[0].shape[1]):
        sizes = _sizes([v[..., k] for v in values], [m[:, k] for m in middles], noise)
        if sizes is None:
            return [_averaged(p, m, None) for p, m in zip(parts, middles, strict=True)]
        columns.append(sizes)
    errors = [np.column_stack(sizes) for sizes in zip(*columns, strict=True)]
    return [_averaged(p, m, e) for p, m, e in zip(parts, middles, errors, strict=True)]


def _sizes(
    values: list[np.ndarray], middles: list[np.ndarray], noise: NoiseModel
) -> list[np.ndarray] | None:
    """Standard errors of the averages of a column (T,); None without repeats that differ."""
    counts = [np.isfinite(v).sum(axis=0) for v in values]
    spare = sum(int(np.maximum(count - 1, 0).sum()) for count in counts)
    if spare < FEWEST:
        return None
    flat = np.concatenate([v.ravel() for v in values])
    repeated = np.concatenate(
        [np.broadcast_to(n > 1, v.shape).ravel() for n, v in zip(counts, values, strict=True)]
    )
    centre = np.concatenate(
        [np.broadcast_to(m, v.shape).ravel() for m, v in zip(middles, values, strict=True)]
    )
    seen = np.isfinite(flat)
    used = seen & repeated
    largest = float(np.abs(flat[seen]).max())
    missed = noise.missed(centre[used], flat[used])
    if not missed.any():
        return None
    found, best = 0.0, np.inf
    chosen = 0
    for i, shape in enumerate(noise.shapes(centre[used], flat[used], largest)):
        variance = max(float(np.square(missed / shape).sum()) / spare, np.finfo(float).tiny)
        cost = spare * np.log(variance) + 2 * (spare / used.sum()) * np.log(shape).sum()
        if cost < best:
            best, found, chosen = cost, float(np.sqrt(variance)), i
    every = np.concatenate(middles)
    shapes = found * noise.shapes(every, every, largest)[chosen]
    ends = np.cumsum([len(m) for m in middles])[:-1]
    return [
        shape / np.sqrt(np.maximum(count, 1))
        for shape, count in zip(np.split(shapes, ends), counts, strict=True)
    ]
