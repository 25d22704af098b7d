"""How the moments of a sample of trajectories scatter, from the network itself."""

import numpy as np

from ratelaw.learn.rates.moments.linear_moments import fourth_moments, generators
from ratelaw.network import Network
from ratelaw.simulate.results import moment_terms


def cell_covariance(network: Network, times: np.ndarray) -> np.ndarray:
    r"""The covariance of what one cell adds to averages and covariances, shape (T, Q, Q).

    .. math:: Cov(\phi), \qquad \phi = (\delta_i,\ \delta_i \delta_k - C_{ik})

    with delta the deviations from the averages: central moments up to the fourth. Divided by the
    number of cells it is the sampling covariance, but for terms of one over its square.

    Parameters
    ----------
    network
        Of mass action with free constants k1, k2, ... at their values, at most one molecule
        consumed by each.
    times
        Shape (T,), >= 0, increasing.

    Examples
    --------
    >>> from ratelaw.learn.rates.rate_problem import with_free_constants
    >>> arrivals = with_free_constants(Network.parse("0 --> A, 1"))
    >>> cell_covariance(arrivals, np.array([2.0])).round(6)  # Poisson of mean 2
    array([[[ 2.,  2.],
            [ 2., 10.]]])
    """
    from scipy.linalg import expm

    species = len(network.species)
    generator = np.tensordot(constants_of(network), generators(network, 4), 1)
    z = np.zeros(len(generator))
    z[:species], z[-1] = network.initial_counts, 1.0
    course = []
    for step in np.diff(times, prepend=0.0):
        z = expm(generator * step) @ z
        course.append(z)
    cumulants = dict(zip(moment_terms(species, 4), np.transpose(course), strict=False))
    central = (
        cumulants | fourth_moments(cumulants) | {(i,): np.zeros(len(times)) for i in range(species)}
    )
    terms = moment_terms(species, 2)
    covariance = np.array(
        [[central[tuple(sorted(a + b))] - central[a] * central[b] for b in terms] for a in terms]
    )
    return covariance.transpose(2, 0, 1)


def trajectory_covariance(network: Network, times: np.ndarray) -> np.ndarray:
    r"""The same between any two times of one trajectory, shape (T, Q, T, Q).

    .. math:: Cov(\phi(s), \phi(t)) = e^{G (s - t)}\, Cov(\phi(t)), \quad s \ge t

    G is the matrix of the moment equations: what a trajectory shows now moves what is expected of
    it later as a change of the moments now would.

    Parameters
    ----------
    network, times
        As in `cell_covariance`.

    Examples
    --------
    >>> from ratelaw.learn.rates.rate_problem import with_free_constants
    >>> arrivals = with_free_constants(Network.parse("0 --> A, 1"))
    >>> trajectory_covariance(arrivals, np.array([1.0, 2.0]))[:, 0, :, 0].round(6)
    array([[1., 1.],
           [1., 2.]])
    """
    from scipy.linalg import expm

    motion = np.tensordot(constants_of(network), generators(network, 2), 1)[:-1, :-1]
    steps = [expm(motion * step) for step in np.diff(times)]
    size = len(motion)
    result = np.zeros((len(times), size, len(times), size))
    for first, block in enumerate(cell_covariance(network, times)):
        later = block
        result[first, :, first] = block
        for second in range(first + 1, len(times)):
            later = steps[second - 1] @ later
            result[second, :, first], result[first, :, second] = later, later.T
    return result


def constants_of(network: Network) -> np.ndarray:
    """Values of the free constants, shape (M,)."""
    return np.array(list(network.parameters.values()))
