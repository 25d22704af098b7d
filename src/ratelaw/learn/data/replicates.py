"""Values that were measured several times: their averages, and how much such values scatter."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.learn.data.noise import NoiseModel

if TYPE_CHECKING:
    import xarray as xr

FEWEST = 3
"""Spare replicates of a column that tell how much it scatters."""


def pooled(tables: "Sequence[xr.Dataset]", noise: NoiseModel) -> "list[xr.Dataset]":
    r"""Replicates of one experiment as one table of averages with standard errors.

    .. math:: \hat\sigma_k^2 = \frac{\sum_i (m_i - v_i)^2 / s_i^2}{\sum (n - 1)}

    over all values v of a column that were measured n > 1 times, with the form s of the noise that
    is likeliest; an average then has the standard error sigma s / sqrt(n). Where a table has
    standard errors, they are the weights.

    Parameters
    ----------
    tables
        With the attributes `experiment` and `replicate`, as `read_table` gives them; those without
        `replicate` are left as they are.
    noise
        How values scatter.

    Examples
    --------
    >>> import xarray as xr
    >>> from ratelaw.learn.data.noise import AdditiveNoise
    >>> values = [[[1.0], [3.0], [5.0]], [[2.0], [4.0], [6.0]]]
    >>> tables = [
    ...     xr.Dataset(
    ...         {"average": (["time", "species"], v)},
    ...         coords={"time": [0, 1, 2], "species": ["A"]},
    ...         attrs={"replicate": i},
    ...     )
    ...     for i, v in enumerate(values)
    ... ]
    >>> pooled(tables, AdditiveNoise())[0]["standard_error"].values.ravel()
    array([0.5, 0.5, 0.5])
    """
    if not any("replicate" in table.attrs for table in tables):
        return list(tables)
    groups: dict[object, list[xr.Dataset]] = {}
    for i, table in enumerate(tables):
        alone = None if "replicate" in table.attrs else i
        groups.setdefault((table.attrs.get("experiment", ""), alone), []).append(table)
    stacks = [_stacked(group) for group in groups.values()]
    if "standard_error" in tables[0]:
        return [_weighted(stack) for stack in stacks]
    return _scattered(stacks, noise)


def _stacked(group: "Sequence[xr.Dataset]") -> "xr.Dataset":
    """All replicates on the times of any, (copy, time, species)."""
    import xarray as xr

    bare = [table.drop_attrs() for table in group]
    return xr.concat(bare, "copy", join="outer").sortby("time").assign_attrs(group[0].attrs)


def _weighted(stack: "xr.Dataset") -> "xr.Dataset":
    """Averages by standard errors; what is exact in one replicate is exact."""
    error = stack["standard_error"].where(np.isfinite(stack["average"]))
    exact = (error == 0).any("copy")
    weight = (1 / error**2).where(error > 0, 0.0).where(~exact, (error == 0).astype(float))
    total = weight.sum("copy")
    average = (weight * stack["average"]).sum("copy") / total.where(total > 0)
    return _table(stack, average, (total.where(total > 0) ** -0.5).where(~exact, 0.0))


def _scattered(stacks: "list[xr.Dataset]", noise: NoiseModel) -> "list[xr.Dataset]":
    values = [stack["average"].transpose("copy", "time", "species").values for stack in stacks]
    middles = [noise.middle(value) for value in values]
    deviations = [np.full_like(middle, np.nan) for middle in middles]
    for k in range(middles[0].shape[1]):
        sizes = _sizes([v[..., k] for v in values], [m[:, k] for m in middles], noise)
        if sizes is None:
            return [_table(s, m) for s, m in zip(stacks, middles, strict=True)]
        for deviation, size in zip(deviations, sizes, strict=True):
            deviation[:, k] = size
    return [_table(s, m, d) for s, m, d in zip(stacks, middles, deviations, strict=True)]


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


def _table(stack: "xr.Dataset", average: object, error: object = None) -> "xr.Dataset":
    import xarray as xr

    variables = {"average": (["time", "species"], np.asarray(average))}
    if error is not None:
        variables["standard_error"] = (["time", "species"], np.asarray(error))
    coords = {name: stack[name].values for name in ("time", "species")}
    attrs = {name: value for name, value in stack.attrs.items() if name != "replicate"}
    return xr.Dataset(variables, coords=coords, attrs=attrs)
