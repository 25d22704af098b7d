"""Trajectories that were seen at some times, as the transitions between their states."""

import numpy as np

from ratelaw.arguments import expect
from ratelaw.errors import DataError
from ratelaw.learn.data.path_rows import PathRows
from ratelaw.learn.data.snapshots import Snapshots, group_rows

SAME = 1e-9
"""Intervals that differ by less than this part are one."""


def transitions(rows: PathRows) -> list[Snapshots]:
    r"""Data whose likelihood is that of the trajectories, by the Markov property.

    .. math:: P(n_1, \dots, n_T \mid n_0) = \prod_i P(n_i, t_i - t_{i-1} \mid n_{i-1})

    A transition is a cell that begins in its first state and is measured after the time between.

    Parameters
    ----------
    rows
        States of trajectories; every molecule was counted, and times between may differ.

    Returns
    -------
    Snapshots, one for each state in which transitions begin.

    Raises
    ------
    DataError
        If no trajectory is seen twice, or a species is never there.

    Examples
    --------
    >>> rows = PathRows.of([1, 1, 1, 2, 2], [0, 1, 2, 0, 3], [[3], [3], [2], [3], [1]], ["A"])
    >>> (data,) = transitions(rows)
    >>> data.initial, data.times, data.total
    ({'A': 3}, array([1., 3.]), 3)
    """
    expect("rows", rows, PathRows, "PathRows.from_paths(results)")
    begin = np.flatnonzero(rows.goes_on)
    if not begin.size:
        raise DataError("no trajectory is seen at two times: there is no transition")
    for column, name in enumerate(rows.species):
        if not rows.counts[:, column].any():
            raise DataError(f"{name!r} is 0 in every row: leave it out")
    spans = _rounded(rows.times[begin + 1] - rows.times[begin])
    starts, which = np.unique(rows.counts[begin], axis=0, return_inverse=True)
    found = []
    for number, start in enumerate(starts):
        mine = which.reshape(-1) == number
        grouped = group_rows(spans[mine], rows.counts[begin[mine] + 1], np.ones(mine.sum()))
        initial = dict(zip(rows.species, start.tolist(), strict=True))
        found.append(Snapshots(rows.species, *grouped, initial))
    return found


def _rounded(spans: np.ndarray) -> np.ndarray:
    """Each replaced by the least of those that are the same but for rounding errors."""
    order = np.argsort(spans)
    ascending = spans[order]
    begins = np.diff(ascending, prepend=0.0) > SAME * ascending
    rounded = np.empty_like(spans)
    rounded[order] = ascending[begins][np.cumsum(begins) - 1]
    return rounded
