"""Moments of linear networks and their exact slopes by the rate constants, at any time."""

import numpy as np

from ratelaw.errors import UnsupportedError
from ratelaw.learn.rates.moments.linear_moments import generators
from ratelaw.network import Network

LARGEST_LINEAR = 3
"""Order up to which the equations of central moments are linear in them."""
STILL, GROWING = 1e-12, 1e-9
"""Singular values below this part of the largest count as zero; real parts above, as growth."""


def moment_slopes(
    network: Network, constants: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""Central moments up to order three, and their slopes by the constants.

    .. math:: \dot z = G z, \quad G = \sum_j k_j G_j, \qquad z = (m, \mu, 1), \qquad
        \frac{\partial z(t)}{\partial k_j} = D\exp(Gt)[G_j t]\, z(0)

    with the Frechet derivative of the matrix exponential. At an infinite time exp(Gt) is the
    projection P onto the null space of G, and its derivative :math:`-P G_j D - D G_j P`, with the
    group inverse D of G.

    Parameters
    ----------
    network
        Of mass action with free constants k1, k2, ..., at most one molecule consumed by each.
    constants
        Shape (M,).
    times
        Shape (T,), >= 0, or infinite.

    Returns
    -------
    Shapes (T, Q) and (T, Q, M).

    Raises
    ------
    UnsupportedError
        At an infinite time, if there is no steady state.

    Notes
    -----
    Al-Mohy and Higham 2009; Meyer and Stewart 1988.

    Examples
    --------
    >>> from ratelaw.learn.rates.rate_problem import with_free_constants
    >>> from ratelaw.network import zoo
    >>> network = with_free_constants(zoo.birth_death())
    >>> z, slopes = moment_slopes(network, np.array([20.0, 0.5]), np.array([np.inf]))
    >>> z, slopes[0, 0]  # a Poisson distribution of mean k / g
    (array([[40., 40., 40.]]), array([  2., -80.]))
    """
    from scipy.linalg import expm, expm_frechet

    parts = generators(network, LARGEST_LINEAR)
    generator = np.tensordot(constants, parts, 1)
    start = np.zeros(len(generator))
    start[: len(network.species)], start[-1] = network.initial_counts, 1.0
    values = np.empty((len(times), start.size))
    slopes = np.empty((len(times), start.size, constants.size))
    for row, time in enumerate(times):
        if np.isinf(time):
            limit, inverse = _limit(generator)
            moves = -limit @ parts @ inverse - inverse @ parts @ limit
        else:
            limit = expm(generator * time)
            moves = np.array(
                [expm_frechet(generator * time, G * time, compute_expm=False) for G in parts]
            )
        values[row], slopes[row] = limit @ start, (moves @ start).T
    return values[:, :-1], slopes[:, :-1]


def _limit(generator: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The limit of exp(Gt), a projection, and the group inverse of G."""
    modes = np.linalg.eigvals(generator)
    left, sizes, right = np.linalg.svd(generator)
    still = sizes <= STILL * sizes[0]
    null, normals = right[still].T, left[:, still].T
    grows = (modes.real > GROWING * np.abs(modes).max()).any()
    if grows or np.linalg.cond(normals @ null) > 1 / STILL:
        raise UnsupportedError("there is no steady state: the averages grow without bound")
    projection = null @ np.linalg.solve(normals @ null, normals)
    return projection, np.linalg.inv(generator + projection) - projection
