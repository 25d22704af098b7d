"""How large each variable is, as far as the beginning tells: absolute tolerances follow from it."""

import numpy as np

from ratelaw.simulate.vector_field import RateField

SMALLEST = 1e-12
"""Of the largest start: no variable is smaller."""


def variable_sizes(field: RateField, start: np.ndarray, times: np.ndarray) -> np.ndarray:
    r"""A size of each variable, positive, in its own unit.

    .. math:: s_i = |y_i(0)|, \quad \text{or where that is 0} \quad
        \min\Big(|f_i| \, t_1, \min_{y_j(0) \neq 0} |y_j(0)|\Big)

    with the first time t_1 > 0 that is asked for, and the greatest rate f_i at the start, at jumps
    and, where rates vary with time, at the times. What does not change there has the least size,
    and none is below a share of 1e-12 of the largest start.

    Scarce variables keep their digits beside abundant ones, and no unit is preferred.

    Parameters
    ----------
    field
        dy/dt = f(y, t), of V variables.
    start
        y(0), shape (V,).
    times
        Shape (time,), increasing, >= 0.

    Returns
    -------
    Shape (V,).

    Examples
    --------
    >>> from ratelaw import Network
    >>> from ratelaw.simulate.vector_field import network_field
    >>> field = network_field(Network.parse("A --> B, 1e-3"))
    >>> variable_sizes(field, np.array([5.0, 0.0]), np.array([0.0, 2.0]))
    array([5.  , 0.01])
    """
    equations = field.equations
    jumps = [jump for jump in equations.jumps if 0 < jump < times[-1]]
    moments = [0.0, *jumps, *(times if equations.depends_on_time else ())]
    with np.errstate(all="ignore"):
        rates = np.abs([field.from_time(t)(t, start) for t in moments])
    inflow = np.nanmax(np.where(np.isfinite(rates), rates, 0.0), axis=0)
    given = np.abs(start)
    first = min(times[times > 0], default=1.0)
    least = min(given[given > 0], default=np.inf)
    sizes = np.where(given > 0, given, np.minimum(inflow * first, least))
    sizes = np.where(sizes > 0, sizes, min(sizes[sizes > 0], default=1.0))
    return np.maximum(sizes, SMALLEST * given.max(initial=0.0))
